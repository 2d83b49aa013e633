# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks of the machine: clock, power, other users of the hardware. Sourced after findings.sh; all
# check the list in CPUS.

CPU_DIR=/sys/devices/system/cpu

# Succeeds if the flags in /proc/cpuinfo have this word.
cpu_has()
{
	host_field /proc/cpuinfo flags && [[ " $REPLY " == *" $1 "* ]]
}

check_governor()
{
	local why='a change of the frequency stops the CPU, and changes the time of a cycle'
	local fix='cpupower frequency-set -g performance' cpu governor=

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		host_read "$CPU_DIR/cpu$cpu/cpufreq/scaling_governor" || continue
		[[ -n $governor && $governor != performance ]] || governor=$REPLY
	done
	case $governor in
	'') found unknown governor 'the kernel does not govern it' "$why" \
		'firmware or host: a fixed frequency' ;;
	performance) found ok governor "$governor" "$why" "$fix" ;;
	*) found weak governor "$governor" "$why" "$fix" ;;
	esac
}

# lower_limit LIMIT: replaces LIMIT if this one is lower.
lower_limit()
{
	[[ $1 =~ ^[0-9]+$ ]] && (($1 < LIMIT)) || return 0
	LIMIT=$1
}

# The longest allowed wakeup time of a CPU in microseconds, into LIMIT: the limit of all CPUs, which
# holds as long as a process has that file open (only root can read it), and the limit of this CPU,
# where 0 means no limit.
wakeup_limit()
{
	local file=$HOST_ROOT/dev/cpu_dma_latency

	LIMIT=2000000000
	[[ ! -r $file ]] || lower_limit "$(od -An -td4 -N4 "$file" 2>/dev/null | tr -d ' ')"
	host_read "$CPU_DIR/cpu$1/power/pm_qos_resume_latency_us" || return 0
	case $REPLY in
	n/a) LIMIT=0 ;;
	0) ;;
	*) lower_limit "$REPLY" ;;
	esac
}

# The deepest idle state that is neither disabled nor above the limit: its wakeup time in
# microseconds, into REPLY.
deepest_sleep()
{
	local cpu=$1 state
	local -i latency=-1

	wakeup_limit "$cpu"
	for state in "$HOST_ROOT$CPU_DIR/cpu$cpu/cpuidle"/state[0-9]*; do
		state=${state#"$HOST_ROOT"}
		! host_read "$state/disable" || [[ $REPLY == 0 ]] || continue
		host_read "$state/latency" && [[ $REPLY =~ ^[0-9]+$ ]] || continue
		# A CPU can always poll, with any limit.
		((REPLY <= LIMIT)) || REPLY=0
		((REPLY <= latency)) || latency=$REPLY
	done
	REPLY=$latency
}

check_cstates()
{
	local why='a core in a deep idle state needs that long to wake up, and slows its neighbors'
	local fix='cpupower idle-set -D 1; for good: boot with processor.max_cstate=1'
	local cpu
	local -i deepest=-1

	fix+=' intel_idle.max_cstate=1, or tuned (force_latency)'
	! boot_parameter idle || [[ $REPLY != poll ]] ||
		{ found ok cstates 'idle=poll' "$why" "$fix"; return; }
	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		deepest_sleep "$cpu"
		((REPLY <= deepest)) || deepest=$REPLY
	done
	if ((deepest < 0)); then
		found unknown cstates 'the kernel does not choose them' "$why" \
			'firmware or host: no C-states below C1'
	elif ((deepest > 10)); then
		found weak cstates "$deepest us to wake up" "$why" "$fix"
	else
		found ok cstates "$deepest us to wake up" "$why" "$fix"
	fi
}

# smt_siblings: SMT_OUTSIDE are the siblings of the CPUs that do not belong to them; SMT_PAIRS has a
# list for each core with several of the CPUs. Fails without topology.
smt_siblings()
{
	local cpu outside='' pairs='' seen=

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		host_read "$CPU_DIR/cpu$cpu/topology/thread_siblings_list" &&
			cpulist_parse "$REPLY" || continue
		seen=1
		cpulist_split "$REPLY" "$CPUS"
		outside+=${REST:+${outside:+,}$REST}
		[[ $REPLY != *[-,]* || " $pairs " == *" $REPLY "* ]] || pairs+=" $REPLY"
	done
	cpulist_parse "$outside"
	SMT_OUTSIDE=$REPLY
	SMT_PAIRS=${pairs# }
	[[ -n $seen ]]
}

# Succeeds if a core has more than one CPU with lcores. SMT_PAIRS are the cores that were checked.
smt_shared()
{
	local pair

	cpulist_parse "$LCORE_CPUS" || return 1
	LCORE_CPUS=$REPLY
	for pair in $SMT_PAIRS; do
		cpulist_split "$pair" "$LCORE_CPUS"
		[[ $REPLY != *[-,]* ]] || return 0
	done
	return 1
}

# switch_off LIST: the commands that switch the CPUs off, into REPLY.
switch_off()
{
	local cpu commands=

	cpulist_cpus "$1"
	for cpu in $REPLY; do
		commands+="${commands:+; }echo 0 > $CPU_DIR/cpu$cpu/online"
	done
	REPLY=$commands
}

check_smt()
{
	local why='the sibling shares the core: a thread that runs on it takes half of the core'

	if ! smt_siblings; then
		found unknown smt 'cannot read the topology' "$why" 'firmware: SMT off'
		return
	fi
	switch_off "$SMT_OUTSIDE"
	if [[ -n $SMT_OUTSIDE ]]; then
		found wrong smt "siblings used by others: $SMT_OUTSIDE" "$why" \
			"$REPLY; for good: nosmt"
	elif [[ -z $SMT_PAIRS ]]; then
		found ok smt 'no siblings' "$why" 'nosmt'
	elif smt_shared; then
		found weak smt "siblings that both have lcores: ${SMT_PAIRS// /, }" "$why" \
			'leave one CPU of each pair idle'
	else
		found ok smt "one CPU of each pair is idle: ${SMT_PAIRS// /, }" "$why" 'nosmt'
	fi
}

CLOCKSOURCE_DIR=/sys/devices/system/clocksource/clocksource0

check_clocksource()
{
	local why='reading a clock that is not the TSC is slow, or a system call'
	local fix="echo tsc > $CLOCKSOURCE_DIR/current_clocksource" source

	fix+='; for good: boot with clocksource=tsc'
	if ! host_read "$CLOCKSOURCE_DIR/current_clocksource"; then
		found unknown clocksource 'cannot read it' "$why" "$fix"
		return
	fi
	source=$REPLY
	# If the kernel has found the TSC unstable, tsc=reliable would only hide that.
	if host_read "$CLOCKSOURCE_DIR/available_clocksource" && [[ " $REPLY " != *' tsc '* ]]; then
		fix='the kernel does not trust the TSC, see dmesg | grep -i tsc: firmware or host'
	fi
	case $source in
	tsc | arch_sys_counter) found ok clocksource "$source" "$why" "$fix" ;;
	kvm-clock | hyperv_clocksource_tsc_page)
		found weak clocksource "$source" "$why" "$fix"
		;;
	*) found wrong clocksource "$source" "$why" "$fix" ;;
	esac
}

