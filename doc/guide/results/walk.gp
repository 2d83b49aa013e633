set title 'Time of a pair of charge and uncharge without stock, by depth'
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
set output 'walk.svg'
plot 'walk.dat' index 0 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 4 ps 0.7, 'walk.dat' index 1 using 1:2 title 'atomic-tree' lc rgb '#1f77b4' lw 2 pt 5 ps 0.7, 'walk.dat' index 2 using 1:2 title 'cas-tree' lc rgb '#17becf' lw 2 pt 6 ps 0.7, 'walk.dat' index 3 using 1:2 title 'spinlock-tree' lc rgb '#000080' lw 2 pt 7 ps 0.7
set terminal pngcairo size 900,540 font 'sans,11' background 'white'
set output 'walk.png'
plot 'walk.dat' index 0 using 1:2 title 'ration' lc rgb '#d62728' lw 2 pt 4 ps 0.7, 'walk.dat' index 1 using 1:2 title 'atomic-tree' lc rgb '#1f77b4' lw 2 pt 5 ps 0.7, 'walk.dat' index 2 using 1:2 title 'cas-tree' lc rgb '#17becf' lw 2 pt 6 ps 0.7, 'walk.dat' index 3 using 1:2 title 'spinlock-tree' lc rgb '#000080' lw 2 pt 7 ps 0.7
