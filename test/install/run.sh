#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Installs the library into a separate directory and builds the README's example with it, as a user
# would: with pkg-config and no other file of this tree.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../devtools/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"

EXAMPLE=$ROOT/test/install/example.c
NUMBER=0
FAILED=0

# claim NAME COMMAND ARG...: one line of TAP; the output of the command is shown if it fails.
claim()
{
	local name=$1 output

	shift
	NUMBER=$((NUMBER + 1))
	if output=$("$@" 2>&1); then
		echo "ok $NUMBER - $name"
	else
		echo "not ok $NUMBER - $name"
		tail -n 40 <<<"$output" | sed 's/^/# /'
		FAILED=1
	fi
}

install_library()
{
	env CFLAGS= LDFLAGS= meson setup "$WORKDIR/build" "$ROOT" --prefix="$PREFIX" \
		--libdir=lib -Dapps=false -Dtests=false -Dbuildtype=release &&
		meson install -C "$WORKDIR/build"
}

compile()
{
	local flags

	flags=$(pkg-config --cflags libration) || return 1
	# shellcheck disable=SC2086 # several words
	"${CC:-cc}" -Wall -Wextra -Werror $flags -o "$WORKDIR/$1" "${SOURCE:-$EXAMPLE}" "${@:2}"
}

compile_shared()
{
	# shellcheck disable=SC2046 # several words
	compile shared $(pkg-config --libs libration) &&
		readelf -d "$WORKDIR/shared" | grep -q 'NEEDED.*libration\.so\.[0-9]'
}

compile_static()
{
	# shellcheck disable=SC2046 # several words
	compile static "$(pkg-config --variable=libdir libration)/libration.a" \
		$(pkg-config --libs libdpdk) &&
		! readelf -d "$WORKDIR/static" | grep 'NEEDED.*libration'
}

# run_example PROGRAM: the program must find the limit of 100 to the unit.
run_example()
{
	local output

	output=$(LD_LIBRARY_PATH=$PREFIX/lib timeout 60 "$WORKDIR/$1" "${EAL_ARGS[@]}") || return 1
	echo "$output"
	grep -q 'edge/gold holds 100 packets' <<<"$output"
}

# Each installed header alone, in both languages.
compile_headers()
{
	local header language flags

	flags=$(pkg-config --cflags libration) || return 1
	for header in "$PREFIX"/include/*.h; do
		for language in 'c -std=gnu11' 'c++ -std=c++17'; do
			# shellcheck disable=SC2086 # several words
			echo "#include <${header##*/}>" | "${CC:-cc}" -x $language -Wall -Wextra \
				-Werror $flags -fsyntax-only - || return 1
		done
	done
}

# The README shows the same program after its license header.
readme_shows_example()
{
	# shellcheck disable=SC2016 # backquotes of Markdown
	diff <(sed -n '/^```c$/,/^```$/p' "$ROOT/README.md" | sed '1d;$d') <(sed '1,4d' "$EXAMPLE")
}

compile_tutorial()
{
	# shellcheck disable=SC2046 # several words
	SOURCE=$ROOT/doc/guide/start/two_lcores.c compile tutorial $(pkg-config --libs libration)
}

# The program of the tutorial prints what the tutorial says: its block behind "Expected output".
run_tutorial()
{
	local output

	output=$(LD_LIBRARY_PATH=$PREFIX/lib timeout 60 "$WORKDIR/tutorial" \
		"${EAL_ARGS[@]}" --log-level='*:error') || { echo "$output"; return 1; }
	diff <(sed -n '/^Expected output/,/^Step 1/s/^   \([^ ].*\|  .*\)$/\1/p' \
		"$ROOT/doc/guide/start/tutorial.rst") <(grep -v ^EAL <<<"$output")
}

# The variable is for programs that must match the DPDK that the library was built for.
dpdk_abi_is_told()
{
	[[ $(pkg-config --variable=dpdk_abi libration) =~ ^[0-9]+$ ]]
}

# The same library serves a program with checks: with the flag it makes checked calls.
compile_checked()
{
	# shellcheck disable=SC2046 # several words
	compile checked $(pkg-config --variable=checks_cflags libration) \
		$(pkg-config --libs libration) &&
		nm -D --undefined-only "$WORKDIR/checked" | grep -q __ration_checked_try_charge
}

make_workdir
PREFIX=$WORKDIR/prefix
export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
eal_args install no-huge

echo '1..12'
claim 'the library installs without programs and tests' install_library
claim 'the example compiles against the shared library' compile_shared
claim 'the example runs with the shared library' run_example shared
claim 'the example compiles against the static library' compile_static
claim 'the example runs with the static library' run_example static
claim 'the example compiles with checks' compile_checked
claim 'the example runs with checks' run_example checked
claim 'the program of the tutorial compiles' compile_tutorial
claim 'the program of the tutorial prints what the tutorial says' run_tutorial
claim 'pkg-config names the ABI of DPDK' dpdk_abi_is_told
claim 'each installed header compiles alone in C and C++' compile_headers
claim 'the README shows the example' readme_shows_example
exit "$FAILED"
