set title 'Time of a drain of counters that have stock on polling lcores'
set xlabel 'counters'
set ylabel 'ns'
set logscale y
set grid
set key outside right
set style data linespoints
set logscale x 2
set format x '%.0f'
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0
set terminal svg size 900,540 dynamic font 'sans,13' background 'white'
set output 'drain.svg'
plot 'drain.dat' index 0 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 4 ps 0.7
set terminal pngcairo size 900,540 font 'sans,11' background 'white'
set output 'drain.png'
plot 'drain.dat' index 0 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 4 ps 0.7
