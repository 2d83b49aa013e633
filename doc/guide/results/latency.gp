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
set title 'Delay of operations of libration since their planned start' noenhanced
set terminal svg size 900,620 dynamic font 'sans,13' background 'white'
set output 'latency.svg'
plot 'latency-1000-operations.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title '1,000 operations', \
     'latency-1000-operations-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title '1,000 operations, isolated', \
     'latency-1000-operations-near-the-limit.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title '1,000 operations, near the limit', \
     'latency-1000-operations-near-the-limit-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title '1,000 operations, near the limit, isolated', \
     'latency-one-refill.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'one refill', \
     'latency-one-refill-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'one refill, isolated', \
     'latency-one-charge-near-the-limit.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'one charge, near the limit', \
     'latency-one-charge-near-the-limit-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'one charge, near the limit, isolated', \
     'latency-one-drain.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'one drain', \
     'latency-one-drain-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'one drain, isolated', \
     'latency-one-sync-charge.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'one sync charge', \
     'latency-one-sync-charge-isolated.hgrm' using 4:1 with linespoints pointtype 9 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c49c94' title 'one sync charge, isolated'
set terminal pngcairo size 900,620 font 'sans,11' background 'white'
set output 'latency.png'
plot 'latency-1000-operations.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title '1,000 operations', \
     'latency-1000-operations-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title '1,000 operations, isolated', \
     'latency-1000-operations-near-the-limit.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title '1,000 operations, near the limit', \
     'latency-1000-operations-near-the-limit-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title '1,000 operations, near the limit, isolated', \
     'latency-one-refill.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'one refill', \
     'latency-one-refill-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'one refill, isolated', \
     'latency-one-charge-near-the-limit.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'one charge, near the limit', \
     'latency-one-charge-near-the-limit-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'one charge, near the limit, isolated', \
     'latency-one-drain.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'one drain', \
     'latency-one-drain-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'one drain, isolated', \
     'latency-one-sync-charge.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'one sync charge', \
     'latency-one-sync-charge-isolated.hgrm' using 4:1 with linespoints pointtype 9 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c49c94' title 'one sync charge, isolated'
