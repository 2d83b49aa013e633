#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The output of "isolate.sh check" for simulated machines: each check with good, weak, bad and
# unreadable values.

# shellcheck source=test/isolation/lib.sh
. "$(dirname "$0")/lib.sh"
if ! command -v jq >/dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

# look CPUS ARG...: run the script; the result is JSON, and the status is the script's.
look()
{
	"$ISOLATE" check --json --root "$MADE" "$@"
}

# says STATE NAME: the check of CPUs 2 and 3 has this state.
says()
{
	local line

	line=$(look 2-3 | grep "^{\"name\": \"$2\"")
	echo "$line"
	[[ $line == *"\"state\": \"$1\""* ]]
}

# fixes NAME TEXT: the remedy contains this text.
fixes()
{
	look 2-3 | jq -r ".checks[] | select(.name == \"$1\") | .fix" >"$TMP/fix"
	cat "$TMP/fix"
	grep -qF -e "$2" "$TMP/fix"
}

# The script sleeps between its two readings; this directory replaces files before the second one.
mkdir "$TMP/bin"
cat >"$TMP/bin/sleep" <<'END'
#!/bin/bash
[[ ! -e $MADE.later ]] || cp "$MADE.later" "$MADE$(cat "$MADE.path")"
END
chmod +x "$TMP/bin/sleep"
export PATH=$TMP/bin:$PATH MADE

# later PATH LINE...: the content of a file at the second reading.
later()
{
	echo "$1" >"$MADE.path"
	printf '%s\n' "${@:2}" >"$MADE.later"
}

# finds STATE NAME PATH LINE...: the state of a good machine with this file changed.
finds()
{
	local state=$1 name=$2

	shift 2
	make_good_machine
	put "$@"
	check "$name is $state: $1 '${2//\#/}'" says "$state" "$name"
}

# misses STATE NAME PATH: the state of a good machine without this file.
misses()
{
	make_good_machine
	rm -rf "${MADE:?}$3"
	check "$2 is $1 without $3" says "$1" "$2"
}

# ends STATUS ARG...
ends()
{
	local status=0

	look "${@:2}" || status=$?
	echo "status $status"
	((status == $1))
}

all_are_ok()
{
	local json

	json=$(look 2-3) || return 1
	echo "$json"
	jq -e '.verdict == "ok" and .cpus == "2-3" and .ok == 25 and .weak == 0 and .wrong == 0
		and .unknown == 0 and (.checks | length == 25 and all(.state == "ok"
			and (.name + .value + .why + .fix | length) > 20))' <<<"$json"
}

table_names_the_fixes()
{
	"$ISOLATE" check --root "$MADE" 2-3 >"$TMP/table"
	cat "$TMP/table"
	grep -q '^vmstat  *weak  *every 1 s$' "$TMP/table" &&
		grep -q 'why: a worker folds statistics' "$TMP/table" &&
		grep -q 'fix: sysctl vm.stat_interval=120' "$TMP/table" &&
		grep -q '^CPU 2-3: 24 ok, 1 weak, 0 wrong, 0 unknown - weak$' "$TMP/table"
}

# The kernel cuts names after 15 bytes.
half_a_character_stays_json()
{
	put_thread 400 400 $'na\xc3\xafve \xe2\x82' 4194304 0-3
	look 2-3 >"$TMP/json"
	iconv -f UTF-8 -t UTF-8 "$TMP/json" >/dev/null &&
		jq -r '.checks[] | select(.name == "threads") | .value' "$TMP/json" |
			grep -F $'na\xc3\xafve '
}

odd_text_stays_json()
{
	put_thread 400 400 'a "b\c)' 4194304 0-3
	look 2-3 | jq -r '.checks[] | select(.name == "threads") | .value' | grep -F 'a "b\c)'
}

make_good_machine
check 'a good machine is all ok' all_are_ok
check 'status 0 if all is ok' ends 0 2-3
check 'isolated CPUs are the default' ends 0
put /proc/sys/vm/stat_interval 1
check 'status 1 if something is weak' ends 1 2-3
check 'the table says why and how to fix it' table_names_the_fixes
put /sys/devices/system/clocksource/clocksource0/current_clocksource hpet
check 'status 2 if something is wrong' ends 2 2-3
check 'odd names are quoted' odd_text_stays_json
check 'half a character is left out' half_a_character_stays_json
check 'status 64 for a CPU that is not on' ends 64 9

