# shellcheck shell=bash disable=SC2034 # used by the tests that source this file
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions for the tests in this directory: TAP, and simulated machines of plain files. The first
# argument is the script under test.

set -u
export LC_ALL=C
ISOLATE=${1:?usage: $0 path of isolate.sh}
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
trap 'exit 1' INT TERM
CASE=0
BAD=0

# check NAME COMMAND ARG...: one line of TAP, and the output of the command if it failed.
check()
{
	local name=$1

	shift
	CASE=$((CASE + 1))
	if "$@" >"$TMP/check.log" 2>&1; then
		echo "ok $CASE - $name"
	else
		BAD=1
		echo "not ok $CASE - $name"
		sed 's/^/# /' "$TMP/check.log" | head -n 20
	fi
}

finish()
{
	echo "1..$CASE"
	exit "$BAD"
}

# put PATH LINE...: write a file of the simulated machine.
put()
{
	[[ -d $MADE${1%/*} ]] || mkdir -p "$MADE${1%/*}"
	printf '%s\n' "${@:2}" >"$MADE$1"
}

# put_thread PID TID NAME FLAGS CPUS [CGROUP]
put_thread()
{
	local dir=/proc/$1/task/$2

	put "$dir/stat" "$2 ($3) S 1 1 1 0 -1 $4 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0"
	put "$dir/status" "Name:	$3" "Cpus_allowed:	0" "Cpus_allowed_list:	$5"
	put "$dir/cgroup" "4:cpuset:${6:-/}" "0::${6:-/}"
	# The kernel has each thread there, too, although no listing shows it.
	[[ $1 == "$2" || -d $MADE/proc/$2 ]] || mkdir "$MADE/proc/$2"
	ln -sfn "../$1/task/$2/stat" "../$1/task/$2/status" "../$1/task/$2/cgroup" "$MADE/proc/$2"
}

# make_good_machine: a machine with four CPUs, of which 2 and 3 are isolated as well as possible, in
# MADE.
make_good_machine()
{
	MADE=$TMP/good
	[[ -d $MADE ]] || describe_good_machine
	rm -rf "$TMP/made" "$TMP/made.later"
	cp -a "$MADE" "$TMP/made"
	MADE=$TMP/made
}

describe_good_machine()
{
	local cpu sys=/sys/devices/system thp=/sys/kernel/mm/transparent_hugepage

	put /proc/cmdline 'quiet isolcpus=managed_irq,domain,2-3 nohz_full=2-3 rcu_nocbs=2-3'
	put /proc/mounts 'proc /proc proc rw 0 0'
	put $sys/cpu/online 0-3
	put $sys/cpu/isolated 2-3
	put $sys/cpu/nohz_full 2-3
	for cpu in 0 1 2 3; do
		put $sys/cpu/cpu$cpu/cpufreq/scaling_governor performance
		put $sys/cpu/cpu$cpu/topology/thread_siblings_list $cpu
		put $sys/cpu/cpu$cpu/cpuidle/state1/disable 0
		put $sys/cpu/cpu$cpu/cpuidle/state1/latency 2
		put $sys/cpu/cpu$cpu/cpuidle/state2/disable 1
		put $sys/cpu/cpu$cpu/cpuidle/state2/latency 133
	done
	put $sys/clocksource/clocksource0/current_clocksource tsc
	put $sys/clocksource/clocksource0/available_clocksource 'tsc hpet acpi_pm '
	put /proc/cpuinfo 'processor	: 0' \
		'flags		: fpu constant_tsc nonstop_tsc tsc_adjust'
	put /proc/irq/9/smp_affinity_list 0-1
	put /proc/irq/9/effective_affinity_list 0
	put /proc/irq/default_smp_affinity 3
	put /sys/devices/virtual/workqueue/cpumask 3
	put /sys/devices/virtual/workqueue/writeback/cpumask 3
	put /proc/sys/kernel/soft_watchdog 0
	put /proc/sys/kernel/nmi_watchdog 0
	put /proc/sys/kernel/watchdog_cpumask 0-1
	put /proc/sys/kernel/numa_balancing 0
	put /proc/sys/vm/stat_interval 120
	put /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 0
	put /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 4
	put $sys/node/node1/hugepages/hugepages-1048576kB/nr_hugepages 2
	mkdir -p "$MADE"$sys/node/node0 "$MADE"$sys/cpu/cpu{2,3}/node1
	put $thp/enabled 'always [madvise] never'
	put $thp/hugepages-64kB/enabled 'always inherit [madvise] never'
	put $thp/khugepaged/scan_sleep_millisecs 10000
	put /proc/40/comm khugepaged
	put_thread 40 40 khugepaged 2097216 0-1
	put /sys/kernel/mm/ksm/run 0
	put /proc/swaps 'Filename Type Size Used Priority'
	put /proc/stat 'cpu 8 0 0 0 0 0 0 0 0 0' 'cpu0 1 2 3 4 5 6 7 9 0 0' \
		'cpu2 1000 0 0 0 0 0 0 0 0 0' 'cpu3 1000 0 0 0 0 0 0 0 0 0'
	put_thread 1 1 init 4194560 0-1
	put_thread 20 20 'ksoftirqd/2' 69238848 2
	put_thread 300 300 bench 4194304 0-1
	put_thread 300 301 lcore-worker-2 4194304 2
	put /proc/1/comm init
}
