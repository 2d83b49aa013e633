#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks the library and the programs of a build directory, or the given files, for hardening: the
# segment that is read-only after relocation, all symbols bound at start, a stack that is not
# executable, position independence, stack protector, checked calls of libc, and on x86-64 landing
# pads for indirect jumps.
# Usage: hardening.sh DIRECTORY|FILE...

set -u
# shellcheck source=devtools/descriptors.sh
. "$(dirname "${BASH_SOURCE[0]}")/descriptors.sh"

# Calls that must be used in their checked form.
CHECKED='(v?s?n?printf|f?printf|memcpy|memset|strcpy|strcat|read|snprintf|fdelt|longjmp)_chk'

for command in readelf objdump; do
	command -v "$command" >/dev/null || { echo "$command is not installed"; exit 77; }
done

bad=0

complain()
{
	echo "$1: $2"
	bad=1
}

# Our functions in a table of dynamic symbols, and the calls of the C library.
exported_by()
{
	awk '$4 == "FUNC" && $7 != "UND" && $8 ~ /^ration_/ { sub(/@.*/, "", $8); print $8 }'
	echo main
}

look_at()
{
	local file=$1 headers dynamic symbols

	headers=$(readelf -W -h -l "$file")
	dynamic=$(readelf -W -d "$file")
	symbols=$(readelf -W --dyn-syms "$file")
	grep -q 'GNU_RELRO' <<<"$headers" || complain "$file" 'not read-only after relocation'
	grep -qE 'BIND_NOW|Flags:.*NOW' <<<"$dynamic" || complain "$file" 'symbols are bound lazily'
	grep 'GNU_STACK' <<<"$headers" | grep -q 'RW ' || complain "$file" 'executable stack'
	grep -qE 'Type: +DYN' <<<"$headers" || complain "$file" 'not position independent'
	grep -q '__stack_chk_fail' <<<"$symbols" || complain "$file" 'no stack protector'
	grep -qE "__$CHECKED" <<<"$symbols" || complain "$file" 'no checked call of libc'
	grep -qE 'Machine:.*X86-64' <<<"$headers" || return 0
	# Functions whose address is exported; the C library's start files have landing pads anyway.
	objdump -d --no-show-raw-insn "$file" | awk -v exported="$(exported_by <<<"$symbols")" '
		BEGIN { split(exported, list); for (i in list) reached["<" list[i] ">:"] }
		own && !/endbr64/ { bad = 1 }
		{ own = $2 in reached }
		END { exit bad }' || complain "$file" 'no landing pads for indirect jumps'
}

files=()
for at; do
	[[ -d $at ]] || { files+=("$at"); continue; }
	mapfile -t -O "${#files[@]}" files < <(find "$at/lib" "$at/app" -type f \
		\( -name 'libration.so.*' -o -name 'ration-pmd' -o -name 'ration-bench' \) \
		-not -path '*.p/*' 2>/dev/null)
done
((${#files[@]} > 0)) || { echo "nothing built in $*"; exit 1; }
for file in "${files[@]}"; do
	look_at "$file"
done
exit "$bad"
