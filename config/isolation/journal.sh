# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The journal of all changes, so that any later call can undo them: each change is a line in the
# journal before it is made. Sourced after host.sh.
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
# Masks from before all changes are at the start, to be undone last: moving threads and changing
# their cpusets makes older kernels forget masks.
#
# Undoing checks the current state first, so a change may not have been made at all, and may be
# undone twice. An incomplete line has no change after it.

JOURNAL_DIR=/run/ration-isolation
JOURNAL=$JOURNAL_DIR/journal
LEFT_UNDONE=()
FOREIGN=

# Only its owner may write to it; otherwise any user could have root write to any file.
journal_open()
{
	local dir=$HOST_ROOT$JOURNAL_DIR mode

	{ [[ -d $dir ]] || mkdir -m 0755 "$dir"; } || { log_error "cannot make $dir"; return 1; }
	mode=$(stat -c '%a' "$dir") || return 1
	if [[ -L $dir || ! -O $dir ]] || (((8#$mode & 8#022) != 0)); then
		log_error "$dir is not safe: it must be a folder that only its owner can write to"
		return 1
	fi
	exec {LOCK}>"$dir/lock" || return 1
	flock -w 60 "$LOCK" ||
		{ log_error "another $PROGRAM is running and does not finish"; return 1; }
}

# Succeeds if there are changes to undo.
journal_exists()
{
	[[ -e $HOST_ROOT$JOURNAL ]]
}

journal_is_done()
{
	[[ $(tail -n 1 "$HOST_ROOT$JOURNAL" 2>/dev/null) == 'done' ]]
}

# The isolated CPUs, into REPLY. Reading needs no lock.
journal_cpus()
{
	local kind list

	REPLY=
	[[ -r $HOST_ROOT$JOURNAL ]] || return 1
	IFS=$'\t' read -r kind list <"$HOST_ROOT$JOURNAL" && [[ $kind == cpus ]] || return 1
	REPLY=$list
}

# Succeeds if this process may undo the changes. Numbers of threads are valid in their PID namespace
# only. FOREIGN means that their namespace has ended, with all its threads.
journal_is_ours()
{
	local kind name process

	FOREIGN=
	{ read -r && IFS=$'\t' read -r kind name; } <"$HOST_ROOT$JOURNAL" && [[ $kind == ns ]] &&
		[[ $name != "$(pid_namespace)" ]] || return 0
	if ! sees_all_threads; then
		log_error "entered in another PID namespace, $name: leave there or in the first"
		return 1
	fi
	process=$(find "$HOST_ROOT"/proc/[0-9]*/ns/pid -maxdepth 0 -lname "${name//[][]/?}" \
		-print -quit 2>/dev/null)
	[[ -n $process ]] || { FOREIGN=1; return 0; }
	process=${process#"$HOST_ROOT/proc/"}
	log_error "entered in another PID namespace:" \
		"nsenter --target ${process%%/*} --pid --mount" \
		"$PROGRAM leave"
	return 1
}

# Succeeds if the isolation keeps new threads away, too.
journal_is_weaker()
{
	grep -q '^weaker$' "$HOST_ROOT$JOURNAL" 2>/dev/null
}

# Number of lines, into REPLY.
journal_length()
{
	journal_read
	REPLY=${#LINES[@]}
}

# note KIND FIELD...: add one line, in one write.
note()
{
	local IFS=$'\t'

	printf '%s\n' "$*" >>"$HOST_ROOT$JOURNAL"
}

# change PATH VALUE: adds the current value of a file to the journal, and changes the file.
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

# Threads that were created in this cgroup go to the top, because no better cgroup is known.
undo_dir()
{
	local file=cgroup.procs

	[[ -d $HOST_ROOT$1 ]] || return 0
	((CGROUP_VERSION == 2)) || file=tasks
	empty_cgroup "$1" "$file"
	rmdir "$HOST_ROOT$1" 2>/dev/null || [[ ! -d $HOST_ROOT$1 ]]
}

# A cgroup is empty if a reading finds no thread in it; old threads may create new ones meanwhile.
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

# same_thread TID START: the number still belongs to the same thread.
same_thread()
{
	thread_look "/proc/$1" && [[ $THREAD_START == "$2" ]]
}

# A cgroup that was removed, as systemd does with an empty scope, is replaced by the nearest one
# above it that takes threads; the top one does.
move_home()
{
	local dir=${2%/*} file=${2##*/}

	[[ ! -d $HOST_ROOT$dir ]] || { host_write "$2" "$1"; return; }
	until [[ -d $HOST_ROOT$dir ]] && host_write "$dir/$file" "$1"; do
		[[ $dir == "$CGROUP_ROOT"/* ]] || return 1
		dir=${dir%/*}
	done
	warn "cgroup ${2%/*} was removed: thread $1 is in $dir now"
}

# In version 2 a process moves back as a whole.
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

# The oldest mask of a thread in the journal: its start time and its list.
declare -A FIRST_MASK=()

find_first_masks()
{
	local kind tid start list

	FIRST_MASK=()
	while IFS=$'\t' read -r kind tid start list; do
		[[ $kind != mask || -n ${FIRST_MASK[$tid]:-} ]] || FIRST_MASK[$tid]="$start $list"
	done <"$HOST_ROOT$JOURNAL"
}

# The line of that thread checks later whether it worked.
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

# undo_lines LINE...: undo the last change first. Changes that cannot be undone go into LEFT_UNDONE.
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

# journal_write LINE...: replace the journal by these lines.
journal_write()
{
	printf '%s\n' "$@" >"$HOST_ROOT$JOURNAL.new" &&
		mv "$HOST_ROOT$JOURNAL.new" "$HOST_ROOT$JOURNAL"
}

# journal_read: all complete lines, into LINES.
journal_read()
{
	local line

	LINES=()
	while IFS= read -r line; do
		LINES+=("$line")
	done <"$HOST_ROOT$JOURNAL"
}

# journal_undo_from NUMBER: undo all lines after the first NUMBER ones.
journal_undo_from()
{
	journal_read
	find_first_masks
	undo_lines "${LINES[@]:$1}"
	journal_write "${LINES[@]:0:$1}" "${LEFT_UNDONE[@]}"
}

# journal_undo: undo all lines. Changes that cannot be undone stay in the journal, with all masks,
# because the next attempt may make the kernel forget them again.
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
