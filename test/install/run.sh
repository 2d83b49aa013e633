#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Installs the library into a separate directory and builds the README's example with it, as a user
# would: with pkg-config and no other file of this tree.

# shellcheck source=test/install/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

EXAMPLE=$ROOT/test/install/example.c

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

# is_inside PROGRAM: libration is in the program, not beside it.
is_inside()
{
	! readelf -d "$WORKDIR/$1" | grep 'NEEDED.*libration'
}

compile_static()
{
	# shellcheck disable=SC2046 # several words
	compile static $(pkg-config --libs libration-static) && is_inside static
}

# DPDK's archives, too, as the guide says for a system without the library that no driver calls.
compile_all_static()
{
	local line

	line=$(block_of "$ROOT/doc/guide/start/install.rst" 'static.*sed')
	echo "$line"
	[[ -n $line ]] && (cd "$WORKDIR" && cp "$EXAMPLE" example.c && eval "$line") &&
		mv "$WORKDIR/example" "$WORKDIR/all-static" && is_inside all-static &&
		! readelf -d "$WORKDIR/all-static" | grep 'NEEDED.*librte_'
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
	diff <(lines_of "$ROOT/README.md" c main) <(sed '1,4d' "$EXAMPLE")
}

# The Makefile beside the installed examples builds them, with either library.
makefile_builds_examples()
{
	local examples=$WORKDIR/examples pc

	for pc in libration libration-static; do
		rm -rf "$examples"
		cp -r "$PREFIX/share/doc/libration/examples" "$examples" &&
			make -C "$examples" CC="${CC:-cc}" PC="$pc" || return 1
		[[ -x $examples/example && -x $examples/two_lcores ]] || return 1
	done
}

# With neither programs nor guide, their files are not installed.
only_the_library_is_there()
{
	diff - <(cd "$PREFIX" && find . -type f -not -name '*.h' -not -path '*/isolation/*' |
		sort) <<-'END'
		./lib/libration.a
		./lib/libration.so.0.1.0
		./lib/pkgconfig/libration-static.pc
		./lib/pkgconfig/libration.pc
		./share/doc/libration/examples/Makefile
		./share/doc/libration/examples/example.c
		./share/doc/libration/examples/two_lcores.c
		./share/man/man3/libration.3
	END
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

claim 'the library installs without programs and tests' install_library
claim 'nothing else is installed' only_the_library_is_there
claim 'the example compiles against the shared library' compile_shared
claim 'the example runs with the shared library' run_example shared
claim 'the example compiles against the static library' compile_static
claim 'the example runs with the static library' run_example static
claim 'the example compiles with DPDK inside' compile_all_static
claim 'the example runs with DPDK inside' run_example all-static
claim 'the installed Makefile builds the examples' makefile_builds_examples
claim 'the example compiles with checks' compile_checked
claim 'the example runs with checks' run_example checked
claim 'the program of the tutorial compiles' compile_tutorial
claim 'the program of the tutorial prints what the tutorial says' run_tutorial
claim 'pkg-config names the ABI of DPDK' dpdk_abi_is_told
claim 'each installed header compiles alone in C and C++' compile_headers
claim 'the README shows the example' readme_shows_example
finish
