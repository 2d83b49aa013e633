# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Sets of CPUs as the kernel writes them: lists such as "0-3,8" and masks such as "ff,00000003".
# All functions put their result into REPLY, since a subshell for each of thousands of calls would
# take seconds. A set is written as a list in canonical form: ascending, ranges joined.

# Larger numbers are typing errors, and a loop up to them would not end in time.
CPU_MAX=8191

# cpulist_parse LIST: canonical form of a list, which may have steps ("0-7:1/2"). Fails if it is
# not a list.
cpulist_parse()
{
	local part first last used group cpu
	local -a parts set=()

	REPLY=
	[[ $1 != *, && $1 != ,* ]] || return 1
	IFS=, read -r -a parts <<<"$1"
	for part in "${parts[@]}"; do
		[[ $part =~ ^([0-9]{1,4})(-([0-9]{1,4})(:([0-9]{1,4})/([0-9]{1,4}))?)?$ ]] ||
			return 1
		first=$((10#${BASH_REMATCH[1]}))
		last=$((10#${BASH_REMATCH[3]:-$first}))
		used=$((10#${BASH_REMATCH[5]:-1}))
		group=$((10#${BASH_REMATCH[6]:-1}))
		((first <= last && last <= CPU_MAX && used > 0 && used <= group)) || return 1
		for ((cpu = first; cpu <= last; cpu++)); do
			(((cpu - first) % group >= used)) || set[cpu]=1
		done
	done
	cpulist_format "${!set[@]}"
}

# cpulist_format CPU...: list of CPUs that are given in ascending order.
cpulist_format()
{
	local cpu first=-2 last=-2

	REPLY=
	for cpu in "$@" ''; do
		if [[ -n $cpu ]] && ((cpu == last + 1)); then
			last=$cpu
			continue
		fi
		((first < 0)) || REPLY+=${REPLY:+,}$first
		((first == last)) || REPLY+=-$last
		first=$cpu
		last=$cpu
	done
}

# cpulist_cpus LIST: its CPUs, as words.
cpulist_cpus()
{
	local part cpu cpus=

	for part in ${1//,/ }; do
		for ((cpu = ${part%-*}; cpu <= ${part#*-}; cpu++)); do
			cpus+=" $cpu"
		done
	done
	REPLY=${cpus# }
}

# cpulist_split LIST OTHER: REPLY are the CPUs of both lists, REST those of the first one only.
cpulist_split()
{
	local cpu
	local -a other=() both=() rest=()

	cpulist_cpus "$2"
	for cpu in $REPLY; do
		other[cpu]=1
	done
	cpulist_cpus "$1"
	for cpu in $REPLY; do
		if [[ -n ${other[cpu]:-} ]]; then
			both+=("$cpu")
		else
			rest+=("$cpu")
		fi
	done
	cpulist_format "${rest[@]}"
	REST=$REPLY
	cpulist_format "${both[@]}"
}

# cpulist_overlaps LIST OTHER: the lists have a CPU in common.
cpulist_overlaps()
{
	cpulist_split "$1" "$2"
	[[ -n $REPLY ]]
}

# cpulist_covers LIST OTHER: the first list has all CPUs of the other one.
cpulist_covers()
{
	cpulist_split "$2" "$1"
	[[ -z $REST ]]
}

# cpumask_parse MASK: list of the CPUs in a hexadecimal mask. Fails if it is not a mask.
cpumask_parse()
{
	local mask=${1//,/} nibble bit
	local -a set=()
	local -i digits=${#mask} i

	REPLY=
	[[ $mask =~ ^[0-9a-fA-F]+$ ]] || return 1
	for ((i = 0; i < digits; i++)); do
		nibble=$((16#${mask:digits-1-i:1}))
		for bit in 0 1 2 3; do
			(((nibble >> bit & 1) == 0)) || set[4 * i + bit]=1
		done
	done
	cpulist_format "${!set[@]}"
}

# cpumask_format LIST: hexadecimal mask of a list, in groups of 32 CPUs.
cpumask_format()
{
	local cpu text
	local -a words=(0) keys
	local -i i

	cpulist_cpus "$1"
	for cpu in $REPLY; do
		words[cpu / 32]=$((${words[cpu / 32]:-0} | 1 << cpu % 32))
	done
	keys=("${!words[@]}")
	i=${keys[-1]}
	printf -v text '%x' "${words[i]:-0}"
	for ((i--; i >= 0; i--)); do
		printf -v text '%s,%08x' "$text" "${words[i]:-0}"
	done
	REPLY=$text
}
