# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# What has been changed, so that it can be undone by whoever comes later: each change is a line in
# the journal before it is made. Sourced after host.sh.
#
#	cpus LIST              what is isolated
#	file PATH VALUE        a file that had this value
#	dir PATH               a cgroup that was made
#	home TID START FILE    a thread that was moved from the cgroup with this file of tasks
#	mask TID START LIST    a thread that was allowed on these CPUs
#	done                   all of it is made
#
# Undoing looks at what is there first, so it does not matter whether a change was made at all, and
# a part of it can be undone twice. A line that was cut off has no change behind it.

JOURNAL_DIR=/run/ration-isolation
JOURNAL=$JOURNAL_DIR/journal
LEFT_UNDONE=()

# Only its owner may write to it, or anybody could have root write what he likes.
journal_open()
{
	local dir=$HOST_ROOT$JOURNAL_DIR mode

	{ [[ -d $dir ]] || mkdir -m 0755 "$dir"; } || { complain "cannot make $dir"; return 1; }
	mode=$(stat -c '%a' "$dir") || return 1
	if [[ -L $dir || ! -O $dir ]] || (((8#$mode & 8#022) != 0)); then
		complain "$dir is not safe: it must be a folder that only its owner can write to"
		return 1
	fi
	exec {LOCK}>"$dir/lock" || return 1
	flock -w 60 "$LOCK" ||
		{ complain "another $PROGRAM is at work and does not end"; return 1; }
}

# Says whether there is something to undo.
journal_exists()
{
	[[ -e $HOST_ROOT$JOURNAL ]]
}

journal_is_done()
{
	[[ $(tail -n 1 "$HOST_ROOT$JOURNAL" 2>/dev/null) == 'done' ]]
}

# CPUs that are isolated, into REPLY. Reading it needs no lock.
journal_cpus()
{
	local kind list

	REPLY=
	[[ -r $HOST_ROOT$JOURNAL ]] || return 1
	IFS=$'\t' read -r kind list <"$HOST_ROOT$JOURNAL" && [[ $kind == cpus ]] || return 1
	REPLY=$list
}

# note KIND FIELD...: one line, in one write.
note()
{
	local IFS=$'\t'

	printf '%s\n' "$*" >>"$HOST_ROOT$JOURNAL"
}

# change PATH VALUE: notes what a file says and changes it.
change()
{
	host_read "$1" || return 1
	[[ $REPLY != "$2" ]] || return 0
	note file "$1" "$REPLY" && host_write "$1" "$2"
}

undo_file()
{
	[[ ! -e $HOST_ROOT$1 ]] || host_set "$1" "$2"
}

# Threads that were born in there go to the top: nobody knows a better place.
undo_dir()
{
	local file=cgroup.procs

	[[ -d $HOST_ROOT$1 ]] || return 0
	((CGROUP_VERSION == 2)) || file=tasks
	empty_cgroup "$1" "$file"
	rmdir "$HOST_ROOT$1" 2>/dev/null || [[ ! -d $HOST_ROOT$1 ]]
}

# A cgroup is empty when a look at it finds nobody; new threads come as long as there are old ones.
empty_cgroup()
{
	local look tid members

	for ((look = 0; look < 100; look++)); do
		members=$(cat "$HOST_ROOT$1/cgroup.threads" 2>/dev/null ||
			cat "$HOST_ROOT$1/$2" 2>/dev/null)
		[[ -n $members ]] || return 0
		for tid in $members; do
			host_write "$CGROUP_ROOT/$2" "$tid" || :
		done
	done
}

# same_thread TID START: the number may belong to another one by now.
same_thread()
{
	thread_look "/proc/$1" && [[ $THREAD_START == "$2" ]]
}

undo_home()
{
	same_thread "$1" "$2" && thread_home "/proc/$1" && [[ $REPLY != "$3" ]] || return 0
	host_write "$3" "$1" || ! same_thread "$1" "$2"
}

undo_mask()
{
	same_thread "$1" "$2" || return 0
	[[ $THREAD_CPUS == "$3" ]] || taskset -pc "$3" "$1" >/dev/null 2>&1 ||
		! same_thread "$1" "$2"
}

# undo LINE
undo()
{
	local kind what start was

	IFS=$'\t' read -r kind what start was <<<"$1"
	case $kind in
	file) undo_file "$what" "$start" ;;
	dir) undo_dir "$what" ;;
	home) undo_home "$what" "$start" "$was" ;;
	mask) undo_mask "$what" "$start" "$was" ;;
	cpus | done) ;;
	*) return 1 ;;
	esac
}

# journal_undo: everything, last change first. What cannot be undone stays in the journal.
journal_undo()
{
	local line i
	local -a lines=()

	while IFS= read -r line; do
		lines+=("$line")
	done <"$HOST_ROOT$JOURNAL"
	LEFT_UNDONE=()
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		undo "${lines[i]}" || LEFT_UNDONE=("${lines[i]}" "${LEFT_UNDONE[@]}")
	done
	if ((${#LEFT_UNDONE[@]} == 0)); then
		rm -f "$HOST_ROOT$JOURNAL"
		return
	fi
	printf '%s\n' "${lines[0]}" "${LEFT_UNDONE[@]}" >"$HOST_ROOT$JOURNAL.new" &&
		mv "$HOST_ROOT$JOURNAL.new" "$HOST_ROOT$JOURNAL"
	return 1
}
