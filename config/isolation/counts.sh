# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Current events on the CPUs: counters that the kernel keeps since boot, read twice, because events
# of the past do not matter. Sourced after host.sh.

# Seconds between the two readings. Steal time has a resolution of 10 ms.
COUNT_FOR=0.2

# Counts by interrupt and by CPU, at the first and at the second reading.
declare -A IRQS_BEFORE=() IRQS_NOW=() STEAL_BEFORE=() STEAL_NOW=()

# count_irqs ARRAY: count of each interrupt on the CPUs.
count_irqs()
{
	local -n counts=$1
	local line number cpu
	local -a heads fields columns=()
	local -i i sum

	[[ -r $HOST_ROOT/proc/interrupts ]] || return 0
	{
		read -r -a heads
		for i in "${!heads[@]}"; do
			cpu=${heads[i]#CPU}
			cpulist_covers "$CPUS" "$cpu" && columns+=("$i")
		done
		while read -r number line; do
			[[ $number =~ ^[0-9]+:$ ]] || continue
			read -r -a fields <<<"$line"
			sum=0
			for i in "${columns[@]}"; do
				sum+=${fields[i]}
			done
			counts[${number%:}]=$sum
		done
	} <"$HOST_ROOT/proc/interrupts"
}

# count_steal ARRAY: ticks that the host has taken from each CPU, and all ticks.
count_steal()
{
	local -n steals=$1
	local name user nice system idle iowait irq softirq steal

	[[ -r $HOST_ROOT/proc/stat ]] || return 0
	while read -r name user nice system idle iowait irq softirq steal _; do
		[[ $name =~ ^cpu[0-9]+$ ]] || continue
		steals[${name#cpu}]="${steal:-0} $((user + nice + system + idle + iowait + irq +
			softirq + ${steal:-0}))"
	done <"$HOST_ROOT/proc/stat"
}

# look_twice: read the counters twice, before the checks.
look_twice()
{
	count_irqs IRQS_BEFORE
	count_steal STEAL_BEFORE
	sleep "$COUNT_FOR"
	count_irqs IRQS_NOW
	count_steal STEAL_NOW
}

# busy_irqs "NUMBER ...": the interrupts that occurred between the readings, into REPLY.
busy_irqs()
{
	local number busy=

	for number in $1; do
		[[ ${IRQS_NOW[$number]:-} == "${IRQS_BEFORE[$number]:-}" ]] || busy+=" $number"
	done
	REPLY=$busy
}
