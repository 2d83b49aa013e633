# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks of the machine: clock, power, memory, neighbours. Sourced after findings.sh; all look at
# the list in CPUS.

CPU_DIR=/sys/devices/system/cpu

# Is a word among the flags in /proc/cpuinfo?
cpu_has()
{
	host_field /proc/cpuinfo flags && [[ " $REPLY " == *" $1 "* ]]
}

check_governor()
{
	local why='a clock that changes makes cycles and time disagree, and stops while it does'
	local mend='cpupower frequency-set -g performance' cpu governor=

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		host_read "$CPU_DIR/cpu$cpu/cpufreq/scaling_governor" || continue
		[[ -n $governor && $governor != performance ]] || governor=$REPLY
	done
	case $governor in
	'') found unknown governor 'the kernel does not govern it' "$why" \
		'firmware or host: a fixed frequency' ;;
	performance) found ok governor "$governor" "$why" "$mend" ;;
	*) found weak governor "$governor" "$why" "$mend" ;;
	esac
}

# The deepest sleep that is not disabled: its microseconds to wake up, into REPLY.
deepest_sleep()
{
	local cpu=$1 state
	local -i latency=-1

	for state in "$HOST_ROOT$CPU_DIR/cpu$cpu/cpuidle"/state[0-9]*; do
		state=${state#"$HOST_ROOT"}
		! host_read "$state/disable" || [[ $REPLY == 0 ]] || continue
		host_read "$state/latency" && [[ $REPLY =~ ^[0-9]+$ ]] || continue
		((REPLY <= latency)) || latency=$REPLY
	done
	REPLY=$latency
}

check_cstates()
{
	local why='a core that sleeps deeply needs that long to wake up, and slows its neighbours'
	local mend='cpupower idle-set -D 1; for good: boot with processor.max_cstate=1'
	local cpu
	local -i deepest=-1

	mend+=' intel_idle.max_cstate=1'
	! boot_parameter idle || [[ $REPLY != poll ]] ||
		{ found ok cstates 'idle=poll' "$why" "$mend"; return; }
	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		deepest_sleep "$cpu"
		((REPLY <= deepest)) || deepest=$REPLY
	done
	if ((deepest < 0)); then
		found unknown cstates 'the kernel does not choose them' "$why" \
			'firmware or host: no C-states below C1'
	elif ((deepest > 10)); then
		found weak cstates "$deepest us to wake up" "$why" "$mend"
	else
		found ok cstates "$deepest us to wake up" "$why" "$mend"
	fi
}

check_smt()
{
	local why='the sibling shares the core: whatever runs on it takes half of the core'
	local mend='echo 0 > /sys/devices/system/cpu/cpuN/online for the sibling; for good: nosmt'
	local cpu siblings='' outside=''

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		host_read "$CPU_DIR/cpu$cpu/topology/thread_siblings_list" &&
			cpulist_parse "$REPLY" || continue
		siblings+="${siblings:+,}$REPLY"
		cpulist_split "$REPLY" "$CPUS"
		outside+="${REST:+${outside:+,}$REST}"
	done
	if [[ -z $siblings ]]; then
		found unknown smt 'cannot read the topology' "$why" "$mend"
	elif [[ -n $outside ]]; then
		found wrong smt "siblings used by others: $outside" "$why" "$mend"
	elif [[ $siblings == *[-,]* ]] && cpulist_parse "$siblings" && smt_pairs; then
		found weak smt "siblings are both in the set: $CPUS" "$why" \
			'leave one CPU of each pair idle'
	else
		found ok smt 'no siblings' "$why" "$mend"
	fi
}

# Has any of the CPUs a sibling at all?
smt_pairs()
{
	local cpu

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		host_read "$CPU_DIR/cpu$cpu/topology/thread_siblings_list" &&
			[[ $REPLY == *[-,]* ]] && return 0
	done
	return 1
}

check_clocksource()
{
	local why='reading a clock that is not the TSC is slow, or a system call'
	local mend='boot with tsc=reliable clocksource=tsc'
	local file=/sys/devices/system/clocksource/clocksource0/current_clocksource

	if ! host_read "$file"; then
		found unknown clocksource "cannot read $file" "$why" "$mend"
		return
	fi
	case $REPLY in
	tsc | arch_sys_counter) found ok clocksource "$REPLY" "$why" "$mend" ;;
	kvm-clock | hyperv_clocksource_tsc_page) found weak clocksource "$REPLY" "$why" "$mend" ;;
	*) found wrong clocksource "$REPLY" "$why" "$mend" ;;
	esac
}

check_tsc()
{
	local why='ticks of a TSC that changes its pace or stops are no time'
	local mend='another CPU, or a host that passes constant_tsc and nonstop_tsc on'

	if ! host_field /proc/cpuinfo flags; then
		found unknown tsc 'no flags in /proc/cpuinfo' "$why" "$mend"
	elif cpu_has constant_tsc && cpu_has nonstop_tsc; then
		found ok tsc 'constant_tsc nonstop_tsc' "$why" "$mend"
	elif cpu_has constant_tsc; then
		found weak tsc 'constant_tsc only: it may stop in a deep sleep' "$why" "$mend"
	else
		found wrong tsc 'not constant_tsc' "$why" "$mend"
	fi
}

