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
set title 'Delay of 1,000 operations of libration while all counters are drained' noenhanced
set terminal svg size 900,580 dynamic font 'sans,13' background 'white'
set output 'latency-drained.svg'
plot 'latency-drained-1000-operations.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title '1,000 operations', \
     'latency-drained-1000-operations-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title '1,000 operations, isolated', \
     'latency-drained-1000-operations-drained-at-1-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title '1,000 operations, drained at 1 kHz', \
     'latency-drained-1000-operations-drained-at-1-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title '1,000 operations, drained at 1 kHz, isolated', \
     'latency-drained-1000-operations-drained-at-10-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title '1,000 operations, drained at 10 kHz', \
     'latency-drained-1000-operations-drained-at-10-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title '1,000 operations, drained at 10 kHz, isolated', \
     'latency-drained-1000-operations-drained-at-100-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title '1,000 operations, drained at 100 kHz', \
     'latency-drained-1000-operations-drained-at-100-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title '1,000 operations, drained at 100 kHz, isolated'
set terminal pngcairo size 900,580 font 'sans,11' background 'white'
set output 'latency-drained.png'
plot 'latency-drained-1000-operations.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title '1,000 operations', \
     'latency-drained-1000-operations-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title '1,000 operations, isolated', \
     'latency-drained-1000-operations-drained-at-1-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title '1,000 operations, drained at 1 kHz', \
     'latency-drained-1000-operations-drained-at-1-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title '1,000 operations, drained at 1 kHz, isolated', \
     'latency-drained-1000-operations-drained-at-10-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title '1,000 operations, drained at 10 kHz', \
     'latency-drained-1000-operations-drained-at-10-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title '1,000 operations, drained at 10 kHz, isolated', \
     'latency-drained-1000-operations-drained-at-100-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title '1,000 operations, drained at 100 kHz', \
     'latency-drained-1000-operations-drained-at-100-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title '1,000 operations, drained at 100 kHz, isolated'
