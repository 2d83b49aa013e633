set title 'Time of a pair of charge and uncharge of one counter, by depth'
set xlabel 'levels below the root'
set ylabel 'ns per pair'
set logscale y
set grid
set key outside right
set style data linespoints
set xtics 1
set autoscale xfix
set offsets graph 0.02, graph 0.02, 0, 0
set terminal svg size 900,540 dynamic font 'sans,13' background 'white'
set output 'depth.svg'
plot 'depth.dat' index 0 using 1:2 title 'limit' lc rgb '#555555' lw 2 pt 4 ps 0.7, 'depth.dat' index 1 using 1:2 title 'limit-counter' lc rgb '#9467bd' lw 2 pt 5 ps 0.7, 'depth.dat' index 2 using 1:2 title 'mempool-cache' lc rgb '#8c564b' lw 2 pt 6 ps 0.7, 'depth.dat' index 3 using 1:2 title 'meter' lc rgb '#e377c2' lw 2 pt 7 ps 0.7, 'depth.dat' index 4 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 8 ps 0.7, 'depth.dat' index 5 using 1:2 title 'atomic-tree' lc rgb '#1f77b4' lw 2 pt 9 ps 0.7, 'depth.dat' index 6 using 1:2 title 'cas-tree' lc rgb '#17becf' lw 2 pt 10 ps 0.7, 'depth.dat' index 7 using 1:2 title 'spinlock-tree' lc rgb '#000080' lw 2 pt 11 ps 0.7, 'depth.dat' index 8 using 1:2 title 'slots-7-rr' lc rgb '#ff7f0e' lw 2 pt 12 ps 0.7, 'depth.dat' index 9 using 1:2 title 'stock-v3' lc rgb '#2ca02c' lw 2 pt 13 ps 0.7, 'depth.dat' index 10 using 1:2 title 'stock-v4' lc rgb '#98df8a' lw 2 pt 14 ps 0.7
set terminal pngcairo size 900,540 font 'sans,11' background 'white'
set output 'depth.png'
plot 'depth.dat' index 0 using 1:2 title 'limit' lc rgb '#555555' lw 2 pt 4 ps 0.7, 'depth.dat' index 1 using 1:2 title 'limit-counter' lc rgb '#9467bd' lw 2 pt 5 ps 0.7, 'depth.dat' index 2 using 1:2 title 'mempool-cache' lc rgb '#8c564b' lw 2 pt 6 ps 0.7, 'depth.dat' index 3 using 1:2 title 'meter' lc rgb '#e377c2' lw 2 pt 7 ps 0.7, 'depth.dat' index 4 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 8 ps 0.7, 'depth.dat' index 5 using 1:2 title 'atomic-tree' lc rgb '#1f77b4' lw 2 pt 9 ps 0.7, 'depth.dat' index 6 using 1:2 title 'cas-tree' lc rgb '#17becf' lw 2 pt 10 ps 0.7, 'depth.dat' index 7 using 1:2 title 'spinlock-tree' lc rgb '#000080' lw 2 pt 11 ps 0.7, 'depth.dat' index 8 using 1:2 title 'slots-7-rr' lc rgb '#ff7f0e' lw 2 pt 12 ps 0.7, 'depth.dat' index 9 using 1:2 title 'stock-v3' lc rgb '#2ca02c' lw 2 pt 13 ps 0.7, 'depth.dat' index 10 using 1:2 title 'stock-v4' lc rgb '#98df8a' lw 2 pt 14 ps 0.7
