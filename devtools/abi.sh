#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Compares the ABI of the shared library with its description in devtools/abi, or updates the
# description.

set -u -o pipefail
# shellcheck source=devtools/descriptors.sh
. "$(dirname "${BASH_SOURCE[0]}")/descriptors.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
STORED=devtools/abi/libration.abi

usage()
{
	cat <<-'END'
		Usage: devtools/abi.sh check|renew|controls FOLDER

		FOLDER is a build folder of gcc.

		  check     every difference between library and description is an error,
		            additions too
		  renew     write a new description: a decision, to be committed as such
		  controls  removed and added functions and changed structs must be found

		Status 77: no comparison is possible; the reason is printed.
	END
}

skip()
{
	echo "$1"
	exit 77
}

# Directories with the headers of the library.
HEADERS=lib/ration

# Names of the public headers. Types of the private ones do not belong to the ABI.
public_headers()
{
	sed -n "s|^ *'\(ration[a-z_]*\.h\)',$|\1|p" lib/ration/meson.build
}

needed()
{
	grep -o 'librte_eal\.so\.[0-9]*'
}

# describe LIBRARY FILE: write a description that does not depend on the place and time of the
# build.
describe()
{
	local header

	mkdir -p "$WORK/public"
	for header in $(public_headers); do
		cp "$HEADERS/$header" "$WORK/public"
	done
	# Without the first option abidw omits the symbols of functions that are declared first.
	abidw --exported-interfaces-only --drop-private-types --headers-dir "$WORK/public" \
		--no-corpus-path --no-comp-dir-path --no-show-locs --out-file "$2" "$1" || return
	# The same description from every build directory.
	sed -i "s|path='[^']*lib/ration/|path='../lib/ration/|" "$2"
	if (($(grep -c elf-symbol-id "$2") != $(grep -c '<elf-symbol ' "$2"))); then
		echo "$1: not every exported function is described"
		return 1
	fi
}

compare()
{
	describe "$1" "$WORK/described.abi" &&
		abidiff "$STORED" "$WORK/described.abi"
}

# relink MAP FILE: link the static library as a shared one, with other exports.
relink()
{
	# The flags are words.
	# shellcheck disable=SC2046
	gcc -shared -o "$2" -Wl,--whole-archive "$WORK/libration.a" -Wl,--no-whole-archive \
		-Wl,-soname,libration.so.0 "-Wl,--version-script,$1" $(pkg-config --libs libdpdk)
}

# is_found WHAT MAP: succeeds if the comparison detects a changed library.
is_found()
{
	relink "$2" "$WORK/libration.so" || { echo "$1: not built"; return 1; }
	compare "$WORK/libration.so" >"$WORK/log" 2>&1
	# abidiff sets bit 4 for a difference, bits 1 and 2 if it failed.
	((($? & 7) == 4)) && return 0
	echo "$1: not found"
	return 1
}

# Compiles the changed sources into the static library.
compile_changed()
{
	rm "$WORK/libration.a"
	# The flags are words.
	# shellcheck disable=SC2046
	(cd "$WORK/changed" && printf '%s\0' ./*/*.c | xargs -0 -n 6 -P 2 gcc -c -std=gnu11 -g \
		-fPIC \
		-D_GNU_SOURCE -DRTE_LOG_DEFAULT_LOGTYPE=lib.ration -fvisibility=hidden \
		-DRATION_ALLOW_EXPERIMENTAL -I. \
		$(pkg-config --cflags libdpdk)) && ar -rcs "$WORK/libration.a" "$WORK"/changed/*.o
}

# Check that changes are detected. The unchanged library is relinked, too, and must show no
# difference.
controls()
{
	local map=lib/ration/version.map bad=0

	cp "$1/lib/ration/libration.a" "$WORK"
	if ! relink "$map" "$WORK/libration.so" || ! compare "$WORK/libration.so"; then
		echo 'relinked without a change: found to differ'
		bad=1
	fi
	sed '/ration_drain;/d' "$map" >"$WORK/less.map"
	is_found 'a function removed' "$WORK/less.map" || bad=1
	sed 's/ration_drain;/&\n\tration_more;/' "$map" >"$WORK/more.map"
	echo 'int ration_more(void); int ration_more(void) { return 0; }' >"$WORK/more.c"
	gcc -c -g -fPIC -o "$WORK/more.o" "$WORK/more.c" &&
		ar -rs "$WORK/libration.a" "$WORK/more.o" 2>/dev/null || bad=1
	is_found 'a function added' "$WORK/more.map" || bad=1
	cp -r lib/ration "$WORK/changed"
	sed -i 's/^struct ration_dead {/&\n\tuint64_t more;/' "$WORK/changed/ration_lcore.h"
	compile_changed || bad=1
	HEADERS=$WORK/changed
	is_found 'a member added to a struct' "$map" || bad=1
	return "$bad"
}

case ${1:-} in
check | renew | controls) (($# == 2)) || { usage >&2; exit 2; } ;;
-h | --help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac
for command in abidw abidiff gcc ar; do
	command -v "$command" >/dev/null || skip "$command is not installed"
done
LIBRARY=$(find "$2/lib/ration" -name 'libration.so.*' -type f -not -name '*.p' | head -n 1)
[[ -n $LIBRARY ]] || { echo "no libration.so in $2" >&2; exit 1; }
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT
if [[ $1 == renew ]]; then
	mkdir -p "${STORED%/*}"
	describe "$LIBRARY" "$STORED"
	exit
fi
# Structures of DPDK are part of ours, and differ between releases.
readelf -d "$LIBRARY" | needed | cmp -s - <(needed <"$STORED" | head -n 1) ||
	skip 'the description is of another release of DPDK'
if [[ $1 == check ]]; then
	compare "$LIBRARY"
else
	controls "$2"
fi
