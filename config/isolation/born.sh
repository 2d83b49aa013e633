# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Threads that were created while CPUs were isolated: the journal has no entry for them, but leave
# must restore them, too. Sourced after journal.sh.
#
# A thread inherits the mask of its creator. If the creator was moved away from the CPUs, the child
# stays away for ever; so it gets the restored mask of its parent. A thread that was pinned since
# then must be pinned again on kernels that forget masks (see threads.sh).

# parent_of DIR: the process of the thread of the last thread_look(), into REPLY. The main thread
# counts as the parent of all others, because the real parent is unknown.
parent_of()
{
	REPLY=${1#/proc/}
	REPLY=${REPLY%%/*}
	[[ $REPLY == "${1##*/}" ]] || return 0
	REPLY=$THREAD_PARENT
	((REPLY > 0))
}

# inherited_mask DIR: the earlier mask of an ancestor in the journal, into REPLY, if the thread of
# the last thread_look() has the same mask as that ancestor now.
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

# mask_of_newborn DIR: the mask that it finally gets, into REPLY; fails if the kernel decides.
mask_of_newborn()
{
	local mask kernel=

	thread_look "$1" && ! thread_is_fixed || return 1
	# Check it before its ancestors.
	! thread_is_kernel || kernel=1
	mask=$THREAD_CPUS
	[[ $mask != "$ONLINE" ]] || return 1
	START=$THREAD_START
	inherited_mask "$1" && return 0
	REPLY=$mask
	[[ -z $kernel && $mask != "$HOUSEKEEPING" ]]
}

# is_known TID: the journal has this thread, not an earlier one with the same number.
is_known()
{
	[[ -n ${FIRST_MASK[$1]:-} ]] && same_thread "$1" "${FIRST_MASK[$1]%% *}"
}

# note_newborn: their masks go to the start of the journal, before all changes.
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
