# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Threads that stay on isolated CPUs, and threads that leave them. Sourced after journal.sh.

# Threads that may run on some CPUs only, and on which, by number.
declare -A PINNED=()

# thread_home DIR: which file of tasks a thread came from, into REPLY. In version 2 a process
# moves as a whole.
thread_home()
{
	local id controllers path file=tasks

	((CGROUP_VERSION == 1)) || file=cgroup.procs
	while IFS=: read -r id controllers path; do
		if ((CGROUP_VERSION == 2)); then
			[[ $id == 0 ]] || continue
		else
			[[ ,$controllers, == *,cpuset,* ]] || continue
		fi
		REPLY=$CGROUP_ROOT${path%/}/$file
		return 0
	done 2>/dev/null <"$HOST_ROOT$1/cgroup"
	return 1
}

# allow_on LIST: the thread of the last thread_look() may run there only.
allow_on()
{
	note mask "$TID" "$THREAD_START" "$THREAD_CPUS" &&
		taskset -pc "$1" "$TID" >/dev/null 2>&1
}

# survey_threads: before the scheduler is told, for then the kernel may forget masks (before Linux
# 6.2 it does).
survey_threads()
{
	local dir

	for dir in "$HOST_ROOT"/proc/[0-9]*/task/[0-9]*; do
		dir=${dir#"$HOST_ROOT"}
		TID=${dir##*/}
		thread_look "$dir" && ! thread_is_fixed || continue
		if ! thread_is_kernel && cpulist_covers "$CPUS" "$THREAD_CPUS"; then
			PINNED[$TID]=$THREAD_CPUS
			adopt "$dir" || warn "thread $TID ($THREAD_NAME) is not kept on its CPU"
		elif [[ $THREAD_CPUS != "$ONLINE" ]]; then
			note mask "$TID" "$THREAD_START" "$THREAD_CPUS"
			cpulist_split "$THREAD_CPUS" "$CPUS"
			[[ -z $REST ]] || PINNED[$TID]=$REST
		fi
	done
}

# Those of them that the kernel has let loose, as it did before Linux 6.2.
pin_again()
{
	local tid

	for tid in "${!PINNED[@]}"; do
		thread_look "/proc/$tid" && [[ $THREAD_CPUS != "${PINNED[$tid]}" ]] || continue
		taskset -pc "${PINNED[$tid]}" "$tid" >/dev/null 2>&1 || :
	done
}

# A thread that may only run on the isolated CPUs is what they are isolated for.
adopt()
{
	local home dir=$CGROUP_ROOT/cgroup.procs

	[[ -n $ISOLATED_TASKS ]] && thread_home "$1" || return 0
	home=$REPLY
	[[ $home != */$ISOLATED_NAME/* ]] || return 0
	note mask "$TID" "$THREAD_START" "$THREAD_CPUS" &&
		note home "$TID" "$THREAD_START" "$home" || return 1
	# Only a process of the cgroup above can have threads in a threaded one.
	((CGROUP_VERSION != 2)) || [[ $home == "$dir" ]] || host_write "$dir" "$TID" || return 1
	host_write "$ISOLATED_TASKS" "$TID"
}

# All others leave. Before Linux 6.2 a thread that comes back to its cpuset has forgotten which of
# its CPUs it was allowed on, hence the mask.
expel()
{
	local rest=$REST home=

	if [[ -n $HOUSEKEEPING_TASKS ]] && thread_home "$1"; then
		home=$REPLY
	fi
	if [[ $home == "$CGROUP_ROOT/tasks" ]]; then
		[[ $THREAD_CPUS == "$ONLINE" ]] || note mask "$TID" "$THREAD_START" "$THREAD_CPUS"
		note home "$TID" "$THREAD_START" "$home"
		# Some kernel threads may change their CPUs, but not their cgroup.
		! host_write "$HOUSEKEEPING_TASKS" "$TID" || [[ $THREAD_CPUS != "$ONLINE" ]] ||
			return 0
	fi
	allow_on "$rest"
}

# move_thread DIR: status 0 if it was moved, 1 if there was nothing to do, 2 if it would not move.
move_thread()
{
	TID=${1##*/}
	thread_look "$1" && ! thread_is_fixed || return 1
	cpulist_overlaps "$THREAD_CPUS" "$CPUS" || return 1
	# It is what the CPUs are isolated for.
	[[ -n $REST ]] || return 1
	expel "$1" || return 2
}

# Threads are born all the time: look until nobody is left to be moved.
move_threads()
{
	local dir status
	local -i look moved refused

	for ((look = 0; look < 5; look++)); do
		moved=0
		refused=0
		for dir in "$HOST_ROOT"/proc/[0-9]*/task/[0-9]*; do
			status=0
			move_thread "${dir#"$HOST_ROOT"}" || status=$?
			case $status in
			0) moved+=1 ;;
			2) [[ ! -d $dir ]] || refused+=1 ;;
			esac
		done
		((moved > 0)) || break
	done
	((refused == 0)) || warn "$refused threads cannot be moved"
}
