# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# What has been changed, so that it can be undone by whoever comes later: each change is a line in
# the journal before it is made. Sourced after host.sh.
#
#	cpus LIST              what is isolated
#	ns NAME                PID namespace whose numbers those of the threads are
#	file PATH VALUE        a file that had this value
#	dir PATH               a cgroup that was made
#	home TID START FILE    a thread that was moved from the cgroup with this file of tasks
#	mask TID START LIST    a thread that was allowed on these CPUs
#	weaker                 the scheduler does not keep new threads away
#	done                   all of it is made
#
# Masks from before all changes stand at the beginning, to be undone last: moving threads and
# changing their cpusets makes older kernels forget them.
#
# Undoing looks at what is there first, so it does not matter whether a change was made at all, and
# a part of it can be undone twice. A line that was cut off has no change behind it.

JOURNAL_DIR=/run/ration-isolation
JOURNAL=$JOURNAL_DIR/journal
LEFT_UNDONE=()
FOREIGN=

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

# May we undo it? Numbers of threads mean something in their PID namespace only. FOREIGN says that
# theirs has ended, and all of them with it.
journal_is_ours()
{
	local kind name process

	FOREIGN=
	{ read -r && IFS=$'\t' read -r kind name; } <"$HOST_ROOT$JOURNAL" && [[ $kind == ns ]] &&
		[[ $name != "$(pid_namespace)" ]] || return 0
	if ! sees_all_threads; then
		complain "entered in another PID namespace, $name: leave there, or in the first one"
		return 1
	fi
	process=$(find "$HOST_ROOT"/proc/[0-9]*/ns/pid -maxdepth 0 -lname "${name//[][]/?}" \
		-print -quit 2>/dev/null)
	[[ -n $process ]] || { FOREIGN=1; return 0; }
	process=${process#"$HOST_ROOT/proc/"}
	complain "entered in another PID namespace: nsenter --target ${process%%/*} --pid --mount" \
		"$PROGRAM leave"
	return 1
}

# Does isolation keep threads away that are born later?
journal_is_weaker()
{
	grep -q '^weaker$' "$HOST_ROOT$JOURNAL" 2>/dev/null
}

# How many lines there are, into REPLY.
journal_length()
{
	journal_read
	REPLY=${#LINES[@]}
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

# A cgroup that has gone, as a scope of systemd does when it is empty, is replaced by the next one
# above it that takes threads; the top one does.
move_home()
{
	local dir=${2%/*} file=${2##*/}

	[[ ! -d $HOST_ROOT$dir ]] || { host_write "$2" "$1"; return; }
	until [[ -d $HOST_ROOT$dir ]] && host_write "$dir/$file" "$1"; do
		[[ $dir == "$CGROUP_ROOT"/* ]] || return 1
		dir=${dir%/*}
	done
	warn "cgroup ${2%/*} is gone: thread $1 is in $dir now"
}

# In version 2 it is a process that comes home.
undo_home()
{
	local dir

	same_thread "$1" "$2" && thread_home "/proc/$1" && [[ $REPLY != "$3" ]] || return 0
	move_home "$1" "$3" || ! same_thread "$1" "$2" || return 1
	((CGROUP_VERSION == 2)) || { undo_first_mask "$1"; return 0; }
	for dir in "$HOST_ROOT/proc/$1"/task/[0-9]*; do
		undo_first_mask "${dir##*/}"
	done
}

# The oldest mask of a thread in the journal: its start and its list.
declare -A FIRST_MASK=()

find_first_masks()
{
	local kind tid start list

	FIRST_MASK=()
	while IFS=$'\t' read -r kind tid start list; do
		[[ $kind != mask || -n ${FIRST_MASK[$tid]:-} ]] || FIRST_MASK[$tid]="$start $list"
	done <"$HOST_ROOT$JOURNAL"
}

# Whether it worked is seen when its own turn has come.
undo_first_mask()
{
	local start list

	[[ -n ${FIRST_MASK[$1]:-} ]] || return 0
	read -r start list <<<"${FIRST_MASK[$1]}"
	undo_mask "$1" "$start" "$list" || :
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
	case ${FOREIGN:+foreign-}$kind in
	foreign-home | foreign-mask) ;;
	*file) undo_file "$what" "$start" ;;
	*dir) undo_dir "$what" ;;
	home) undo_home "$what" "$start" "$was" ;;
	mask) undo_mask "$what" "$start" "$was" ;;
	*cpus | *ns | *weaker | *done) ;;
	*) return 1 ;;
	esac
}

# undo_lines LINE...: last change first. What cannot be undone is in LEFT_UNDONE then.
undo_lines()
{
	local -a lines=("$@")
	local -i i

	LEFT_UNDONE=()
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		undo "${lines[i]}" || LEFT_UNDONE=("${lines[i]}" "${LEFT_UNDONE[@]}")
	done
	((${#LEFT_UNDONE[@]} == 0))
}

# journal_write LINE...: these, instead of what was there.
journal_write()
{
	printf '%s\n' "$@" >"$HOST_ROOT$JOURNAL.new" &&
		mv "$HOST_ROOT$JOURNAL.new" "$HOST_ROOT$JOURNAL"
}

# journal_read: all lines but one that was cut off, into LINES.
journal_read()
{
	local line

	LINES=()
	while IFS= read -r line; do
		LINES+=("$line")
	done <"$HOST_ROOT$JOURNAL"
}

# journal_undo_from NUMBER: all lines behind so many.
journal_undo_from()
{
	journal_read
	find_first_masks
	undo_lines "${LINES[@]:$1}"
	journal_write "${LINES[@]:0:$1}" "${LEFT_UNDONE[@]}"
}

# journal_undo: everything. What cannot be undone stays in the journal, with all masks, since the
# next try may make the kernel forget them once more.
journal_undo()
{
	local line
	local -a left=()

	journal_read
	find_first_masks
	if undo_lines "${LINES[@]}"; then
		rm -f "$HOST_ROOT$JOURNAL"
		return
	fi
	for line in "${LINES[@]}"; do
		[[ $line != cpus* && $line != ns* && $line != mask* ]] || left+=("$line")
	done
	for line in "${LEFT_UNDONE[@]}"; do
		[[ $line == mask* ]] || left+=("$line")
	done
	journal_write "${left[@]}"
	return 1
}
