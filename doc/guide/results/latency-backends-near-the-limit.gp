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
set title 'Delay of 1,000 operations, near the limit, since the planned start' noenhanced
set terminal svg size 900,600 dynamic font 'sans,13' background 'white'
set output 'latency-backends-near-the-limit.svg'
plot 'latency-backends-near-the-limit-ration.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'ration', \
     'latency-backends-near-the-limit-ration-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'ration, isolated', \
     'latency-backends-near-the-limit-atomic-tree.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'atomic-tree', \
     'latency-backends-near-the-limit-atomic-tree-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title 'atomic-tree, isolated', \
     'latency-backends-near-the-limit-spinlock-tree.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'spinlock-tree', \
     'latency-backends-near-the-limit-spinlock-tree-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'spinlock-tree, isolated', \
     'latency-backends-near-the-limit-slots-7-rr.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'slots-7-rr', \
     'latency-backends-near-the-limit-slots-7-rr-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'slots-7-rr, isolated', \
     'latency-backends-near-the-limit-stock-v4.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'stock-v4', \
     'latency-backends-near-the-limit-stock-v4-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'stock-v4, isolated'
set terminal pngcairo size 900,600 font 'sans,11' background 'white'
set output 'latency-backends-near-the-limit.png'
plot 'latency-backends-near-the-limit-ration.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'ration', \
     'latency-backends-near-the-limit-ration-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'ration, isolated', \
     'latency-backends-near-the-limit-atomic-tree.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'atomic-tree', \
     'latency-backends-near-the-limit-atomic-tree-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title 'atomic-tree, isolated', \
     'latency-backends-near-the-limit-spinlock-tree.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'spinlock-tree', \
     'latency-backends-near-the-limit-spinlock-tree-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'spinlock-tree, isolated', \
     'latency-backends-near-the-limit-slots-7-rr.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'slots-7-rr', \
     'latency-backends-near-the-limit-slots-7-rr-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'slots-7-rr, isolated', \
     'latency-backends-near-the-limit-stock-v4.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'stock-v4', \
     'latency-backends-near-the-limit-stock-v4-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'stock-v4, isolated'
