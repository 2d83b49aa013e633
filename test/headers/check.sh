#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Compile each public header alone, included twice, as C and as C++, without a warning.
# Usage: check.sh HEADER...

set -u

# As system headers, to ignore warnings of DPDK's headers.
dpdk=$(pkg-config --cflags libdpdk | sed 's/-I *\([^ ]*\)/-isystem \1/g')
warnings='-Wall -Wextra -Werror -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

n=0
failed=0

# tell OK-OR-NOT DESCRIPTION
tell() {
	n=$((n + 1))
	echo "$1 $n - $2"
	[ "$1" = ok ] || failed=1
}

# compiles COMPILER STANDARD HEADER
compiles() {
	case $2 in
	*++*) unit=$work/unit.cpp ;;
	*) unit=$work/unit.c ;;
	esac
	printf '#include <%s>\n#include <%s>\n' "$(basename "$3")" "$(basename "$3")" > "$unit"
	# The flags are words.
	# shellcheck disable=SC2086
	"$1" "-std=$2" -O2 $warnings -I"$(dirname "$3")" $dpdk -c "$unit" -o "$work/unit.o" \
		> "$work/messages" 2>&1
}

# check COMPILER STANDARD HEADER
check() {
	what="$(basename "$3") with $1 -std=$2"
	if ! command -v "$1" > "$work/which"; then
		tell ok "$what # SKIP there is no $1"
	elif compiles "$@"; then
		tell ok "$what"
	else
		tell 'not ok' "$what"
		sed 's/^/# /' "$work/messages"
	fi
}

for header in "$@"; do
	for std in gnu11 gnu17; do
		check gcc "$std" "$header"
		check clang "$std" "$header"
	done
	for std in c++14 c++17 c++20; do
		check g++ "$std" "$header"
		check clang++ "$std" "$header"
	done
done

# Check that the check can fail.
printf '#pragma once\nstatic inline int f(int a) { if (a = 1) return 1; return 0; }\n' \
	> "$work/warns.h"
for compiler in gcc clang g++ clang++; do
	command -v "$compiler" > "$work/which" || continue
	case $compiler in
	*++) std=c++17 ;;
	*) std=gnu11 ;;
	esac
	if compiles "$compiler" "$std" "$work/warns.h"; then
		tell 'not ok' "$compiler finds a header that warns"
	else
		tell ok "$compiler finds a header that warns"
	fi
done

echo "1..$n"
exit "$failed"
