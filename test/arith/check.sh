#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks the arithmetic of the library on all values of a byte and at the ends of the real types,
# and then wrong forms of it, each of which must be found.
# Usage: check.sh FOLDER-OF-THE-LIBRARY PROGRAM.c...

set -u
LIBRARY=$1
HEADERS=(ration_arith.h shm/arith.h)
shift
PROGRAMS=("$@")
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# Wrong forms: a name, and the sed command that makes the form wrong.
MUTANTS=(
	'a sum that wraps'
	's/return n <= max && usage <= .*/return (uint64_t)(usage + n) <= max;/'
	'a difference that wraps'
	's/return n <= max && usage/return usage/'
	'a limit that is never reached'
	's/usage <= (uint64_t)(max - n)/usage < (uint64_t)(max - n)/'
	'a margin that wraps'
	's/return whole > part ? (uint64_t)(whole - part) : 0;/return (uint64_t)(whole - part);/'
	'twice the remainder'
	's/(uint64_t)2 \* lcores/(uint64_t)lcores/'
	'a cap above the room'
	's|(room / 2)|room|'
	'needed units counted twice'
	's/ration_sub_sat(margin, need) /margin /'
	'more units than the batch'
	's/most < batch ? (uint32_t)most : batch/(uint32_t)most/'
	'one unit less than the room'
	's/share < half ? share : half/share < half ? share : half - (half > 0)/'
	'a generation that loses bits'
	's/gen >> RATION_GEN_BITS/gen >> RATION_CAP_BITS/'
	'a generation shifted'
	's/ | gen >> RATION_GEN_BITS//'
	'a cap mixed with the generation'
	's/(tag & ~RATION_CAP_MASK) | cap/tag | cap/'
	'a cap with a bit too many'
	's/limit & RATION_CAP_MASK/limit \& (RATION_CAP_MASK << 1 | 1)/'
	'a match of all bits'
	's/limit ^ (tag & ~RATION_CAP_MASK)/limit ^ tag/'
	'a match without the generation'
	's/limit ^ (tag & ~RATION_CAP_MASK)/limit \& RATION_CAP_MASK/'
	'a cap inverted with the generation'
	's/limit ^ ~RATION_CAP_MASK/~limit/'
	'room for a stock that is full'
	's/(uint32_t)(cap - stock)/(uint32_t)(cap - stock + 1)/'
	'a stock that grows when it is used'
	's/stock - (uint32_t)n/stock + (uint32_t)n/'
	'a stock that loses units'
	's/stock + (uint32_t)n/stock | (uint32_t)n/'
	'a run beyond the end'
	's/return i + 1 < nb \&\& /return i < nb \&\& /'
	'a run of the wrong units'
	's/? n\[i + 1\] : 1/? n[i] : 1/'
	'a sum of a run that wraps'
	's/uint64_t sum = /uint32_t sum = /'
)

n=0
failed=0

# tell STATUS DESCRIPTION: prints a line of TAP, "ok" if the status is 0
tell()
{
	n=$((n + 1))
	if (($1 == 0)); then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# passes FOLDER PROGRAM: whether a program passes with the header in a folder. 2: no program.
passes()
{
	local include=$1

	# With types of one byte, the cap has three bits.
	[[ $2 == *wide.c ]] || include=$1/small
	gcc -std=gnu11 -O2 -Wall -I"$include" "$2" -o "$1/program" >"$WORK/log" 2>&1 || return 2
	timeout 60 "$1/program" >"$WORK/log" 2>&1
}

# copy_headers FOLDER SED: copies the headers, changed by a command of sed. The status is 0 if one
# of them differs then.
copy_headers()
{
	local header changed=1

	mkdir -p "$1/shm" "$1/small/shm"
	for header in "${HEADERS[@]}"; do
		sed "$2" "$LIBRARY/$header" >"$1/$header"
		sed 's/^#define RATION_CAP_BITS 20$/#define RATION_CAP_BITS 3/' "$1/$header" \
			>"$1/small/$header"
		cmp -s "$LIBRARY/$header" "$1/$header" || changed=0
	done
	return "$changed"
}

# is_found SED: whether a program finds a wrong form of the headers.
is_found()
{
	local program

	if ! copy_headers "$WORK" "$1"; then
		echo '# the headers are unchanged'
		return 1
	fi
	for program in "${PROGRAMS[@]}"; do
		passes "$WORK" "$program"
		case $? in
		1) return 0 ;;
		2) sed 's/^/# /' "$WORK/log"; return 1 ;;
		esac
	done
	return 1
}

copy_headers "$WORK/right" ''
for program in "${PROGRAMS[@]}"; do
	passes "$WORK/right" "$program"
	status=$?
	tell "$status" "$(basename "$program" .c): the arithmetic is right"
	((status == 0)) || sed 's/^/# /' "$WORK/log"
done
for ((i = 0; i < ${#MUTANTS[@]}; i += 2)); do
	is_found "${MUTANTS[i + 1]}"
	tell $? "${MUTANTS[i]} is found"
done
echo "1..$n"
exit "$failed"
