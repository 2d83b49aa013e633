set title 'Time of a pair in bursts of 32, over counters in random order'
set xlabel 'counters'
set ylabel 'ns per pair'
set logscale y
set grid
set key outside right
set style data linespoints
set logscale x 2
set format x '%.0f'
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0
set terminal svg size 900,540 dynamic font 'sans,13' background 'white'
set output 'bursts.svg'
plot 'bursts.dat' index 0 using 1:2 title 'mempool-cache' lc rgb '#8c564b' lw 2 pt 4 ps 0.7, 'bursts.dat' index 1 using 1:2 title 'limit' lc rgb '#555555' lw 2 pt 5 ps 0.7, 'bursts.dat' index 2 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 6 ps 0.7
set terminal pngcairo size 900,540 font 'sans,11' background 'white'
set output 'bursts.png'
plot 'bursts.dat' index 0 using 1:2 title 'mempool-cache' lc rgb '#8c564b' lw 2 pt 4 ps 0.7, 'bursts.dat' index 1 using 1:2 title 'limit' lc rgb '#555555' lw 2 pt 5 ps 0.7, 'bursts.dat' index 2 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 6 ps 0.7
