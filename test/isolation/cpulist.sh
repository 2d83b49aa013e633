#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Lists and masks of CPUs: valid and invalid ones, and set operations.

# shellcheck source=test/isolation/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=config/isolation/cpulist.sh
. "$(dirname "$ISOLATE")/cpulist.sh"

# gives LIST FUNCTION ARG...: the function returns this list.
gives()
{
	local wanted=$1

	shift
	"$@" || return 1
	echo "result: '$REPLY'"
	[[ $REPLY == "$wanted" ]]
}

refuses()
{
	! "$@"
}

# splits BOTH REST LIST OTHER
splits()
{
	cpulist_split "$3" "$4"
	echo "both '$REPLY', rest '$REST'"
	[[ $REPLY == "$1" && $REST == "$2" ]]
}

check 'one CPU' gives 5 cpulist_parse 5
check 'ranges are joined' gives 0-5,8 cpulist_parse 3-5,0,1-2,8,8
check 'two neighbors are a range' gives 6-7 cpulist_parse 7,6
check 'nothing' gives '' cpulist_parse ''
check 'leading zeros are decimal' gives 8-9 cpulist_parse 08-009
check 'steps' gives 0-1,4-5 cpulist_parse 0-7:2/4
check 'the largest number' gives 8191 cpulist_parse 8191
for list in 8192 99999 3-1 1- -1 1,,2 ,1 '1,' a 1-2-3 0x1 '1 2' 0-7:0/4 0-7:5/4 0-7:1/0 '*' 1.5; do
	check "list '$list' is refused" refuses cpulist_parse "$list"
done

check 'words' gives '0 1 4' cpulist_cpus 0-1,4
check 'no words' gives '' cpulist_cpus ''
check 'split' splits 2-3 0-1,7 0-3,7 2-5
check 'split by nothing' splits '' 0-3 0-3 ''
check 'split of nothing' splits '' '' '' 0-3
check 'overlap' cpulist_overlaps 0-3 3-5
check 'no overlap' refuses cpulist_overlaps 0-3 4-5
check 'covered' cpulist_covers 0-7 2,5
check 'not covered' refuses cpulist_covers 0-3 3-4
check 'nothing is covered by nothing' cpulist_covers '' ''

check 'mask of one word' gives 0-1,4 cpumask_parse 13
check 'mask of two words' gives 0,32-33 cpumask_parse 00000003,00000001
check 'mask of nothing' gives '' cpumask_parse 0
for mask in '' g 0x3 ','; do
	check "mask '$mask' is refused" refuses cpumask_parse "$mask"
done
check 'list to mask' gives 13 cpumask_format 0-1,4
check 'list to mask of two words' gives 3,00000001 cpumask_format 0,32-33
check 'list to mask with an empty word' gives 1,00000000,00000000 cpumask_format 64
check 'the highest bit of a word' gives 80000000 cpumask_format 31
check 'empty list to mask' gives 0 cpumask_format ''
finish