# The word in brackets is the one that is chosen.
chosen_word()
{
	host_read "$1" || return 1
	REPLY=${REPLY#*[}
	REPLY=${REPLY%]*}
}

check_hugepages()
{
	local why='with small pages a table of counters misses the TLB'
	local mend='echo 512 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'

	mend+='; for good: boot with default_hugepagesz=1G hugepages=1'
	if ! host_field /proc/meminfo HugePages_Total; then
		found unknown hugepages 'not in /proc/meminfo' "$why" "$mend"
	elif [[ $REPLY == 0 ]]; then
		found weak hugepages 'none reserved' "$why" "$mend"
	else
		found ok hugepages "$REPLY reserved" "$why" "$mend"
	fi
}

check_thp()
{
	local why='the kernel joins and splits pages under running threads and flushes all TLBs'
	local mend='echo madvise > /sys/kernel/mm/transparent_hugepage/enabled; for good: boot with'
	local thp=/sys/kernel/mm/transparent_hugepage enabled=

	mend+=' transparent_hugepage=madvise'
	if ! chosen_word "$thp/enabled"; then
		found ok thp 'the kernel has none' "$why" "$mend"
		found ok khugepaged 'the kernel has none' "$why" "$mend"
		return
	fi
	enabled=$REPLY
	case $enabled in
	always) found weak thp "$enabled" "$why" "$mend" ;;
	*) found ok thp "$enabled" "$why" "$mend" ;;
	esac
	mend="echo 0 > $thp/khugepaged/defrag"
	if ! host_read "$thp/khugepaged/defrag"; then
		found unknown khugepaged "cannot read $thp/khugepaged/defrag" "$why" "$mend"
	elif [[ $REPLY == 0 || $enabled == never ]]; then
		found ok khugepaged off "$why" "$mend"
	else
		found weak khugepaged 'it scans' "$why" "$mend"
	fi
}

check_ksm()
{
	local why='merged pages are copied at the first write, and a kernel thread looks for more'
	local mend='echo 0 > /sys/kernel/mm/ksm/run'

	if ! host_read /sys/kernel/mm/ksm/run; then
		found ok ksm 'the kernel has none' "$why" "$mend"
	elif [[ $REPLY == 1 ]]; then
		found weak ksm 'it runs' "$why" "$mend"
	else
		found ok ksm off "$why" "$mend"
	fi
}

check_swap()
{
	local why='a page that was written to disk comes back in milliseconds'
	local mend='swapoff -a' device=

	[[ -r $HOST_ROOT/proc/swaps ]] ||
		{ found ok swap 'the kernel has none' "$why" "$mend"; return; }
	# The first line is the heading.
	{ read -r device; device=; read -r device _; } <"$HOST_ROOT/proc/swaps"
	if [[ -n $device ]]; then
		found weak swap "$device" "$why" "$mend"
	else
		found ok swap none "$why" "$mend"
	fi
}

check_numa_balancing()
{
	local why='the kernel takes pages away to see who misses them: a page fault each'
	local mend='sysctl kernel.numa_balancing=0; for good: boot with numa_balancing=disable'

	if ! host_read /proc/sys/kernel/numa_balancing; then
		found ok numa 'no automatic balancing' "$why" "$mend"
	elif [[ $REPLY == 0 ]]; then
		found ok numa 'automatic balancing is off' "$why" "$mend"
	else
		found weak numa 'automatic balancing is on' "$why" "$mend"
	fi
}

check_virtual()
{
	local why='the host may take the CPU away, and nothing here can prevent or even see it'
	local mend='host: pin each vCPU to an isolated CPU of its own; or a machine of metal'

	if ! host_field /proc/cpuinfo flags; then
		found unknown virtual 'no flags in /proc/cpuinfo' "$why" "$mend"
	elif cpu_has hypervisor; then
		found weak virtual 'a virtual machine' "$why" "$mend"
	else
		found ok virtual 'no hypervisor seen' "$why" "$mend"
	fi
}

# steal_of CPU: STOLEN and TOTAL ticks since boot.
steal_of()
{
	local name user nice system idle iowait irq softirq steal

	STOLEN=0
	TOTAL=0
	while read -r name user nice system idle iowait irq softirq steal _; do
		[[ $name == "cpu$1" ]] || continue
		STOLEN=${steal:-0}
		TOTAL=$((user + nice + system + idle + iowait + irq + softirq + STOLEN))
		return 0
	done 2>/dev/null <"$HOST_ROOT/proc/stat"
	return 1
}

check_steal()
{
	local why='the host has run others while this CPU wanted to run'
	local mend='host: pin each vCPU to a CPU of its own' cpu
	local -i stolen=0 total=0

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		steal_of "$cpu" ||
			{ found unknown steal 'not in /proc/stat' "$why" "$mend"; return; }
		stolen+=STOLEN
		total+=TOTAL
	done
	if ((stolen == 0)); then
		found ok steal 'none since boot' "$why" "$mend"
	elif ((stolen * 1000 < total)); then
		found weak steal "$stolen of $total ticks since boot" "$why" "$mend"
	else
		found wrong steal "$stolen of $total ticks since boot" "$why" "$mend"
	fi
}
