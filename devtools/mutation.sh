#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Plants small defects at random into the library, and counts how many the quick tests catch.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"

usage()
{
	cat <<-'END'
		Usage: devtools/mutation.sh [OPTION...] [BUILD]

		Plants small defects at random into copies of lib/ration, one at a time: conditions,
		comparisons, constants, operators, widths, arguments, the order of statements,
		forgotten calls, assignments and returns. For each, the unit tests, those with
		several processes and the schedule explorer run until one fails. Prints each
		defect with the test that caught it, and at the end the figures.

		BUILD is a build folder of gcc, without sanitizers; without it one is made and
		removed again. Nothing is changed in the source tree.

		  --count N      defects to plant (default 200)
		  --seed N       which ones (default 1); a seed draws the same ones again
		  --file FILE    only in this file of lib/ration, such as tree/gate.c; repeatable
		  --jobs N       defects at a time (default 1)
		  --target P     status 1 if less than P percent are caught (default 95)
		  --output FILE  write a line of JSON for each defect
		  --table FILE   write the tables of the guide
		  --list         print the defects in the order of the seed, plant none
		  --help         this text

		A defect that is listed in test/mutation/equivalent.txt is not tried. Tests with
		true secondary processes need RATION_HUGE_DIR, or root, which reserves hugepages.
	END
}

OPTIONS=()
BUILD=
LIST=
while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--count | --seed | --file | --jobs | --target | --output | --table)
		(($# > 1)) || { echo "mutation.sh: $1 needs a value" >&2; exit 2; }
		OPTIONS+=("$1" "$2")
		shift
		;;
	--list) LIST=1; OPTIONS+=("$1") ;;
	-*) echo "mutation.sh: unknown option '$1'" >&2; exit 2 ;;
	*)
		[[ -z $BUILD ]] || { echo 'mutation.sh: more than one BUILD' >&2; exit 2; }
		BUILD=$1
		;;
	esac
	shift
done

make_workdir
export TMPDIR=$WORKDIR PYTHONDONTWRITEBYTECODE=1
if [[ -z $LIST && -z $BUILD ]]; then
	BUILD=$WORKDIR/build
	step 'configure' 120 "$WORKDIR/log" env CC=gcc CFLAGS= LDFLAGS= meson setup "$BUILD" \
		"$ROOT" -Dbuildtype=debugoptimized -Dapps=false || exit 1
	step 'build' 900 "$WORKDIR/log" ninja -C "$BUILD" -j 2 || exit 1
fi
if [[ -z $LIST && -z ${RATION_HUGE_DIR:-} ]] && is_root && reserve_hugepages 128; then
	export RATION_HUGE_DIR=$HUGE_DIR
fi
status=0
spawn python3 "$ROOT/test/mutation/mutation.py" ${OPTIONS[@]+"${OPTIONS[@]}"} "${BUILD:-none}"
reap "$CHILD" || status=$?
exit "$status"
