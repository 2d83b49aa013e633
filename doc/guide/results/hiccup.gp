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
set title 'Gaps between two iterations of a polling lcore with libration' noenhanced
set terminal svg size 900,620 dynamic font 'sans,13' background 'white'
set output 'hiccup.svg'
plot 'hiccup-empty-loop-before.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'empty loop, before', \
     'hiccup-empty-loop-after.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#17becf' title 'empty loop, after', \
     'hiccup-idle.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'idle', \
     'hiccup-drained-at-1-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'drained at 1 kHz', \
     'hiccup-drained-at-10-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'drained at 10 kHz', \
     'hiccup-drained-at-100-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'drained at 100 kHz', \
     'hiccup-noisy-neighbors.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'noisy neighbors', \
     'hiccup-idle-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'idle, isolated', \
     'hiccup-drained-at-1-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title 'drained at 1 kHz, isolated', \
     'hiccup-drained-at-10-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'drained at 10 kHz, isolated', \
     'hiccup-drained-at-100-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'drained at 100 kHz, isolated', \
     'hiccup-noisy-neighbors-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'noisy neighbors, isolated'
set terminal pngcairo size 900,620 font 'sans,11' background 'white'
set output 'hiccup.png'
plot 'hiccup-empty-loop-before.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#8c564b' title 'empty loop, before', \
     'hiccup-empty-loop-after.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#17becf' title 'empty loop, after', \
     'hiccup-idle.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#d62728' title 'idle', \
     'hiccup-drained-at-1-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#1f77b4' title 'drained at 1 kHz', \
     'hiccup-drained-at-10-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#2ca02c' title 'drained at 10 kHz', \
     'hiccup-drained-at-100-kHz.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#9467bd' title 'drained at 100 kHz', \
     'hiccup-noisy-neighbors.hgrm' using 4:1 with lines linewidth 2 linecolor rgb '#ff7f0e' title 'noisy neighbors', \
     'hiccup-idle-isolated.hgrm' using 4:1 with linespoints pointtype 4 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ff9896' title 'idle, isolated', \
     'hiccup-drained-at-1-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 5 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#86b8ea' title 'drained at 1 kHz, isolated', \
     'hiccup-drained-at-10-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 6 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#98df8a' title 'drained at 10 kHz, isolated', \
     'hiccup-drained-at-100-kHz-isolated.hgrm' using 4:1 with linespoints pointtype 7 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#c5b0d5' title 'drained at 100 kHz, isolated', \
     'hiccup-noisy-neighbors-isolated.hgrm' using 4:1 with linespoints pointtype 8 pointsize 0.8 pointinterval 6 linewidth 2 linecolor rgb '#ffbb78' title 'noisy neighbors, isolated'
