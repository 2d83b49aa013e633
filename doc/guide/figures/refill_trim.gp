# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The stock entry of one counter on one lcore, batch 64, far from any limit: one line of numbers for
# each of the four operations. Rendered by devtools/figures.sh.

set terminal svg size 760,400 font "Helvetica,13" background "white"
unset border
unset tics
unset key
set lmargin 2
set rmargin 2
set tmargin 1
set bmargin 1
set xrange [-56:150]
set yrange [-1.7:8.6]

set style line 1 lc rgb "#404040" lw 2
set style line 2 lc rgb "#1f5fa8" lw 3
set style line 3 lc rgb "#b03a2e" lw 3
set style line 4 lc rgb "#9a9a9a" lw 1 dt 2

# The scale: 0, middle, cap.
set label 1 "0" at 0,8.25 center
set label 2 "64: the middle" at 64,8.25 center
set label 3 "128: cap" at 128,8.25 center
set arrow from 0,7.9 to 0,-0.1 nohead ls 4
set arrow from 64,7.9 to 64,-0.1 nohead ls 4
set arrow from 128,7.9 to 128,-0.1 nohead ls 4

# A hit: charge and uncharge move within the entry.
set label 10 "charge 20, hit" at -54,7.3 left
set arrow from 0,7.0 to 128,7.0 nohead ls 1
set arrow from 64,7.0 to 44,7.0 head filled ls 2 front
set label 11 "stock 64 becomes 44" at 54,7.35 center textcolor rgb "#1f5fa8"

set label 20 "uncharge 30, hit" at -54,5.3 left
set arrow from 0,5.0 to 128,5.0 nohead ls 1
set arrow from 44,5.0 to 74,5.0 head filled ls 2 front
set label 21 "44 becomes 74" at 59,5.35 center textcolor rgb "#1f5fa8"

# Refill: too little in stock. What is missing and one batch come from the tree.
set label 30 "charge 80, refill" at -54,3.3 left
set arrow from 0,3.0 to 128,3.0 nohead ls 1
set arrow from 74,3.0 to 1,3.0 head filled ls 2 front
set arrow from 1,2.6 to 64,2.6 head filled ls 3 front
set label 31 "the charge takes all 74" at 76,3.4 left textcolor rgb "#1f5fa8"
set label 32 "the tree is charged 6 + 64: stock 64, in the middle" at 3,2.15 left \
	textcolor rgb "#b03a2e"

# Trim: too much in stock. All above the middle goes back to the tree.
set label 40 "uncharge 70, trim" at -54,0.8 left
set arrow from 0,0.5 to 142,0.5 nohead ls 1
set arrow from 64,0.5 to 134,0.5 head filled ls 2 front
set arrow from 134,0.1 to 64,0.1 head filled ls 3 front
set label 41 "64 + 70 is above the cap" at 99,0.9 center textcolor rgb "#1f5fa8"
set label 42 "the tree gets 70 back: stock 64" at 99,-0.35 center textcolor rgb "#b03a2e"

set label 50 "blue: 8 bytes of the lcore" at -54,-1.4 left textcolor rgb "#1f5fa8"
set label 51 "red: one atomic operation per level" at 4,-1.4 left textcolor rgb "#b03a2e"

plot NaN notitle
