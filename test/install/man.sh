#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The manual pages have the options that the programs print with --help, and are correct roff.
# Arguments: pairs of a program and its page.

# shellcheck source=test/install/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# has_all_options PROGRAM PAGE: each option of --help, and its text.
has_all_options()
{
	"$ROOT/devtools/man.py" check "$@"
}

# The same with grep alone: each word of --help that starts an option is in the page.
names_all_options()
{
	local option bad=0

	while read -r option; do
		# As roff has it: each dash with a backslash.
		grep -qF -- "${option//-/\\-}" "$2" || { echo "$2: no $option"; bad=1; }
	done < <("$1" --help | grep -oE '^ +--[a-z-]+' | tr -d ' ')
	return "$bad"
}

# finds_what_is_missing PROGRAM PAGE: with one option less, the checks fail.
finds_what_is_missing()
{
	grep -v '^\.B \\-\\-help' "$2" >"$WORKDIR/page" &&
		! has_all_options "$1" "$WORKDIR/page" &&
		sed 's/\\-help//' "$2" >"$WORKDIR/page" &&
		! names_all_options "$1" "$WORKDIR/page"
}

is_correct_roff()
{
	local said

	command -v man >/dev/null || { echo 'man is not installed'; return 0; }
	said=$(man --warnings=w -E UTF-8 -l "$1" 2>&1 >"$WORKDIR/shown")
	echo "$said"
	[[ -z $said ]] && grep -q '^NAME$' "$WORKDIR/shown"
}

make_workdir
while (($# > 1)); do
	name=${2##*/}
	claim "$name has the options of --help" has_all_options "$1" "$2"
	claim "$name names all of them" names_all_options "$1" "$2"
	claim "$name: a missing option is found" finds_what_is_missing "$1" "$2"
	shift 2
done
for page in "$ROOT"/doc/man/*.[1-9]; do
	claim "${page##*/} is correct" is_correct_roff "$page"
done
finish
