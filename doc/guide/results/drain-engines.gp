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
set title 'Time of a drain, by what the lcore with the stock is doing' noenhanced
set terminal svg size 900,580 dynamic font 'sans,13' background 'white'
set output 'drain-engines.svg'
plot 'drain-engines-ring-polling-lcore-counters-1.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'ring, polling lcore, counters 1', \
     'drain-engines-ration-polling-lcore-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'ration, polling lcore, counters 1', \
     'drain-engines-ration-polling-lcore-counters-1024.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'ration, polling lcore, counters 1024', \
     'drain-engines-launch-worker-in-WAIT-counters-1.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'launch, worker in WAIT, counters 1', \
     'drain-engines-ration-worker-in-WAIT-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'ration, worker in WAIT, counters 1', \
     'drain-engines-ration-caller-itself-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'ration, caller itself, counters 1', \
     'drain-engines-ration-dead-thread-drained-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#17becf' title 'ration, dead thread, drained, counters 1'
set terminal pngcairo size 900,580 font 'sans,11' background 'white'
set output 'drain-engines.png'
plot 'drain-engines-ring-polling-lcore-counters-1.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'ring, polling lcore, counters 1', \
     'drain-engines-ration-polling-lcore-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'ration, polling lcore, counters 1', \
     'drain-engines-ration-polling-lcore-counters-1024.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'ration, polling lcore, counters 1024', \
     'drain-engines-launch-worker-in-WAIT-counters-1.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'launch, worker in WAIT, counters 1', \
     'drain-engines-ration-worker-in-WAIT-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'ration, worker in WAIT, counters 1', \
     'drain-engines-ration-caller-itself-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'ration, caller itself, counters 1', \
     'drain-engines-ration-dead-thread-drained-counters-1.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#17becf' title 'ration, dead thread, drained, counters 1'