sys=/sys/devices/system
finds wrong isolcpus $sys/cpu/isolated ''
finds wrong isolcpus $sys/cpu/isolated 2
finds ok isolcpus $sys/cpu/isolated 1-3
misses ok isolcpus $sys/cpu/isolated
finds unknown cpuset $sys/cpu/isolated ''
misses weak nohz_full $sys/cpu/nohz_full
finds weak nohz_full $sys/cpu/nohz_full '(null)'
finds weak nohz_full $sys/cpu/nohz_full 3
finds ok rcu_nocbs /proc/cmdline 'quiet'
finds weak irqs /proc/irq/11/smp_affinity_list 0-3
put /proc/irq/11/effective_affinity_list 3
check 'irqs is wrong: delivered there' says wrong irqs
put /proc/irq/11/smp_affinity_list 0-1
check 'irqs is ok: delivered there once more' says ok irqs
finds weak irqs /proc/irq/default_smp_affinity f
finds weak irqs /proc/irq/11/smp_affinity_list 2
put /proc/irq/11/effective_affinity_list 2
check 'irqs is weak: one of a queue, but quiet' says weak irqs
check 'irqs: the fix for a queue is at boot' fixes irqs managed_irq
# interrupts FILE COUNT COUNT COUNT COUNT
interrupts()
{
	"$1" /proc/interrupts '     CPU0 CPU1 CPU2 CPU3' " 11:  $2  $3  $4  $5 PCI-MSI nvme0q3" \
		'NMI: 1 1 1 1 Non-maskable'
}
interrupts put 5 6 7 8
check 'irqs is weak: quiet now' says weak irqs
interrupts later 9 6 7 8
check 'irqs is weak: delivered elsewhere' says weak irqs
interrupts put 5 6 7 8
interrupts later 9 6 9 8
check 'irqs is wrong: one comes in' says wrong irqs
put /sys/kernel/irq/11/actions ''
check 'irqs is ok: no handler' says ok irqs
misses unknown irqs /proc/irq
finds weak irqbalance /proc/55/comm irqbalance
finds weak workqueues /sys/devices/virtual/workqueue/cpumask f
misses unknown workqueues /sys/devices/virtual/workqueue/cpumask
finds ok softlockup /proc/sys/kernel/soft_watchdog 1
put /proc/sys/kernel/watchdog_cpumask 0-3
check 'softlockup is weak: watched, too' says weak softlockup
finds ok nmi /proc/sys/kernel/nmi_watchdog 1
put /proc/sys/kernel/watchdog_cpumask 0-3
check 'nmi is weak: watched, too' says weak nmi
misses unknown nmi /proc/sys/kernel/nmi_watchdog
misses unknown softlockup /proc/sys/kernel/soft_watchdog
finds weak vmstat /proc/sys/vm/stat_interval 1
misses unknown vmstat /proc/sys/vm/stat_interval
finds weak governor $sys/cpu/cpu3/cpufreq/scaling_governor schedutil
finds ok governor $sys/cpu/cpu1/cpufreq/scaling_governor schedutil
make_good_machine
rm -r "$MADE"$sys/cpu/cpu?/cpufreq
check 'governor is unknown without cpufreq' says unknown governor
finds weak cstates $sys/cpu/cpu2/cpuidle/state2/disable 0
finds ok cstates $sys/cpu/cpu0/cpuidle/state2/disable 0
make_good_machine
rm -r "$MADE"$sys/cpu/cpu?/cpuidle
check 'cstates is unknown without cpuidle' says unknown cstates
finds ok cstates /proc/cmdline idle=poll
make_good_machine
put $sys/cpu/cpu2/cpuidle/state2/disable 0
mkdir -p "$MADE/dev"
printf '\003\000\000\000' >"$MADE/dev/cpu_dma_latency"
check 'cstates is ok: a process limits the latency to 3 us' says ok cstates
printf '\000\224\065\167' >"$MADE/dev/cpu_dma_latency"
check 'cstates is weak: no process limits the latency' says weak cstates
put $sys/cpu/cpu2/power/pm_qos_resume_latency_us 20
check 'cstates is ok: a limit of this CPU' says ok cstates
put $sys/cpu/cpu2/power/pm_qos_resume_latency_us n/a
check 'cstates is ok: no sleep at all on this CPU' says ok cstates
put $sys/cpu/cpu2/power/pm_qos_resume_latency_us 0
check 'cstates is weak: 0 is no limit' says weak cstates
finds wrong smt $sys/cpu/cpu2/topology/thread_siblings_list 0,2
check 'smt: the sibling is named' fixes smt 'cpu0/online'
finds ok smt $sys/cpu/cpu2/topology/thread_siblings_list 2-3
put_thread 300 302 lcore-worker-3 4194304 3
check 'smt is weak: both have lcores' says weak smt
make_good_machine
rm -r "$MADE"$sys/cpu/cpu?/topology
check 'smt is unknown without topology' says unknown smt
finds weak clocksource $sys/clocksource/clocksource0/current_clocksource kvm-clock
misses unknown clocksource $sys/clocksource/clocksource0/current_clocksource
check 'clocksource: the TSC can be chosen' fixes clocksource 'echo tsc >'
finds wrong clocksource $sys/clocksource/clocksource0/current_clocksource hpet
put $sys/clocksource/clocksource0/available_clocksource 'hpet acpi_pm '
check 'clocksource: an unstable TSC is not hidden' fixes clocksource 'does not trust the TSC'
finds weak clockwatch /proc/cpuinfo 'flags : fpu constant_tsc nonstop_tsc'
put /proc/cmdline 'quiet tsc=nowatchdog'
check 'clockwatch is ok: told not to' says ok clockwatch
make_good_machine
mkdir "$MADE$sys/node/node2"
check 'clockwatch is weak on three nodes' says weak clockwatch
finds ok clockwatch $sys/clocksource/clocksource0/current_clocksource hpet
finds weak tsc /proc/cpuinfo 'flags : fpu constant_tsc'
finds wrong tsc /proc/cpuinfo 'flags : fpu'
misses unknown tsc /proc/cpuinfo
finds weak virtual /proc/cpuinfo 'flags : constant_tsc nonstop_tsc hypervisor'
misses unknown virtual /proc/cpuinfo
finds ok hugepages $sys/node/node1/hugepages/hugepages-2048kB/nr_hugepages 512
finds weak hugepages $sys/node/node1/hugepages/hugepages-1048576kB/nr_hugepages 0
check 'hugepages: the node is named' fixes hugepages devices/system/node/node1/hugepages
make_good_machine
rm -r "$MADE"$sys/cpu/cpu?/node1
check 'hugepages is ok without nodes: any size' says ok hugepages
put /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 0
check 'hugepages is weak without nodes: none' says weak hugepages
misses unknown hugepages /sys/kernel/mm/hugepages
finds weak thp /sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
misses ok thp /sys/kernel/mm/transparent_hugepage
thp=/sys/kernel/mm/transparent_hugepage
make_good_machine
put_thread 40 40 khugepaged 2097216 0-3
check 'khugepaged is weak: it may run there' says weak khugepaged
put $thp/khugepaged/defrag 0
check 'khugepaged is weak: it scans, how hard it tries is another thing' says weak khugepaged
put $thp/khugepaged/scan_sleep_millisecs 3600000
check 'khugepaged is ok once an hour' says ok khugepaged
put $thp/khugepaged/scan_sleep_millisecs 10000
put $thp/enabled 'always madvise [never]'
check 'khugepaged is weak: one size is wanted' says weak khugepaged
put $thp/hugepages-64kB/enabled 'always [inherit] madvise never'
check 'khugepaged is ok with huge pages off' says ok khugepaged
misses ok khugepaged $thp
finds weak ksm /sys/kernel/mm/ksm/run 1
misses ok ksm /sys/kernel/mm/ksm
finds weak swap /proc/swaps 'Filename' '/dev/sda2 partition 1 0 -2'
misses ok swap /proc/swaps
finds weak numa /proc/sys/kernel/numa_balancing 1
misses ok numa /proc/sys/kernel/numa_balancing
finds weak steal /proc/stat 'cpu2 1 0 0 1 0 0 0 8 0 0' 'cpu3 9 0 0 0 0 0 0 0 0 0'
later /proc/stat 'cpu2 11 0 0 1 0 0 0 9 0 0' 'cpu3 19 0 0 0 0 0 0 0 0 0'
check 'steal is wrong: stolen just now' says wrong steal
check 'steal is weak: stolen long ago' says weak steal
finds unknown steal /proc/stat 'cpu0 9 0 0 0 0 0 0 0 0 0'
misses unknown steal /proc/stat

