# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions for the tests of the scripts in devtools: TAP. Sourced after common.sh, which has
# make_workdir().

NUMBER=0
BAD=0

# claim TEXT COMMAND ARG...: one line of TAP; the output of the command is shown if it fails.
claim()
{
	local text=$1 output

	shift
	NUMBER=$((NUMBER + 1))
	if output=$("$@" 2>&1); then
		echo "ok $NUMBER - $text"
	else
		echo "not ok $NUMBER - $text"
		tail -n 40 <<<"$output" | sed 's/^/# /'
		BAD=1
	fi
}

conclude()
{
	echo "1..$NUMBER"
	exit "$BAD"
}
