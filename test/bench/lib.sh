# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions for the scripts in this directory: run ration-bench with little memory, and report in
# TAP. The argument is the path of the program.
# shellcheck shell=sh

BENCH=${1:?usage: $0 path of ration-bench}
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
trap 'exit 1' INT TERM
CASE=0
BAD=0

# check NAME COMMAND ARG...: print one line of TAP, and the output of the command if it failed.
check()
{
	name=$1
	shift
	CASE=$((CASE + 1))
	if "$@" > "$TMP/check.log" 2>&1; then
		echo "ok $CASE - $name"
	else
		BAD=1
		echo "not ok $CASE - $name"
		sed 's/^/# /' "$TMP/check.log" | head -n 20
	fi
}

finish()
{
	echo "1..$CASE"
	exit "$BAD"
}

# first_cpus N: lcores 0..N-1 on the allowed CPUs. If there are fewer CPUs, the remaining lcores
# share the last one.
first_cpus()
{
	awk -v n="$1" '/^Cpus_allowed_list:/ {
		parts = split($2, part, ",")
		for (i = 1; i <= parts; i++) {
			last = split(part[i], range, "-")
			for (c = range[1]; c <= range[last]; c++)
				cpu[found++] = c
		}
		for (i = 0; i < n; i++)
			printf("%s%d@%d", (i > 0 ? "," : ""), i, cpu[(i < found ? i : found - 1)])
	}' /proc/self/status
}

# bench LCORES OPTION...: run the program with this number of lcores and these options.
bench()
{
	lcores=$(first_cpus "$1")
	shift
	"$BENCH" --lcores "$lcores" --no-huge --no-shconf -m 64 --no-pci \
		--file-prefix="bench-test-$$" -- "$@"
}
