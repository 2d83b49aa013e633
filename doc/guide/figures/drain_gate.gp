# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# One drain of the counter gold, with one lcore that polls and one that is offline: a sequence
# diagram in pixels, y downward. Labels stand above their arrows, between two lifelines. Rendered by
# devtools/figures.sh.

set terminal svg noenhanced size 860,664 font "Helvetica,13" background "white"
unset border
unset tics
unset key
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set xrange [0:860]
set yrange [664:0]

# Lifelines, and half the width of a bar on a lifeline.
drainer = 60
domain = 300
polling = 545
offline = 795
half = 8
top = 40
bottom = 624

set style line 1 lc rgb "#404040" lw 1
set style line 2 lc rgb "#1f5fa8" lw 2
set style line 3 lc rgb "#b03a2e" lw 2
set style arrow 2 head filled size 9,20 ls 2 front
set style arrow 3 head filled size 9,20 ls 3 front

set label 1 "drainer" at drainer,24 center
set label 2 "domain: tree and round" at domain,24 center
set label 3 "polling lcore" at polling,24 center
set label 4 "offline lcore" at offline,24 center
set arrow from drainer,top to drainer,bottom nohead ls 1
set arrow from domain,top to domain,bottom nohead ls 1
set arrow from polling,top to polling,bottom nohead ls 1
set arrow from offline,top to offline,bottom nohead ls 1

# Bars: the time while the gate is set, and the quiescent point.
set object 1 rectangle from domain-half,92 to domain+half,544 front \
	fillcolor rgb "#f6dcd8" fillstyle solid border lc rgb "#f6dcd8"
set object 2 rectangle from polling-half,262 to polling+half,395 front \
	fillcolor rgb "#d6e4f3" fillstyle solid border lc rgb "#d6e4f3"
set label 10 "gate is set" at domain-half-8,232 right
set label 11 "ration_quiescent()\nof the polling lcore" at polling+half+8,315 left

# Open: ask all members.
set label 20 "64 units of gold in stock" at polling+half+8,62 left
set label 21 "open round 7: the gate is set" at 176,78 center textcolor rgb "#b03a2e"
set arrow from drainer,92 to domain-half-2,92 arrowstyle 3
set label 22 "return request, pending = 1" at 422,124 center textcolor rgb "#b03a2e"
set arrow from drainer,138 to polling-2,138 arrowstyle 3
set label 23 "OFFLINE to TAKEN;\nstock back;\nTAKEN to OFFLINE" at 670,128 center \
	textcolor rgb "#b03a2e"
set arrow from drainer,188 to offline-2,188 arrowstyle 3
set label 24 "a refill now takes exactly n" at 426,218 center textcolor rgb "#1f5fa8"
set arrow from polling,232 to domain+half+2,232 arrowstyle 2

# The quiescent point of the polling lcore.
set label 30 "read round 7 and its target" at 422,274 center textcolor rgb "#1f5fa8"
set arrow from polling-half,288 to domain+half+2,288 arrowstyle 2
set label 31 "drain scan: 64 units back" at 422,322 center textcolor rgb "#1f5fa8"
set arrow from polling-half,336 to domain+half+2,336 arrowstyle 2
set label 32 "acknowledge round 7 (release)" at 176,366 center textcolor rgb "#1f5fa8"
set arrow from polling-half,380 to drainer+2,380 arrowstyle 2

# The drainer: all have given their stock back.
set label 40 "all have acknowledged (acquire)" at drainer+10,410 left
set label 41 "an uncharge goes past the stock" at 426,434 center textcolor rgb "#1f5fa8"
set arrow from polling,448 to domain+half+2,448 arrowstyle 2
set label 42 "sync charge: try again" at 176,482 center textcolor rgb "#b03a2e"
set arrow from drainer,496 to domain-half-2,496 arrowstyle 3
set label 43 "close: clear the drainer bit" at 176,530 center textcolor rgb "#b03a2e"
set arrow from drainer,544 to domain-half-2,544 arrowstyle 3

# After the drain.
set label 50 "the gate is not set any more" at domain-8,572 right
set label 51 "a refill takes units ahead" at 422,590 center textcolor rgb "#1f5fa8"
set arrow from polling,604 to domain+2,604 arrowstyle 2

set label 60 "blue: by the polling lcore" at 20,648 left textcolor rgb "#1f5fa8"
set label 61 "red: by the drainer" at 220,648 left textcolor rgb "#b03a2e"

plot NaN notitle
