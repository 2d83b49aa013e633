# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Removing CPUs from the scheduler with cpusets, in either version of cgroups. Sourced after
# threads.sh; CPUS are to be isolated, HOUSEKEEPING are all others.

ISOLATED_NAME=ration-isolated
HOUSEKEEPING_NAME=ration-housekeeping

# Other cpusets must not use the CPUs. Deeper ones first: the CPUs of a child are a subset of its
# parent's. The lcores were moved out before.
shrink_cpusets()
{
	local dir

	cpuset_dirs
	for dir in "${REPLIES[@]}"; do
		[[ ${dir##*/} != ration-* && $dir != *$'\t'* ]] || continue
		host_read "$dir/cpuset.cpus" && cpulist_parse "$REPLY" &&
			cpulist_overlaps "$REPLY" "$CPUS" || continue
		if [[ -z $REST ]]; then
			warn "cpuset $dir has no other CPUs: it stays there"
		else
			change "$dir/cpuset.cpus" "$REST" || warn "cpuset $dir keeps its CPUs"
		fi
	done
}

make_cgroup()
{
	note dir "$1" && { [[ -d $HOST_ROOT$1 ]] || mkdir "$HOST_ROOT$1" 2>/dev/null; }
}

# Enable cpusets in all cgroups below the top.
switch_cpusets_on()
{
	local file=$CGROUP_ROOT/cgroup.subtree_control

	host_read "$file"
	[[ " $REPLY " != *' cpuset '* ]] || return 0
	note file "$file" -cpuset && host_write "$file" +cpuset || return 1
	pin_again "${!MASKS[@]}"
}

# One partition without load balancing. It is threaded, so that a process can have threads inside
# and outside.
make_partition()
{
	local dir=$CGROUP_ROOT/$ISOLATED_NAME

	if ! sees_all_threads; then
		log_error 'this is a PID namespace: threads outside of it would be moved, too'
		return 1
	fi
	switch_cpusets_on && make_cgroup "$dir" && host_write "$dir/cgroup.type" threaded &&
		host_write "$dir/cpuset.cpus" "$CPUS" || return 1
	ISOLATED_TASKS=$dir/cgroup.threads
	adopt_lcores
	shrink_cpusets
	note file "$dir/cpuset.cpus.partition" member &&
		host_write "$dir/cpuset.cpus.partition" isolated || return 1
	keep_apart
	host_read "$dir/cpuset.cpus.partition"
	[[ $REPLY == isolated ]] || { log_error "the kernel says: $REPLY"; return 1; }
}

# Two cpusets, and no load balancing at the top, which contains both. Threads that this /proc does
# not show stay at the top, and without load balancing each of them could not leave its CPU.
make_cpusets()
{
	local dir mems

	host_read "$CGROUP_ROOT/cpuset.mems" || return 1
	mems=$REPLY
	for dir in $HOUSEKEEPING_NAME $ISOLATED_NAME; do
		make_cgroup "$CGROUP_ROOT/$dir" &&
			host_write "$CGROUP_ROOT/$dir/cpuset.mems" "$mems" || return 1
	done
	host_write "$CGROUP_ROOT/$HOUSEKEEPING_NAME/cpuset.cpus" "$HOUSEKEEPING" &&
		host_write "$CGROUP_ROOT/$ISOLATED_NAME/cpuset.cpus" "$CPUS" &&
		host_write "$CGROUP_ROOT/$ISOLATED_NAME/cpuset.sched_load_balance" 0 || return 1
	ISOLATED_TASKS=$CGROUP_ROOT/$ISOLATED_NAME/tasks
	HOUSEKEEPING_TASKS=$CGROUP_ROOT/$HOUSEKEEPING_NAME/tasks
	adopt_lcores
	shrink_cpusets
	if sees_all_threads; then
		change "$CGROUP_ROOT/cpuset.sched_load_balance" 0 || return 1
	else
		warn 'this is a PID namespace: threads outside of it stay, and balancing continues'
		FROM_WHOM='threads of this PID namespace'
	fi
	keep_apart
}

# try_cpusets COMMAND HOW: undo the changes if the command fails.
try_cpusets()
{
	local -i length

	journal_length
	length=$REPLY
	"$1" && { HOW=$2; return 0; }
	warn "cgroup v$CGROUP_VERSION refuses a cpuset of CPU $CPUS; continuing without it"
	journal_undo_from "$length"
	HOUSEKEEPING_TASKS=
	KEPT=()
	pin_again "${!MASKS[@]}"
	return 1
}

# isolate_scheduler: use the best method of this machine; HOW names it. Fails if no method keeps new
# threads away.
isolate_scheduler()
{
	ISOLATED_TASKS=
	HOUSEKEEPING_TASKS=
	FROM_WHOM=
	HOW='no cpusets: threads are moved, and new ones may come back'
	case $CGROUP_VERSION in
	2) try_cpusets make_partition 'cgroup v2: an isolated partition' ;;
	1) try_cpusets make_cpusets 'cgroup v1: cpusets without load balancing' ;;
	*) return 1 ;;
	esac
}
