# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks of the kernel's activity on the CPUs: scheduler, ticks, interrupts, workers, watchdogs.
# Sourced after findings.sh; all check the list in CPUS.

# boot_list NAME: the CPUs of a boot parameter, without flags such as "managed_irq", into REPLY;
# "all" means all CPUs that are online.
boot_list()
{
	local part list=

	boot_parameter "$1" || return 1
	for part in ${REPLY//,/ }; do
		if [[ $part == all ]] && host_cpus; then
			list+=,$REPLY
		elif [[ $part == [0-9]* ]]; then
			list+=,$part
		fi
	done
	cpulist_parse "${list#,}"
}

check_isolcpus()
{
	local why='the scheduler may put any thread there and take the lcore away for milliseconds'
	local fix="at run time: isolate.sh enter $CPUS; for good: boot with isolcpus=domain,"
	local isolated=

	fix+="managed_irq,$CPUS"
	if host_read /sys/devices/system/cpu/isolated || boot_list isolcpus; then
		isolated=$REPLY
	fi
	if cpulist_parse "$isolated" && cpulist_covers "$REPLY" "$CPUS"; then
		found ok isolcpus "isolated: $isolated" "$why" "$fix"
	elif find_isolated_cpuset; then
		found ok isolcpus 'not needed, a cpuset does it' "$why" "$fix"
	else
		found wrong isolcpus "isolated: ${isolated:-none}" "$why" "$fix"
	fi
}

# Succeeds if a cpuset without load balancing, or an isolated partition, has exactly these CPUs. Its
# name goes into REPLY.
find_isolated_cpuset()
{
	local dir

	find_cpusets || return 1
	# Newer kernels list them at the top, also for partitions whose cpuset.cpus is empty.
	if ((CGROUP_VERSION == 2)) && cpuset_has "$CGROUP_ROOT/cpuset.cpus.isolated"; then
		REPLY=$CGROUP_ROOT/cpuset.cpus.isolated
		return 0
	fi
	cpuset_dirs
	for dir in "${REPLIES[@]}"; do
		if ((CGROUP_VERSION == 2)); then
			is_partition "$dir" || continue
		else
			is_unbalanced "$dir" || continue
		fi
		REPLY=$dir
		return 0
	done
	return 1
}

# cpuset_has FILE: the file contains all of the CPUs.
cpuset_has()
{
	host_read "$1" && cpulist_parse "$REPLY" && [[ -n $REPLY ]] &&
		cpulist_covers "$REPLY" "$CPUS"
}

is_partition()
{
	host_read "$1/cpuset.cpus.partition" && [[ $REPLY == isolated ]] || return 1
	cpuset_has "$1/cpuset.cpus.effective" || cpuset_has "$1/cpuset.cpus"
}

is_unbalanced()
{
	cpuset_has "$1/cpuset.cpus" &&
		host_read "$1/cpuset.sched_load_balance" && [[ $REPLY == 0 ]] &&
		host_read "$CGROUP_ROOT/cpuset.sched_load_balance" && [[ $REPLY == 0 ]]
}

# Print how to mount cpusets without hiding existing mounts.
mount_cpusets()
{
	if host_mount cgroup; then
		REPLY='mkdir -p /sys/fs/cgroup/cpuset &&'
		REPLY+=' mount -t cgroup -o cpuset cpuset /sys/fs/cgroup/cpuset'
	elif host_mount cgroup2; then
		REPLY='a kernel, or a container, with the cpuset controller'
	else
		REPLY='mount -t cgroup2 none /sys/fs/cgroup'
	fi
}

check_cpuset()
{
	local why='a cpuset partition isolates at run time and keeps other threads out'
	local fix="isolate.sh enter $CPUS"

	if find_isolated_cpuset; then
		found ok cpuset "version $CGROUP_VERSION: $REPLY" "$why" "$fix"
	elif [[ ${FOUND_STATE[isolcpus]:-} == ok ]]; then
		found ok cpuset 'none, isolcpus does it' "$why" "$fix"
	elif ((CGROUP_VERSION == 0)); then
		mount_cpusets
		found unknown cpuset 'no cpuset controller is mounted' "$why" "$REPLY"
	else
		found wrong cpuset "version $CGROUP_VERSION, no isolated partition" "$why" "$fix"
	fi
}

# The direct evidence: threads that may run on the CPUs. Threads that may run nowhere else are the
# purpose of the CPUs; LCORE_CPUS are their CPUs.
check_threads()
{
	local why='each of these threads may preempt the lcore for a time slice of milliseconds'
	local fix="isolate.sh enter $CPUS" dir names=
	local -i number=0

	LCORE_CPUS=
	for dir in "$HOST_ROOT"/proc/[0-9]*/task/[0-9]*; do
		thread_look "${dir#"$HOST_ROOT"}" || continue
		! thread_is_fixed && cpulist_overlaps "$THREAD_CPUS" "$CPUS" || continue
		if [[ -z $REST ]]; then
			thread_is_kernel || LCORE_CPUS+=${LCORE_CPUS:+,}$THREAD_CPUS
			continue
		fi
		number+=1
		((number > 3)) || names+="${names:+, }$THREAD_NAME"
	done
	if ((number == 0)); then
		found ok threads 'none but those pinned there' "$why" "$fix"
	else
		found wrong threads "$number may run there: $names, ..." "$why" "$fix"
	fi
}

check_nohz_full()
{
	local why='each tick interrupts the lcore, 100 to 1000 times a second, for microseconds'
	local fix="boot with nohz_full=$CPUS"

	if ! host_read /sys/devices/system/cpu/nohz_full; then
		found weak nohz_full 'the kernel cannot stop its tick' "$why" \
			'a kernel with CONFIG_NO_HZ_FULL'
	elif cpulist_parse "$REPLY" && cpulist_covers "$REPLY" "$CPUS"; then
		found ok nohz_full "no tick on $REPLY" "$why" "$fix"
	else
		found weak nohz_full "no tick on: ${REPLY:-none}" "$why" "$fix"
	fi
}

check_rcu_nocbs()
{
	local why='RCU callbacks run in a softirq on the CPU that has queued them'
	local fix="boot with rcu_nocbs=$CPUS"

	if boot_list rcu_nocbs && cpulist_covers "$REPLY" "$CPUS"; then
		found ok rcu_nocbs "callbacks moved off $REPLY" "$why" "$fix"
	elif [[ ${FOUND_STATE[nohz_full]:-} == ok ]]; then
		found ok rcu_nocbs 'comes with nohz_full' "$why" "$fix"
	else
		found weak rcu_nocbs "callbacks moved off: ${REPLY:-none}" "$why" "$fix"
	fi
}

# Succeeds if the file shows that an interrupt is allowed or delivered on the CPUs.
irq_overlaps()
{
	host_read "$1" && cpulist_parse "$REPLY" && cpulist_overlaps "$REPLY" "$CPUS"
}

# An interrupt without a handler has no effect.
irq_has_handler()
{
	! host_read "/sys/kernel/irq/${1##*/}/actions" || [[ -n $REPLY ]]
}

# sort_irqs: interrupts that are delivered on the CPUs, those that are allowed there, and those that
# are allowed nowhere else, which may be the kernel's choice for a device queue.
sort_irqs()
{
	local dir inside

	IRQS_HERE=
	IRQS_ALLOWED=
	IRQS_INSIDE=
	for dir in "$HOST_ROOT"/proc/irq/[0-9]*; do
		dir=${dir#"$HOST_ROOT"}
		# An interrupt that is not allowed any more is delivered once more at most.
		irq_overlaps "$dir/smp_affinity_list" || continue
		inside=${REST:+no}
		irq_has_handler "$dir" || continue
		if [[ -z $inside ]]; then
			IRQS_INSIDE+=" ${dir##*/}"
		elif irq_overlaps "$dir/effective_affinity_list"; then
			IRQS_HERE+=" ${dir##*/}"
		else
			IRQS_ALLOWED+=" ${dir##*/}"
		fi
	done
}

check_irqs()
{
	local why='an interrupt takes microseconds, and the softirq after it may take milliseconds'
	local fix="isolate.sh enter $CPUS; for good: boot with irqaffinity=$HOUSEKEEPING"
	local queue="boot with isolcpus=managed_irq,domain,$CPUS, or give the device fewer queues"
	local busy

	[[ -d $HOST_ROOT/proc/irq ]] ||
		{ found unknown irqs 'no /proc/irq' "$why" "$fix"; return; }
	sort_irqs
	busy_irqs "$IRQS_INSIDE"
	busy=$REPLY
	queue="isolate.sh enter $CPUS; if it says that one cannot be moved: $queue"
	if [[ -n $IRQS_HERE ]]; then
		found wrong irqs "delivered there:$IRQS_HERE$busy" "$why" "$fix"
	elif [[ -n $busy ]]; then
		found wrong irqs "coming in there:$busy" "$why" "$queue"
	elif [[ -n $IRQS_INSIDE ]]; then
		found weak irqs "allowed there only, none came in:$IRQS_INSIDE" "$why" "$queue"
	elif [[ -n $IRQS_ALLOWED ]]; then
		found weak irqs "allowed there:$IRQS_ALLOWED" "$why" "$fix"
	elif host_read /proc/irq/default_smp_affinity && cpumask_parse "$REPLY" &&
			cpulist_overlaps "$REPLY" "$CPUS"; then
		found weak irqs 'new ones are allowed there' "$why" "$fix"
	else
		found ok irqs 'none allowed there' "$why" "$fix"
	fi
}

check_irqbalance()
{
	local why='irqbalance moves interrupts back'
	local fix='systemctl disable --now irqbalance'

	if find_program irqbalance; then
		found weak irqbalance 'it runs' "$why" "$fix"
	else
		found ok irqbalance 'it does not run' "$why" "$fix"
	fi
}

check_workqueues()
{
	local why='unbound kernel work may run there'
	local fix="isolate.sh enter $CPUS" file=/sys/devices/virtual/workqueue/cpumask

	if ! host_read "$file" || ! cpumask_parse "$REPLY"; then
		found unknown workqueues "cannot read $file" "$why" "$fix"
	elif cpulist_overlaps "$REPLY" "$CPUS"; then
		found weak workqueues 'allowed there' "$why" "$fix"
	else
		found ok workqueues 'none allowed there' "$why" "$fix"
	fi
}

# watchdog NAME FILE WHY FIX: a watchdog that is off, or does not run on these CPUs.
watchdog()
{
	if ! host_read "/proc/sys/kernel/$2"; then
		found unknown "$1" "cannot read /proc/sys/kernel/$2" "$3" "$4"
	elif [[ $REPLY == 0 ]]; then
		found ok "$1" off "$3" "$4"
	elif host_read /proc/sys/kernel/watchdog_cpumask && cpulist_parse "$REPLY" &&
			! cpulist_overlaps "$REPLY" "$CPUS"; then
		found ok "$1" 'not there' "$3" "$4"
	else
		found weak "$1" 'on, there too' "$3" "$4"
	fi
}

check_watchdogs()
{
	watchdog softlockup soft_watchdog \
		'a thread of the highest priority wakes up on every CPU every few seconds' \
		"isolate.sh enter $CPUS; for good: boot with nosoftlockup"
	watchdog nmi nmi_watchdog 'a counter interrupts every CPU, unmaskably' \
		'sysctl kernel.nmi_watchdog=0; for good: boot with nmi_watchdog=0'
}

check_vmstat()
{
	local why='a worker folds statistics on every CPU this often'
	local fix='sysctl vm.stat_interval=120' file=/proc/sys/vm/stat_interval

	if ! host_read "$file" || [[ ! $REPLY =~ ^[0-9]+$ ]]; then
		found unknown vmstat "cannot read $file" "$why" "$fix"
	elif ((REPLY < 10)); then
		found weak vmstat "every $REPLY s" "$why" "$fix"
	else
		found ok vmstat "every $REPLY s" "$why" "$fix"
	fi
}
