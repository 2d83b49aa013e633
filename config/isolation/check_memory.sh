# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks of the memory: its pages, and the kernel threads that move them. Sourced after
# check_machine.sh.

# The word in brackets is the selected one.
chosen_word()
{
	host_read "$1" || return 1
	REPLY=${REPLY#*[}
	REPLY=${REPLY%]*}
}

# nodes_of_cpus: names such as node0, into REPLY.
nodes_of_cpus()
{
	local cpu node names=

	cpulist_cpus "$CPUS"
	for cpu in $REPLY; do
		for node in "$HOST_ROOT$CPU_DIR/cpu$cpu"/node[0-9]*; do
			[[ " $names " == *" ${node##*/} "* ]] || names+=" ${node##*/}"
		done
	done
	REPLY=${names# }
}

# hugepages_in DIR: hugepages of all sizes, such as "4 x 1048576kB", into REPLY. Fails if the
# directory cannot be read.
hugepages_in()
{
	local dir list=
	local -a dirs=("$HOST_ROOT$1"/hugepages-*)

	((${#dirs[@]} > 0)) || return 1
	for dir in "${dirs[@]}"; do
		host_read "${dir#"$HOST_ROOT"}/nr_hugepages" && [[ $REPLY != 0 ]] || continue
		list+="${list:+, }$REPLY x ${dir##*/hugepages-}"
	done
	REPLY=$list
}

check_hugepages()
{
	local why='with small pages a table of counters misses the TLB'
	local fix='echo 512 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages'
	local node nodes list

	fix+='; for good: boot with default_hugepagesz=1G hugepages=1'
	if ! hugepages_in /sys/kernel/mm/hugepages; then
		found unknown hugepages 'not in /sys/kernel/mm/hugepages' "$why" "$fix"
		return
	fi
	list=$REPLY
	nodes_of_cpus
	nodes=$REPLY
	for node in $nodes; do
		hugepages_in "/sys/devices/system/node/$node/hugepages" && [[ -z $REPLY ]] ||
			continue
		found weak hugepages "none on $node of the CPUs" "$why" \
			"${fix/kernel\/mm/devices\/system\/node\/$node}"
		return
	done
	if [[ -z $list ]]; then
		found weak hugepages 'none reserved' "$why" "$fix"
	else
		found ok hugepages "reserved: $list" "$why" "$fix"
	fi
}

THP_DIR=/sys/kernel/mm/transparent_hugepage

check_thp()
{
	local why='the kernel joins and splits pages under running threads and flushes all TLBs'
	local fix="echo madvise > $THP_DIR/enabled; for good: boot with"

	fix+=' transparent_hugepage=madvise'
	if ! chosen_word "$THP_DIR/enabled"; then
		found ok thp 'the kernel has none' "$why" "$fix"
	elif [[ $REPLY == always ]]; then
		found weak thp "$REPLY" "$why" "$fix"
	else
		found ok thp "$REPLY" "$why" "$fix"
	fi
}

# Succeeds if transparent hugepages of any size are enabled; then khugepaged scans.
thp_is_wanted()
{
	local file

	for file in "$HOST_ROOT$THP_DIR"/{enabled,shmem_enabled,hugepages-*/enabled}; do
		chosen_word "${file#"$HOST_ROOT"}" || continue
		# "inherit" takes the value of the first file.
		[[ $REPLY == never || $REPLY == deny || $REPLY == inherit ]] || return 0
	done
	return 1
}

check_khugepaged()
{
	local why='it joins pages of running threads, takes a CPU for that, and flushes all TLBs'
	local fix="echo never > $THP_DIR/enabled; or keep it off: isolate.sh enter $CPUS"
	local pause=$THP_DIR/khugepaged/scan_sleep_millisecs

	if ! thp_is_wanted; then
		found ok khugepaged off "$why" "$fix"
	elif host_read "$pause" && [[ $REPLY =~ ^[0-9]+$ ]] && ((REPLY >= 3600000)); then
		found ok khugepaged "once in $((REPLY / 1000)) s" "$why" "$fix"
	elif find_program khugepaged && thread_look "$REPLY" &&
			! cpulist_overlaps "$THREAD_CPUS" "$CPUS"; then
		found ok khugepaged "on CPU $THREAD_CPUS" "$why" "$fix"
	else
		found weak khugepaged 'it scans, and may run there' "$why" "$fix"
	fi
}

check_ksm()
{
	local why='merged pages are copied at the first write, and a kernel thread looks for more'
	local fix='echo 0 > /sys/kernel/mm/ksm/run'

	if ! host_read /sys/kernel/mm/ksm/run; then
		found ok ksm 'the kernel has none' "$why" "$fix"
	elif [[ $REPLY == 1 ]]; then
		found weak ksm 'it runs' "$why" "$fix"
	else
		found ok ksm off "$why" "$fix"
	fi
}

check_swap()
{
	local why='a page that was written to disk comes back in milliseconds'
	local fix='swapoff -a' device=

	[[ -r $HOST_ROOT/proc/swaps ]] ||
		{ found ok swap 'the kernel has none' "$why" "$fix"; return; }
	# The first line is the heading.
	{ read -r device; device=; read -r device _; } <"$HOST_ROOT/proc/swaps"
	if [[ -n $device ]]; then
		found weak swap "$device" "$why" "$fix"
	else
		found ok swap none "$why" "$fix"
	fi
}

check_numa_balancing()
{
	local why='the kernel unmaps pages to detect which threads use them: a page fault each'
	local fix='sysctl kernel.numa_balancing=0; for good: boot with numa_balancing=disable'

	if ! host_read /proc/sys/kernel/numa_balancing; then
		found ok numa 'no automatic balancing' "$why" "$fix"
	elif [[ $REPLY == 0 ]]; then
		found ok numa 'automatic balancing is off' "$why" "$fix"
	else
		found weak numa 'automatic balancing is on' "$why" "$fix"
	fi
}
