# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Threads that were born while CPUs were isolated: nothing of them is in the journal, but undoing it
# concerns them. Sourced after journal.sh.
#
# A thread inherits the mask of whoever has made it. If that one was kept away from the CPUs, so is
# its child, for ever: it gets what its parent gets. And one that has been pinned since then must
# not be forgotten by a kernel that forgets (see threads.sh).

# parent_of DIR: the process behind the thread of the last thread_look(), into REPLY; the main
# thread is the parent of all others, as far as anybody can tell.
parent_of()
{
	REPLY=${1#/proc/}
	REPLY=${REPLY%%/*}
	[[ $REPLY == "${1##*/}" ]] || return 0
	REPLY=$THREAD_PARENT
	((REPLY > 0))
}

# inherited_mask DIR: what an ancestor in the journal was allowed on, if the thread of the last
# thread_look() is allowed on the same CPUs as that one now; into REPLY.
inherited_mask()
{
	local mask=$THREAD_CPUS dir=$1 parent start
	local -i generation

	for ((generation = 0; generation < 50; generation++)); do
		parent_of "$dir" || return 1
		parent=$REPLY
		dir=/proc/$parent/task/$parent
		thread_look "$dir" || return 1
		[[ -n ${FIRST_MASK[$parent]:-} ]] || continue
		read -r start REPLY <<<"${FIRST_MASK[$parent]}"
		[[ $THREAD_START == "$start" && $THREAD_CPUS == "$mask" ]]
		return
	done
	return 1
}

# mask_of_newborn DIR: what to allow it on in the end, into REPLY; fails if that is for the kernel
# to say.
mask_of_newborn()
{
	local mask kernel=

	thread_look "$1" && ! thread_is_fixed || return 1
	# Before its ancestors are looked at.
	! thread_is_kernel || kernel=1
	mask=$THREAD_CPUS
	[[ $mask != "$ONLINE" ]] || return 1
	START=$THREAD_START
	inherited_mask "$1" && return 0
	REPLY=$mask
	[[ -z $kernel && $mask != "$HOUSEKEEPING" ]]
}

# is_known TID: the journal has it, not another one of the same number.
is_known()
{
	[[ -n ${FIRST_MASK[$1]:-} ]] && same_thread "$1" "${FIRST_MASK[$1]%% *}"
}

# note_newborn: their masks go where all first ones are, before whatever was changed.
note_newborn()
{
	local dir tid
	local -a born=()
	local -i head=1

	host_cpus && ONLINE=$REPLY && journal_cpus || return 0
	cpulist_split "$ONLINE" "$REPLY"
	HOUSEKEEPING=$REST
	find_first_masks
	for dir in "$HOST_ROOT"/proc/[0-9]*/task/[0-9]*; do
		tid=${dir##*/}
		! is_known "$tid" && mask_of_newborn "${dir#"$HOST_ROOT"}" || continue
		born+=("mask"$'\t'"$tid"$'\t'"$START"$'\t'"$REPLY")
	done
	((${#born[@]} > 0)) || return 0
	journal_read
	[[ ${LINES[1]:-} != ns* ]] || head=2
	journal_write "${LINES[@]:0:head}" "${born[@]}" "${LINES[@]:head}"
}
