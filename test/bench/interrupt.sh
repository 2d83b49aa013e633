#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# A signal ends the measurements of ration-bench: what was measured is reported, and nothing is left
# behind.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

DEADLINE_S=60
# Ends a program that does not obey.
LIMIT_S=90
PID=
RUNTIME_DIRECTORY=$TMP/run
export RUNTIME_DIRECTORY
mkdir -m 700 "$RUNTIME_DIRECTORY"

# start TEST OPTION...: run a test in the background, with EAL's files in a directory of its own.
# PID is its process. The shell ignores SIGINT in background processes, hence env.
start()
{
	test=$1
	shift
	# A failed check leaves no process to the next one.
	[ -z "$PID" ] || { kill -s TERM "$PID"; wait "$PID"; }
	rm -f "$TMP/out.json"
	# wait_for does not see what the process before has written.
	: > "$TMP/out.err"
	env --default-signal=INT,TERM,HUP \
		"$BENCH" --lcores "$(first_cpus 2)" --no-huge -m 64 \
		--no-pci --file-prefix=interrupt -- --test="$test" --json "$TMP/out.json" "$@" \
		> "$TMP/out.txt" 2> "$TMP/out.err" &
	PID=$!
}

trap '[ -z "$PID" ] || kill -s TERM "$PID"; rm -rf "$TMP"' EXIT

# wait_for EXPRESSION: wait until the messages of the program match.
wait_for()
{
	left=$((DEADLINE_S * 20))
	until grep -qE "$1" "$TMP/out.err"; do
		left=$((left - 1))
		if [ "$left" -eq 0 ] || ! kill -0 "$PID" 2> /dev/null; then
			cat "$TMP/out.err"
			return 1
		fi
		sleep 0.05
	done
}

# The child still runs: it exists, and has not ended.
runs()
{
	read -r line 2> /dev/null < "/proc/$PID/stat" || return
	case ${line##*) } in
	[ZX]*) return 1 ;;
	esac
}

# ends STATUS: the program ends with this status. Not with the help of timeout: a signal that comes
# just when that has started the program would end only timeout.
ends()
{
	left=$((LIMIT_S * 20))
	while runs; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || kill -s KILL "$PID"
		sleep 0.05
	done
	wait "$PID"
	status=$?
	PID=
	[ "$status" -eq "$1" ] && return
	echo "status $status"
	cat "$TMP/out.err"
	return 1
}

holds()
{
	jq -e "$1" "$TMP/out.json"
}

nothing_left()
{
	! find "$RUNTIME_DIRECTORY/dpdk" -mindepth 1 2> /dev/null | grep .
}

# interrupts SIGNAL STATUS TEST EXPRESSION: the signal ends the test when its messages match.
interrupts()
{
	start "$3" --repeats 100000
	wait_for "$4" && kill -s "$1" "$PID" && ends "$2" && nothing_left &&
		holds '.interrupted == true and .rows != null and .verdicts.met == 0' &&
		grep "Interrupted by SIG$1" "$TMP/out.txt"
}

# Some rows have enough samples to be reported, and are marked.
partial_rows_are_marked()
{
	start charge --repeats 100000
	wait_for '^charge: ([2-9][0-9]|[0-9]{3,}) of' && kill -s INT "$PID" && ends 130 &&
		holds '.rows | length > 100 and all(.params.interrupted and .samples >= 11)' &&
		holds '.ratios | length > 20 and all(.ok == null) and any(.value > 0)'
}

# The first test has ended, so its rows are whole and its targets are judged.
whole_rows_are_judged()
{
	start all --quick
	wait_for '^drain: 0 of' && kill -s TERM "$PID" && ends 143 &&
		holds '[.rows[] | select(.case == "pair")] | length == 60
			and all(.params.interrupted == null)' &&
		holds '.verdicts | .met + .missed > 10'
}

user_signal()
{
	start drain --repeats 100000
	wait_for '^drain: 0 of' && kill -s USR1 "$PID" && ends 138 &&
		nothing_left && holds '.interrupted == true'
}

signal_during_start()
{
	start walk
	sleep 0.02
	# It may come before the program catches signals.
	kill -s TERM "$PID" && ends 143 && nothing_left
}

ignored_signals_stay_ignored()
{
	(
		trap '' HUP
		: > "$TMP/out.err"
		"$BENCH" --lcores "$(first_cpus 1)" --no-huge -m 64 --no-pci \
			--file-prefix=interrupt -- --test=walk --quick --json "$TMP/out.json" \
			> "$TMP/out.txt" 2> "$TMP/out.err" &
		PID=$!
		wait_for 'measuring the TSC' && kill -s HUP "$PID" && ends 0
	) && PID= && holds '.interrupted == false'
}

check 'SIGINT' interrupts INT 130 walk '^walk: 0 of'
check 'SIGTERM' interrupts TERM 143 latency '^empty loop: 0 of'
check 'SIGHUP' interrupts HUP 129 drain '^drain: 0 of'
check 'SIGUSR1' user_signal
check 'scale' interrupts INT 130 scale '^scale: 0 of'
check 'rows with some samples are reported and marked' partial_rows_are_marked
check 'what is complete is judged' whole_rows_are_judged
check 'a signal while EAL starts leaves no files' signal_during_start
check 'a signal that is ignored stays ignored' ignored_signals_stay_ignored
check 'a run to the end leaves no files' nothing_left
finish
