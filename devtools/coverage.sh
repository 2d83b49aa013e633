#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# What of the library the tests have run, from a build folder in which they have.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

usage()
{
	cat <<-'END'
		Usage: devtools/coverage.sh [--list] FOLDER

		Reports lines and branches of lib/ration that the tests have run, and fails if they are
		too few. FOLDER is a build folder made with -Db_coverage=true in which tests have run.

		  --list  all lines and branches that were not run, file by file
	END
}

# In percent.
LINES_MIN=95
BRANCHES_MIN=90

# What does not count, and why: files by pattern, lines by pattern.
# trace_points.h: branches are those of DPDK's macros, taken while a trace is recorded.
FILES_OUT='lib/ration/trace_points\.h'
# RTE_BUILD_BUG_ON is for the compiler; the macros of the log decide by themselves what is written.
LINES_OUT='.*(RTE_BUILD_BUG_ON|RTE_LOG_REGISTER_DEFAULT).*'

LIST=
[[ ${1:-} != --list ]] || { LIST=1; shift; }
case ${1:-} in
-h | --help) usage; exit 0 ;;
esac
(($# == 1)) || { usage >&2; exit 2; }
command -v gcovr >/dev/null || { echo 'gcovr is not installed' >&2; exit 77; }

# report ARG...: test/explore is the same code compiled otherwise, and gcovr 5 cannot join the two.
report()
{
	gcovr --root . --filter lib/ration/ --exclude "$FILES_OUT" \
		--exclude-lines-by-pattern "$LINES_OUT" --exclude-unreachable-branches \
		--exclude-throw-branches --exclude-function-lines "$@" \
		"$BUILD/lib" "$BUILD/test/unit" "$BUILD/test/mp" "$BUILD/test/stress"
}

BUILD=$1
if [[ -n $LIST ]]; then
	report --txt - && report --branches --txt -
	exit
fi
report --print-summary --txt /dev/null --fail-under-line "$LINES_MIN" \
	--fail-under-branch "$BRANCHES_MIN"
