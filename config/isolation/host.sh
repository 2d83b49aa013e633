# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The machine as its files in /proc and /sys show it, or the files of a test below HOST_ROOT.
# Sourced after cpulist.sh.

HOST_ROOT=

# host_read PATH: first line of a file into REPLY; fails if it cannot be read. An empty file counts
# as an empty line.
host_read()
{
	REPLY=
	[[ -r $HOST_ROOT$1 ]] || return 1
	{ IFS= read -r REPLY || :; } 2>/dev/null <"$HOST_ROOT$1"
}

# host_write PATH VALUE
host_write()
{
	{ printf '%s\n' "$2" >"$HOST_ROOT$1"; } 2>/dev/null
}

# host_set PATH VALUE: writes a value, unless the file already has it.
host_set()
{
	host_read "$1" && [[ $REPLY == "$2" ]] && return 0
	host_write "$1" "$2"
}

# host_field PATH KEY: the text after "KEY:" in a file, into REPLY.
host_field()
{
	local key value

	REPLY=
	[[ -r $HOST_ROOT$1 ]] || return 1
	while IFS=: read -r key value; do
		[[ ${key%%[[:space:]]*} == "$2" ]] || continue
		value=${value#"${value%%[![:space:]]*}"}
		REPLY=$value
		return 0
	done 2>/dev/null <"$HOST_ROOT$1"
	return 1
}

# host_cpus: all CPUs that are online.
host_cpus()
{
	host_read /sys/devices/system/cpu/online && cpulist_parse "$REPLY"
}

# boot_parameter NAME: value of the last NAME=VALUE on the kernel's command line, into REPLY.
boot_parameter()
{
	local word value
	local -i found=1

	host_read /proc/cmdline || return 1
	value=
	for word in $REPLY; do
		[[ $word == "$1"=* ]] || continue
		value=${word#*=}
		found=0
	done
	REPLY=$value
	return "$found"
}

# The name of our PID namespace; the first one of the kernel has a fixed number.
pid_namespace()
{
	readlink /proc/self/ns/pid
}

# Succeeds if the machine may have threads that this /proc does not show.
sees_all_threads()
{
	[[ -n $HOST_ROOT || $(pid_namespace) == 'pid:[4026531836]' ]]
}

# host_mount TYPE [OPTION]: mount point of a file system, with that option if one is given.
host_mount()
{
	local device dir type options

	REPLY=
	[[ -r $HOST_ROOT/proc/mounts ]] || return 1
	while read -r device dir type options _; do
		: "$device"
		[[ $type == "$1" && (-z ${2:-} || ,$options, == *,$2,*) ]] || continue
		REPLY=$dir
		return 0
	done <"$HOST_ROOT/proc/mounts"
	return 1
}

# Find the cpusets: CGROUP_VERSION (2, 1 or 0) and CGROUP_ROOT.
find_cpusets()
{
	CGROUP_VERSION=0
	CGROUP_ROOT=
	if host_mount cgroup2; then
		CGROUP_ROOT=$REPLY
		host_read "$CGROUP_ROOT/cgroup.controllers"
		[[ " $REPLY " != *' cpuset '* ]] || { CGROUP_VERSION=2; return 0; }
	fi
	if host_mount cgroup cpuset && [[ -e $HOST_ROOT$REPLY/cpuset.cpus ]]; then
		CGROUP_ROOT=$REPLY
		CGROUP_VERSION=1
		return 0
	fi
	CGROUP_ROOT=
	return 1
}

# cpuset_dirs: all cpusets below the top, deeper levels first, into REPLIES.
cpuset_dirs()
{
	local dir

	mapfile -t REPLIES < <(find "$HOST_ROOT$CGROUP_ROOT" -mindepth 1 -depth -type d 2>/dev/null)
	for dir in "${!REPLIES[@]}"; do
		REPLIES[dir]=${REPLIES[dir]#"$HOST_ROOT"}
	done
}

# find_program NAME: the directory of a process of that name below /proc, into REPLY.
find_program()
{
	local comm

	for comm in "$HOST_ROOT"/proc/[0-9]*/comm; do
		host_read "${comm#"$HOST_ROOT"}" && [[ $REPLY == "$1" ]] || continue
		REPLY=${comm#"$HOST_ROOT"}
		REPLY=${REPLY%/comm}
		return 0
	done
	return 1
}

# PF_KTHREAD and PF_NO_SETAFFINITY of the kernel: threads without the second flag can be moved.
FLAG_KERNEL=$((0x00200000))
FLAG_PINNED=$((0x04000000))

# thread_look DIR: THREAD_NAME, THREAD_PARENT (a process), THREAD_FLAGS, THREAD_START and
# THREAD_CPUS of a thread below /proc; fails if it has ended.
thread_look()
{
	local stat
	local -a fields

	host_read "$1/stat" && [[ $REPLY == *')'* ]] || return 1
	stat=$REPLY
	THREAD_NAME=${stat#*(}
	THREAD_NAME=${THREAD_NAME%)*}
	read -r -a fields <<<"${stat##*)}"
	THREAD_PARENT=${fields[1]:-0}
	THREAD_FLAGS=${fields[6]:-0}
	THREAD_START=${fields[19]:-0}
	host_field "$1/status" Cpus_allowed_list && cpulist_parse "$REPLY" || return 1
	THREAD_CPUS=$REPLY
}

thread_is_kernel()
{
	((THREAD_FLAGS & FLAG_KERNEL))
}

# Succeeds if the kernel refuses to move the thread. There is one for each CPU, most of them asleep.
thread_is_fixed()
{
	((THREAD_FLAGS & FLAG_PINNED))
}
