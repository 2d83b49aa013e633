# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Threads that stay on isolated CPUs, and threads that leave them. Sourced after journal.sh.
#
# Before Linux 6.2 the kernel forgets what a thread was pinned to whenever its cpuset changes: when
# it moves, when the cpuset does, and, for all threads of the machine, when cpusets are switched on
# or off. So all masks are looked at before anything is changed, and set again after each change.

# Threads that may not run everywhere, by number: when they were started, where they might run
# before anything was changed, and where they may now.
declare -A STARTED=() MASKS=() KEPT=()
# Those of them that may run on the isolated CPUs only, and their processes.
LCORES=()
declare -A PROCESS=()
# What survey_threads() has seen.
declare -A SEEN=()

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
		# Outside of what a container can see.
		[[ $path != /..* ]] || return 1
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

# survey_threads: before anything is changed. A second look finds those that were born meanwhile.
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

# pin_again TID...: those that the kernel has let loose.
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

# From now on none but lcores are to run on the CPUs.
keep_apart()
{
	local tid

	for tid in "${!MASKS[@]}"; do
		cpulist_split "${MASKS[$tid]}" "$CPUS"
		KEPT[$tid]=${REST:-${MASKS[$tid]}}
	done
	pin_again "${!MASKS[@]}"
}

# lift PROCESS: to the cgroup above, for only there a process can have threads in a threaded one.
# One that has its threads in several cgroups stays, for nobody could put them back.
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

# adopt TID: into the cpuset of the isolated CPUs.
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

# A thread that may only run on the isolated CPUs is what they are isolated for.
adopt_lcores()
{
	local tid

	for tid in "${LCORES[@]}"; do
		same_thread "$tid" "${STARTED[$tid]}" || continue
		adopt "$tid" || warn "thread $tid ($THREAD_NAME) is not kept on its CPU"
	done
}

# is_loose DIR: is it in the top cpuset, where it may go anywhere if it likes?
is_loose()
{
	[[ -n $HOUSEKEEPING_TASKS ]] && thread_home "$1" &&
		[[ $REPLY == "$CGROUP_ROOT/tasks" ]]
}

# expel DIR REST: the thread of the last thread_look() may run on the rest of its CPUs only. Some
# kernel threads may change their CPUs, but not their cgroup.
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

# move_thread DIR: status 0 if it was moved, 1 if there was nothing to do, 2 if it would not move.
# Those that do not run on the CPUs now leave the top cpuset, too, or their children could.
move_thread()
{
	local rest

	TID=${1##*/}
	thread_look "$1" && ! thread_is_fixed || return 1
	cpulist_split "$THREAD_CPUS" "$HOUSEKEEPING"
	rest=$REPLY
	# It is what the CPUs are isolated for.
	[[ -n $rest ]] || return 1
	[[ -n $REST ]] && cpulist_overlaps "$REST" "$CPUS" ||
		{ ! thread_is_kernel && is_loose "$1"; } || return 1
	expel "$1" "$rest" || return 2
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
