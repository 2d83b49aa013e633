# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Threads that stay on isolated CPUs, and threads that leave them. Sourced after journal.sh.
#
# Before Linux 6.2 the kernel forgets the mask of a pinned thread whenever its cpuset changes: when
# the thread moves, when the cpuset changes, and, for all threads of the machine, when cpusets are
# enabled or disabled. So all masks are read before any change, and set again after each change.

# Threads with a restricted mask, by number: their start time, their mask before all changes, and
# their mask now.
declare -A STARTED=() MASKS=() KEPT=()
# Threads that may run on the isolated CPUs only, and their processes.
LCORES=()
declare -A PROCESS=()
# Threads that survey_threads() has seen.
declare -A SEEN=()

# thread_home DIR: the file of tasks that a thread came from, into REPLY. In version 2 a process
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
		# Outside of the container.
		[[ $path != /..* ]] || return 1
		REPLY=$CGROUP_ROOT${path%/}/$file
		return 0
	done 2>/dev/null <"$HOST_ROOT$1/cgroup"
	return 1
}

# allow_on LIST: restrict the thread of the last thread_look() to these CPUs.
allow_on()
{
	note mask "$TID" "$THREAD_START" "$THREAD_CPUS" &&
		taskset -pc "$1" "$TID" >/dev/null 2>&1
}

# The thread of the last thread_look(), of this process.
survey_thread()
{
	[[ $THREAD_CPUS != "$ONLINE" ]] && ! cpulist_covers "$THREAD_CPUS" "$ONLINE" || return 0
	note mask "$TID" "$THREAD_START" "$THREAD_CPUS" || return 1
	STARTED[$TID]=$THREAD_START
	MASKS[$TID]=$THREAD_CPUS
	if ! thread_is_kernel && cpulist_covers "$CPUS" "$THREAD_CPUS"; then
		LCORES+=("$TID")
		PROCESS[$TID]=$1
	fi
}

# survey_threads: called before any change. A second pass finds threads that were created meanwhile.
survey_threads()
{
	local dir process
	local -i look born=1

	for ((look = 0; look < 3 && born > 0; look++)); do
		born=0
		for dir in "$HOST_ROOT"/proc/[0-9]*/task/[0-9]*; do
			TID=${dir##*/}
			[[ -z ${SEEN[$TID]:-} ]] || continue
			SEEN[$TID]=1
			born+=1
			dir=${dir#"$HOST_ROOT"}
			process=${dir#/proc/}
			thread_look "$dir" && ! thread_is_fixed || continue
			survey_thread "${process%%/*}" || return 1
		done
	done
}

# pin_again TID...: pin the threads whose masks the kernel has forgotten.
pin_again()
{
	local tid list

	for tid; do
		list=${KEPT[$tid]:-${MASKS[$tid]:-}}
		[[ -n $list ]] && same_thread "$tid" "${STARTED[$tid]}" &&
			[[ $THREAD_CPUS != "$list" ]] || continue
		taskset -pc "$list" "$tid" >/dev/null 2>&1 || :
	done
}

# From now on only lcores run on the CPUs.
keep_apart()
{
	local tid

	for tid in "${!MASKS[@]}"; do
		cpulist_split "${MASKS[$tid]}" "$CPUS"
		KEPT[$tid]=${REST:-${MASKS[$tid]}}
	done
	pin_again "${!MASKS[@]}"
}

# lift PROCESS: move it to the cgroup above, because only there a process can have threads in a
# threaded cgroup. A process with threads in several cgroups stays, because they could not be moved
# back.
lift()
{
	local home dir top=$CGROUP_ROOT/cgroup.procs

	thread_home "/proc/$1" || return 1
	home=$REPLY
	[[ $home != "$top" && $home != */$ISOLATED_NAME/* ]] || return 0
	! host_read "${home%/*}/cgroup.type" || [[ -z $REPLY || $REPLY == domain ]] || return 1
	thread_look "/proc/$1" && note home "$1" "$THREAD_START" "$home" &&
		host_write "$top" "$1" || return 1
	for dir in "$HOST_ROOT/proc/$1"/task/[0-9]*; do
		pin_again "${dir##*/}"
	done
}

# adopt TID: move it into the cpuset of the isolated CPUs.
adopt()
{
	local home

	if ((CGROUP_VERSION == 2)); then
		lift "${PROCESS[$1]}" || return 1
	fi
	thread_home "/proc/$1" || return 1
	home=$REPLY
	[[ $home != */$ISOLATED_NAME/* ]] || return 0
	note home "$1" "${STARTED[$1]}" "$home" && host_write "$ISOLATED_TASKS" "$1" || return 1
	pin_again "$1"
}

# Threads that may only run on the isolated CPUs are the purpose of the isolation.
adopt_lcores()
{
	local tid

	for tid in "${LCORES[@]}"; do
		same_thread "$tid" "${STARTED[$tid]}" || continue
		adopt "$tid" || warn "thread $tid ($THREAD_NAME) is not kept on its CPU"
	done
}

# is_loose DIR: the thread is in the top cpuset, where it may set any mask.
is_loose()
{
	[[ -n $HOUSEKEEPING_TASKS ]] && thread_home "$1" &&
		[[ $REPLY == "$CGROUP_ROOT/tasks" ]]
}

# expel DIR REST: restrict the thread of the last thread_look() to the rest of its CPUs. Some kernel
# threads may change their CPUs, but not their cgroup.
expel()
{
	if is_loose "$1"; then
		[[ $THREAD_CPUS == "$ONLINE" || -n ${MASKS[$TID]:-} ]] ||
			note mask "$TID" "$THREAD_START" "$THREAD_CPUS"
		note home "$TID" "$THREAD_START" "$CGROUP_ROOT/tasks"
		! host_write "$HOUSEKEEPING_TASKS" "$TID" || thread_look "$1" || return 0
	fi
	[[ $THREAD_CPUS == "$2" ]] || allow_on "$2"
}

# move_thread DIR: status 0 if the thread was moved, 1 if no change was needed, 2 if the kernel
# refused. Threads that do not run on the CPUs now leave the top cpuset, too, because their children
# could run on the CPUs.
move_thread()
{
	local rest

	TID=${1##*/}
	thread_look "$1" && ! thread_is_fixed || return 1
	cpulist_split "$THREAD_CPUS" "$HOUSEKEEPING"
	rest=$REPLY
	# The CPUs are isolated for this thread.
	[[ -n $rest ]] || return 1
	[[ -n $REST ]] && cpulist_overlaps "$REST" "$CPUS" ||
		{ ! thread_is_kernel && is_loose "$1"; } || return 1
	expel "$1" "$rest" || return 2
}

# New threads are created all the time: repeat until no thread has to be moved.
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
