# SPDX-License-Identifier: BSD-3-Clause
# Each nine has the same width, as in HdrHistogram's plots.
set logscale xy
set grid
set xrange [1:*]
set rmargin 9
set xtics ('0%%' 1, '90%%' 10, '99%%' 100, '99.9%%' 1e3, '99.99%%' 1e4, \
  '99.999%%' 1e5, '99.9999%%' 1e6, '99.99999%%' 1e7, '99.999999%%' 1e8)
set xlabel "percentile\n "
set ylabel 'microseconds'
set key below left Left reverse maxcols 2
set title 'Time of a drain, by the number of counters with stock' noenhanced
set terminal svg size 900,560 dynamic font 'sans,13' background 'white'
set output 'drain-many.svg'
plot 'drain-many-counters-1-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'counters 1, owners 1', \
     'drain-many-counters-16-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'counters 16, owners 1', \
     'drain-many-counters-256-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'counters 256, owners 1', \
     'drain-many-counters-1024-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'counters 1024, owners 1', \
     'drain-many-counters-4096-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'counters 4096, owners 1', \
     'drain-many-counters-65536-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'counters 65536, owners 1'
set terminal pngcairo size 900,560 font 'sans,11' background 'white'
set output 'drain-many.png'
plot 'drain-many-counters-1-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'counters 1, owners 1', \
     'drain-many-counters-16-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'counters 16, owners 1', \
     'drain-many-counters-256-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'counters 256, owners 1', \
     'drain-many-counters-1024-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'counters 1024, owners 1', \
     'drain-many-counters-4096-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'counters 4096, owners 1', \
     'drain-many-counters-65536-owners-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'counters 65536, owners 1'