make_good_machine
put_thread 400 400 lurker 4194304 0-3
check 'threads is wrong: one that may run everywhere' says wrong threads
put_thread 400 400 fixed 69206016 0-3
check 'threads is ok: a thread that cannot be moved' says ok threads

# boots STATE LINE: the state of rcu_nocbs with this command line, without nohz_full.
boots()
{
	make_good_machine
	rm "$MADE$sys/cpu/nohz_full"
	put /proc/cmdline "$2"
	check "rcu_nocbs is $1: '$2'" says "$1" rcu_nocbs
}
boots ok 'a rcu_nocbs=2-3 b'
boots ok 'rcu_nocbs=all'
boots ok 'rcu_nocbs=0,2-3'
boots weak 'rcu_nocbs=2'
boots weak 'quiet'
boots weak 'rcu_nocbs=x-y'

# cpusets VERSION: a machine that is isolated by a cpuset, not at boot.
make_cpuset_machine()
{
	make_good_machine
	put $sys/cpu/isolated ''
	put /proc/cmdline quiet
	if (($1 == 2)); then
		put /proc/mounts 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0'
		put /sys/fs/cgroup/cgroup.controllers 'cpuset cpu memory'
		put /sys/fs/cgroup/lcores/cpuset.cpus.partition isolated
	else
		put /proc/mounts 'cgroup /sys/fs/cgroup cgroup rw,cpuset 0 0'
		put /sys/fs/cgroup/cpuset.cpus 0-3
		put /sys/fs/cgroup/cpuset.sched_load_balance 0
		put /sys/fs/cgroup/lcores/cpuset.sched_load_balance 0
	fi
	put /sys/fs/cgroup/lcores/cpuset.cpus 2-3
}
for version in 1 2; do
	make_cpuset_machine $version
	check "version $version: cpuset is ok" says ok cpuset
	check "version $version: isolcpus is not needed" says ok isolcpus
	put /sys/fs/cgroup/lcores/cpuset.cpus 3
	check "version $version: cpuset is wrong with one CPU of two" says wrong cpuset
	check "version $version: isolcpus is wrong then" says wrong isolcpus
done
make_cpuset_machine 1
put /sys/fs/cgroup/cpuset.sched_load_balance 1
check 'version 1: cpuset is wrong while the top balances' says wrong cpuset
make_cpuset_machine 2
put /sys/fs/cgroup/lcores/cpuset.cpus ''
check 'version 2: cpuset is wrong without CPUs' says wrong cpuset
put /sys/fs/cgroup/lcores/cpuset.cpus.effective 2-3
check 'version 2: cpuset is ok: a remote partition' says ok cpuset
make_cpuset_machine 2
rm -r "$MADE/sys/fs/cgroup/lcores"
put /sys/fs/cgroup/cpuset.cpus.isolated 1-3
check 'version 2: cpuset is ok: the top says so' says ok cpuset
make_good_machine
put $sys/cpu/isolated ''
put /proc/mounts 'tmpfs /sys/fs/cgroup tmpfs rw 0 0' 'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0'
check 'cpuset: what is mounted there is not hidden' fixes cpuset 'mount -t cgroup -o cpuset'
make_cpuset_machine 2
put /sys/fs/cgroup/lcores/cpuset.cpus.partition 'isolated invalid (CPUs are not exclusive)'
check 'version 2: cpuset is wrong while the partition is invalid' says wrong cpuset
finish
