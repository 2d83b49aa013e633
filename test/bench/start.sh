#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# How ration-bench starts: with closed standard descriptors, with options on the wrong side of "--",
# and for its version.

# shellcheck disable=SC2317 # check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

# misplaced TEXT ARG...: one line on stderr that contains TEXT, and status 2, before EAL starts.
misplaced()
{
	text=$1
	shift
	"$BENCH" "$@" >"$TMP/out" 2>"$TMP/err"
	[ $? -eq 2 ] && [ "$(wc -l <"$TMP/err")" -eq 1 ] && [ ! -s "$TMP/out" ] &&
		grep -qF -e "$text" "$TMP/err"
}

version()
{
	"$BENCH" "$@" >"$TMP/out" 2>"$TMP/err" && [ ! -s "$TMP/err" ] &&
		[ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		grep -qE '^ration-bench [0-9]+\.[0-9]+\.[0-9]+ \(DPDK ' "$TMP/out"
}

# quick: run a test with the shared files of EAL, and write results.
quick()
{
	rm -f "$TMP/quick.json"
	RUNTIME_DIRECTORY=$TMP/run "$BENCH" --lcores "$(first_cpus 1)" --no-huge -m 64 --no-pci \
		--file-prefix="bench-test-$$" -- --test=charge --quick --json "$TMP/quick.json"
}

is_complete()
{
	[ "$1" -eq 0 ] && jq -e '.rows | length > 0' "$TMP/quick.json" >/dev/null
}

stdout_closed()
{
	quick 2>"$TMP/err" >&-
	is_complete $?
}

stderr_closed()
{
	quick >"$TMP/out" 2>&-
	is_complete $? && [ -s "$TMP/out" ]
}

all_closed()
{
	quick <&- >&- 2>&-
	is_complete $?
}

check 'version' version --version
check 'version among the options of EAL' version -l 0 --version
check 'version after the separator' version -- --version
check 'an option without the separator' misplaced "--test: '--' is missing before it" \
	-l 0 --test=charge
check 'an abbreviation without the separator' misplaced "--repeats: '--' is missing before it" \
	-l 0 --repeat 12
check 'an option before the separator' misplaced "--json: stands before '--'" \
	--json=x.json -- --test=charge
mkdir -m 700 "$TMP/run"
check 'stdout is closed' stdout_closed
check 'stderr is closed' stderr_closed
check 'all standard descriptors are closed' all_closed
finish
