#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Frama-C must prove the contracts in the headers of the arithmetic, that no sum, difference or
# product in it wraps, and that no access is out of bounds. Then it must not prove wrong forms of
# it.
# Usage: prove.sh FOLDER-OF-THE-LIBRARY

set -u
LIBRARY=$1
HEADERS=(ration_arith.h shm/arith.h)
# Functions with a contract. The others only change bits, see test/arith/slot.c.
PROVED=ration_fits,ration_sub_sat,ration_precharge_units,__ration_stock_room,__ration_stock_less
PROVED+=,__ration_stock_more,__ration_is_run,__ration_run_units

for command in frama-c why3 z3; do
	if ! command -v "$command" >/dev/null; then
		echo "1..0 # SKIP no proof: $command is not installed (frama-c-base, why3, z3)"
		exit 0
	fi
done
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# Why3 stores the provers that it finds: not in the caller's home.
export HOME=$WORK
why3 config detect >"$WORK/log" 2>&1
mkdir "$WORK/shm"
echo '#include "shm/arith.h"' >"$WORK/unit.c"

# prove SED FUNCTIONS SECONDS: sets GOALS to "proved/all".
prove()
{
	local header

	CHANGED=
	for header in "${HEADERS[@]}"; do
		sed "$1" "$LIBRARY/$header" >"$WORK/$header"
		cmp -s "$WORK/$header" "$LIBRARY/$header" || CHANGED=$header
	done
	frama-c -wp -wp-rte -warn-unsigned-overflow -wp-prover z3 -wp-par 2 -wp-timeout "$3" \
		-wp-fct "$2" -cpp-extra-args=-I"$WORK" "$WORK/unit.c" >"$WORK/log" 2>&1
	GOALS=$(sed -n 's|^.*Proved goals: *||p' "$WORK/log" | tr -d ' ')
	[[ -n $GOALS && $GOALS != 0/* ]]
}

n=0
failed=0

tell()
{
	n=$((n + 1))
	if (($1 == 0)); then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$WORK/log"
		failed=1
	fi
}

# refuses SED FUNCTION: whether a wrong form of a function has goals that are not proved.
refuses()
{
	prove "$1" "$2" 5 && [[ -n $CHANGED ]] &&
		((${GOALS%/*} < ${GOALS#*/}))
}

prove '' "$PROVED" 30 && [[ ${GOALS%/*} == "${GOALS#*/}" ]]
tell $? "the contracts are proved: ${GOALS:-no} goals"
refuses 's/return n <= max && usage <= .*/return (uint64_t)(usage + n) <= max;/' ration_fits
tell $? "no proof for a sum that wraps: $GOALS goals"
refuses 's/return n <= max && usage/return usage/' ration_fits
tell $? "no proof for a difference that wraps: $GOALS goals"
refuses 's/(uint64_t)2 \* lcores/(uint64_t)lcores/' ration_precharge_units
tell $? "no proof for twice the remainder: $GOALS goals"
refuses 's/return i + 1 < nb \&\& /return i < nb \&\& /' __ration_is_run
tell $? "no proof for a run beyond the end: $GOALS goals"
echo "1..$n"
exit "$failed"
