#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The coverage of the library by the tests that have run in a build directory.

set -u
# shellcheck source=devtools/descriptors.sh
. "$(dirname "${BASH_SOURCE[0]}")/descriptors.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

usage()
{
	cat <<-'END'
		Usage: devtools/coverage.sh [--list] FOLDER

		Reports lines and branches of lib/ration that the tests have run, and fails if they
		are too few. FOLDER is a build folder made with -Db_coverage=true in which tests
		have run.

		  --list  all lines and branches that were not run, file by file
	END
}

# In percent.
LINES_MIN=95
BRANCHES_MIN=90

LIST=
[[ ${1:-} != --list ]] || { LIST=1; shift; }
case ${1:-} in
-h | --help) usage; exit 0 ;;
esac
(($# == 1)) || { usage >&2; exit 2; }
command -v gcovr >/dev/null || { echo 'gcovr is not installed' >&2; exit 77; }

# exclusions KIND: the patterns of a kind as one.
exclusions()
{
	sed -nE "s/^$1 (.*[^ ]) # .*$/\1/p" devtools/coverage-exclusions.txt | paste -s -d '|'
}

# report ARG...: without test/explore, which compiles the same code differently; gcovr 5 cannot
# merge the two.
report()
{
	gcovr --root . --filter lib/ration/ --exclude "$(exclusions file)" \
		--exclude-lines-by-pattern "$(exclusions line)" \
		--exclude-branches-by-pattern "$(exclusions branch)" \
		--exclude-unreachable-branches --exclude-throw-branches "$@" \
		"${COMPILED[@]}"
}

BUILD=$1
# What was not compiled has no directory.
COMPILED=()
for folder in lib test/unit test/mp test/stress; do
	[[ ! -d $BUILD/$folder ]] || COMPILED+=("$BUILD/$folder")
done
if [[ -n $LIST ]]; then
	report --txt - && report --branches --txt -
	exit
fi
# Not /dev/null: gcovr replaces the file that it writes, which root may do there, too.
TABLE=$(mktemp) || exit 1
trap 'rm -f "$TABLE"' EXIT
report --print-summary --txt "$TABLE" --fail-under-line "$LINES_MIN" \
	--fail-under-branch "$BRANCHES_MIN"
