#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Runs the whole test script several times in a row, one time with all CPUs loaded by something
# else, to find tests that fail without a defect.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"

usage()
{
	cat <<-'END'
		Usage: devtools/repeat.sh [--times N] [--loaded N] [--logs FOLDER] [OPTION...]

		Runs devtools/test.sh five times, the second time with all CPUs loaded. Prints the
		last line of each run, and which tests failed in which runs. The status is 0 if none
		failed. About three hours on two CPUs.

		  --times N      how often (default 5)
		  --loaded N     the run with load (default 2; 0: none)
		  --logs FOLDER  where the logs are kept (default build-logs/repeat-DATE)
		  --help         this text

		All other options go to devtools/test.sh, for example --quick.
	END
}

# start_load: a busy process for each CPU, of the same priority as the tests. LOAD has their pids.
start_load()
{
	local cpu

	LOAD=()
	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		# With stress-ng the load has many faces; a loop has only one.
		if command -v stress-ng >/dev/null; then
			spawn stress-ng --temp-path "$WORKDIR" --cpu 1 --switch 1 --cache 1 --quiet
		else
			spawn bash -c 'while :; do :; done'
		fi
		LOAD+=("$CHILD")
	done
}

stop_load()
{
	local pid

	for pid in "${LOAD[@]}"; do
		end_child "$pid"
	done
	LOAD=()
}

# latest RUN: what its output says last.
latest()
{
	local tests

	tests=$(grep -aoE '[0-9]+ of [0-9]+ tests done' "$1" | tail -n 1)
	echo "$(grep -aE '^\[[0-9]+/[0-9]+\]' "$1" | tail -n 1) $tests"
}

# run_once NUMBER ARG...: one run; its output and the logs of what failed go to a folder of its own.
run_once()
{
	local number=$1 folder=$LOGS/run-$1 status=0 start=$SECONDS load=

	shift
	mkdir -p "$folder" || die "cannot make $folder"
	if ((number == LOADED)); then
		start_load
		load=', all CPUs loaded'
	fi
	RATION_LOGS=$folder spawn "$ROOT/devtools/test.sh" "$@" >"$folder/output" 2>&1
	wait_child "$CHILD" "run $number" "$LIMIT" latest "$folder/output" || status=$?
	[[ -z $load ]] || stop_load
	echo "run $number of $TIMES$load: $(tail -n 1 "$folder/output")" \
		"(status $status, $((SECONDS - start)) s)"
	((status == 0)) || FAILED+=("$folder")
}

# Which test failed in which runs.
print_failures()
{
	local folder

	for folder in "${FAILED[@]}"; do
		grep -h '^  FAILED: ' "$folder/output" | sed "s/$/ in ${folder##*/}/"
	done | sort | uniq -c
	echo "Logs: $LOGS"
}

TIMES=5
LOADED=2
LOGS=
# Of one run, in seconds: only what hangs takes so long.
LIMIT=${RATION_REPEAT_LIMIT:-14400}
FAILED=()
LOAD=()
ARGS=("$@")
OPTIONS=()
while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--times | --loaded)
		[[ ${2:-} =~ ^[0-9]{1,4}$ ]] || die "$1: '${2:-}' is not a number"
		[[ $1 == --times ]] && TIMES=$2 || LOADED=$2
		shift
		;;
	--logs) LOGS=${2:-}; [[ -n $LOGS ]] || die '--logs needs a folder'; shift ;;
	*) OPTIONS+=("$1") ;;
	esac
	shift
done
[[ " ${OPTIONS[*]} " == *' --plain-user '* ]] || become_root "${ARGS[@]}"

make_workdir
LOGS=${LOGS:-$ROOT/build-logs/repeat-$(date +%Y%m%d-%H%M%S)}
mkdir -p "$LOGS" || die "cannot make $LOGS"
LOGS=$(cd "$LOGS" && pwd)
! is_root || at_exit give_to_owner "$LOGS"
for ((i = 1; i <= TIMES; i++)); do
	run_once "$i" "${OPTIONS[@]}"
done
((${#FAILED[@]} == 0)) || { print_failures; exit 1; }
echo "$TIMES runs without a failure"
