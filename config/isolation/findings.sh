# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The findings of the checks: a table for people, JSON for programs. Sourced after host.sh.
#
#	ok       no gaps from there
#	weak     gaps of some microseconds, or seldom ones
#	wrong    gaps of a time slice, or figures that mean nothing
#	unknown  cannot be read here; it does not count

FOUND_NAMES=()
declare -A FOUND_STATE=() FOUND_VALUE=() FOUND_WHY=() FOUND_FIX=()

# found STATE NAME VALUE WHY FIX: why it matters, and the command or boot parameter that fixes it.
found()
{
	FOUND_NAMES+=("$2")
	FOUND_STATE[$2]=$1
	FOUND_VALUE[$2]=$3
	FOUND_WHY[$2]=$4
	FOUND_FIX[$2]=$5
}

# count_found STATE: number of findings in this state, into REPLY.
count_found()
{
	local name
	local -i number=0

	for name in "${FOUND_NAMES[@]}"; do
		[[ ${FOUND_STATE[$name]} != "$1" ]] || number+=1
	done
	REPLY=$number
}

# The worst of ok, weak and wrong, into REPLY.
found_verdict()
{
	local state

	for state in wrong weak; do
		count_found "$state"
		((REPLY == 0)) || { REPLY=$state; return; }
	done
	REPLY=ok
}

# "20 ok, 3 weak, 2 wrong, 1 unknown", into REPLY.
found_counts()
{
	local state counts=

	for state in ok weak wrong unknown; do
		count_found "$state"
		counts+="${counts:+, }$REPLY $state"
	done
	REPLY=$counts
}

print_table()
{
	local name

	printf '%-12s %-8s %s\n' CHECK STATE "FOUND, FOR CPU $1"
	for name in "${FOUND_NAMES[@]}"; do
		printf '%-12s %-8s %s\n' "$name" "${FOUND_STATE[$name]}" "${FOUND_VALUE[$name]}"
		[[ ${FOUND_STATE[$name]} != ok ]] || continue
		printf '%21s why: %s\n' '' "${FOUND_WHY[$name]}"
		printf '%21s fix: %s\n' '' "${FOUND_FIX[$name]}"
	done
	found_counts
	printf '\nCPU %s: %s' "$1" "$REPLY"
	found_verdict
	printf ' - %s\n' "$REPLY"
}

# valid_utf8 TEXT: the kernel cuts names of threads after 15 bytes, maybe within a character; the
# valid part goes into REPLY.
valid_utf8()
{
	if command -v iconv >/dev/null; then
		REPLY=$(printf '%s' "$1" | iconv -c -f UTF-8 -t UTF-8 2>/dev/null)
	else
		REPLY=${1//[^ -~]/?}
	fi
}

# json_string TEXT: quoted, into REPLY.
json_string()
{
	local text=$1

	text=${text//\\/\\\\}
	text=${text//\"/\\\"}
	text=${text//[[:cntrl:]]/ }
	[[ $text != *[^\ -~]* ]] || { valid_utf8 "$text"; text=$REPLY; }
	REPLY="\"$text\""
}

print_json()
{
	local name comma=

	found_verdict
	printf '{"cpus": "%s", "verdict": "%s"' "$1" "$REPLY"
	for name in ok weak wrong unknown; do
		count_found "$name"
		printf ', "%s": %d' "$name" "$REPLY"
	done
	printf ', "checks": ['
	for name in "${FOUND_NAMES[@]}"; do
		printf '%s\n{"name": "%s", "state": "%s"' "$comma" "$name" "${FOUND_STATE[$name]}"
		comma=,
		json_string "${FOUND_VALUE[$name]}"
		printf ', "value": %s' "$REPLY"
		json_string "${FOUND_WHY[$name]}"
		printf ', "why": %s' "$REPLY"
		json_string "${FOUND_FIX[$name]}"
		printf ', "fix": %s}' "$REPLY"
	done
	printf '\n]}\n'
}
