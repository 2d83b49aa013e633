#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Wrong options and missing lcores give a message that names the mistake and an exit status other
# than 0. No file is changed.

# shellcheck disable=SC2317 # check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

# refuses TEXT ARG...: the command fails, and a line of stderr contains TEXT.
refuses()
{
	text=$1
	shift
	if "$@" > "$TMP/out" 2> "$TMP/err"; then
		echo "succeeds"
		return 1
	fi
	cat "$TMP/err"
	grep -qF -e "$text" "$TMP/err"
}

# before_eal TEXT ARG...: as refuses, and EAL has not started.
before_eal()
{
	refuses "$@" && ! grep -q EAL "$TMP/out" "$TMP/err"
}

# helps ARG...: the program prints its usage.
helps()
{
	"$BENCH" "$@" > "$TMP/out" 2>&1 && grep -q -e '--test=NAME' "$TMP/out" &&
		grep -q charge "$TMP/out" && grep -q drain "$TMP/out" && ! grep -q EAL: "$TMP/out"
}

file_is_kept()
{
	echo precious > "$TMP/kept.json"
	refuses "needs 2 lcores" bench 1 --test=drain --json "$TMP/kept.json" &&
		[ "$(cat "$TMP/kept.json")" = precious ]
}

no_file_is_created()
{
	refuses "needs 2 lcores" bench 1 --test=all --json "$TMP/none.json" &&
		[ ! -e "$TMP/none.json" ]
}

link_is_refused()
{
	mkdir -m 700 "$TMP/run" && ln -s "$TMP" "$TMP/run/dpdk"
	RUNTIME_DIRECTORY=$TMP/run refuses "$TMP/run/dpdk is a symbolic link" \
		bench 1 --test=charge
}

status_is_2()
{
	bench 1 --test=charge --repeats=1
	[ $? -eq 2 ]
}

check 'help without separator' helps --help
check 'help after separator' helps -- --help
check 'no test' before_eal 'no test given' "$BENCH" --
check 'no options at all' before_eal 'no test given' "$BENCH"
check 'unknown test' before_eal "there is no test 'speed', the tests are charge, seeds, walk, " \
	bench 1 --test=speed
check 'unknown option' before_eal "--fast" bench 1 --test=charge --fast
check 'stray word' before_eal "'charge' is not an option" bench 1 --test=charge charge
check 'test without value' before_eal "'--test'" bench 1 --test
for n in 10 0 -12 +11 ' 11' 100001 99999999999999999999 12x ''; do
	check "repeats '$n'" before_eal "--repeats: '$n' is not a number from 11 to 100000" \
		bench 1 --test=charge --repeats "$n"
done
for n in 0 -1 604801 1h ''; do
	check "seconds '$n'" before_eal "--seconds: '$n' is not a number from 1 to 604800" \
		bench 1 --test=hiccup --seconds "$n"
done
check 'unused --repeats gives a warning' refuses '--repeats: no effect, hiccup has a fixed number' \
	bench 1 --test=hiccup --repeats 12
check 'unused --seconds gives a warning' refuses '--seconds: no effect, the time of footprint' \
	bench 1 --test=footprint --seconds 12 --json /dev/full --quick
check 'json in a missing directory' before_eal "$TMP/no/x.json': No such file or directory" \
	bench 1 --test=charge --json "$TMP/no/x.json"
check 'plot in a missing directory' before_eal \
	"cannot create '$TMP/no/plots': No such file or directory" \
	bench 1 --test=charge --plot "$TMP/no/plots"
check 'plot is a file' before_eal "--plot: cannot write in '/dev/null'" \
	bench 1 --test=charge --plot /dev/null
check 'plot without gnuplot' before_eal '--plot: cannot run gnuplot' \
	env PATH=/nowhere "$BENCH" -- --test=charge --plot "$TMP/plots"
check 'json is a directory' before_eal "'$TMP': Is a directory" bench 1 --test=charge --json "$TMP"
check 'json on a full device' refuses "'/dev/full': No space left on device" \
	bench 1 --test=charge --quick --json /dev/full
check 'too few lcores for drain' refuses \
	'--test=drain needs 2 lcores and has 1; give more with the EAL option -l' \
	bench 1 --test=drain
check 'a failed run keeps the old file' file_is_kept
check 'a failed run creates no file' no_file_is_created
for prefix in ../evil a/b .. '' abcdefgh-abcdefgh-abcdefgh-abcdef; do
	check "file prefix '$prefix'" before_eal "--file-prefix: '$prefix' is not a plain name" \
		"$BENCH" --file-prefix "$prefix" -- --test=charge
done
check 'runtime directory is a link' link_is_refused
check 'a stray word among the EAL options' refuses "'leftover': not an EAL option" \
	"$BENCH" --lcores "$(first_cpus 1)" --no-huge --no-shconf -m 64 --no-pci \
	--file-prefix="bench-test-$$" leftover -- --test=charge
check 'status of a wrong command line is 2' status_is_2
check 'wrong EAL option' refuses 'EAL could not start' "$BENCH" --nonsense -- --test=charge
finish