# The kernel compares the TSC with another clock twice a second, on each CPU in turn, unless a
# parameter disables that or, since Linux 5.17, the kernel trusts it: on a machine of one or two
# nodes with these flags.
clock_is_watched()
{
	local -a all_nodes=("$HOST_ROOT"/sys/devices/system/node/node[0-9]*)

	host_read "$CLOCKSOURCE_DIR/current_clocksource" && [[ $REPLY == tsc ]] || return 1
	! boot_parameter tsc || [[ $REPLY != reliable && $REPLY != nowatchdog ]] || return 1
	! cpu_has tsc_reliable || return 1
	! cpu_has constant_tsc || ! cpu_has nonstop_tsc || ! cpu_has tsc_adjust ||
		((${#all_nodes[@]} > 2))
}

check_clockwatch()
{
	local why='a timer checks the TSC of each CPU in turn, twice a second'
	local fix='boot with tsc=nowatchdog, or tsc=reliable, if dmesg does not call it unstable'

	if clock_is_watched; then
		found weak clockwatch 'the TSC is watched' "$why" "$fix"
	else
		found ok clockwatch 'the kernel does not watch the TSC' "$why" "$fix"
	fi
}

check_tsc()
{
	local why='a TSC that changes its rate or stops does not measure time'
	local fix='another CPU, or a host that passes constant_tsc and nonstop_tsc on'

	if ! host_field /proc/cpuinfo flags; then
		found unknown tsc 'no flags in /proc/cpuinfo' "$why" "$fix"
	elif cpu_has constant_tsc && cpu_has nonstop_tsc; then
		found ok tsc 'constant_tsc nonstop_tsc' "$why" "$fix"
	elif cpu_has constant_tsc; then
		found weak tsc 'constant_tsc only: it may stop in a deep sleep' "$why" "$fix"
	else
		found wrong tsc 'not constant_tsc' "$why" "$fix"
	fi
}

check_virtual()
{
	local why='the host may take the CPU away, and the guest can neither prevent nor see it'
	local fix='host: pin each vCPU to its own isolated CPU; or use bare metal'

	if ! host_field /proc/cpuinfo flags; then
		found unknown virtual 'no flags in /proc/cpuinfo' "$why" "$fix"
	elif cpu_has hypervisor; then
		found weak virtual 'a virtual machine' "$why" "$fix"
	else
		found ok virtual 'no hypervisor seen' "$why" "$fix"
	fi
}

# steal_between_looks: stolen ticks of the CPUs in STOLEN, all ticks in TOTAL.
steal_between_looks()
{
	local cpu stolen total stolen_before total_before

	STOLEN=0
	TOTAL=0
	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		read -r stolen total <<<"${STEAL_NOW[$cpu]:-}"
		read -r stolen_before total_before <<<"${STEAL_BEFORE[$cpu]:-}"
		[[ -n $total && -n $total_before ]] || return 1
		STOLEN=$((STOLEN + stolen - stolen_before))
		TOTAL=$((TOTAL + total - total_before))
		STOLEN_EVER=$((STOLEN_EVER + stolen))
	done
}

check_steal()
{
	local why='the host has run other guests while this CPU was ready to run'
	local fix='host: pin each vCPU to its own CPU'

	STOLEN_EVER=0
	if ! steal_between_looks; then
		found unknown steal 'not in /proc/stat' "$why" "$fix"
	elif ((STOLEN > 0)); then
		found wrong steal "$STOLEN of $TOTAL ticks in the last $COUNT_FOR s" "$why" "$fix"
	elif ((STOLEN_EVER > 0)); then
		found weak steal "none now, $STOLEN_EVER ticks since boot" "$why" "$fix"
	else
		found ok steal 'none since boot' "$why" "$fix"
	fi
}
