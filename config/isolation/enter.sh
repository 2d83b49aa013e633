# shellcheck shell=bash disable=SC2015,SC2034 # c of "a && b || c" is for both; sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Isolate CPUs at run time. Sourced after partition.sh.

# Interrupts that only one CPU can serve, and those that the kernel manages, cannot be moved.
move_interrupts()
{
	local file list name refused=''

	for file in "$HOST_ROOT"/proc/irq/[0-9]*/smp_affinity_list; do
		file=${file#"$HOST_ROOT"}
		host_read "$file" && cpulist_parse "$REPLY" || continue
		cpulist_overlaps "$REPLY" "$CPUS" || continue
		list=${REST:-$HOUSEKEEPING}
		name=${file%/*}
		change "$file" "$list" || refused+=" ${name##*/}"
	done
	[[ -z $refused ]] || warn "these interrupts cannot be moved:$refused"
	shrink_mask /proc/irq/default_smp_affinity
}

# shrink_mask PATH: removes the CPUs from a mask.
shrink_mask()
{
	host_read "$1" && cpumask_parse "$REPLY" && cpulist_overlaps "$REPLY" "$CPUS" || return 0
	cpumask_format "${REST:-$HOUSEKEEPING}"
	change "$1" "$REPLY" || warn "$1 cannot be changed"
}

move_workers()
{
	local file

	for file in "$HOST_ROOT"/sys/devices/virtual/workqueue/{,*/}cpumask; do
		[[ ! -w $file ]] || shrink_mask "${file#"$HOST_ROOT"}"
	done
	file=/proc/sys/kernel/watchdog_cpumask
	host_read "$file" && cpulist_parse "$REPLY" && cpulist_overlaps "$REPLY" "$CPUS" || return 0
	change "$file" "${REST:-$HOUSEKEEPING}" || warn "$file cannot be changed"
}

# At least one CPU must remain for all other threads.
choose_housekeeping()
{
	host_cpus || { log_error 'cannot find out which CPUs are online'; return 1; }
	ONLINE=$REPLY
	cpulist_covers "$ONLINE" "$CPUS" ||
		{ log_error "CPU $REST is not online; online are: $ONLINE"; return 1; }
	cpulist_split "$ONLINE" "$CPUS"
	HOUSEKEEPING=$REST
	[[ -n $HOUSEKEEPING ]] ||
		{ log_error "$CPUS are all CPUs: one must be left for everything else"; return 1; }
}

# Write all masks first: later changes are undone before them.
make_changes()
{
	find_cpusets || :
	note cpus "$CPUS" && note ns "$(pid_namespace)" && survey_threads ||
		{ log_error "cannot write $HOST_ROOT$JOURNAL"; return 1; }
	move_interrupts
	move_workers
	isolate_scheduler || note weaker
	move_threads
	note 'done'
}

tell_how()
{
	if journal_is_weaker; then
		log_error "CPU $CPUS is not isolated ($HOW); $PROGRAM leave gives it back"
		return "$EXIT_WEAKER"
	fi
	echo "CPU $CPUS is isolated${FROM_WHOM:+ from $FROM_WHOM} ($HOW);" \
		"$PROGRAM leave gives it back"
}

run_enter()
{
	choose_housekeeping && need_root && journal_open || return 1
	if journal_exists && journal_is_done && journal_cpus && [[ $REPLY == "$CPUS" ]]; then
		HOW='as before'
		! journal_is_weaker || { tell_how; return; }
		echo "CPU $CPUS is isolated already"
		return 0
	fi
	if journal_exists && journal_is_done; then
		journal_cpus
		log_error "CPU $REPLY is isolated; leave first"
		return 1
	fi
	if journal_exists; then
		warn 'an earlier enter did not finish: undoing it first'
		undo_all && choose_housekeeping || return 1
	fi
	if ! make_changes; then
		undo_all
		return 1
	fi
	tell_how
}

undo_all()
{
	journal_is_ours || return 1
	find_cpusets || :
	[[ -n $FOREIGN ]] || note_newborn
	journal_undo && return 0
	log_error "cannot undo: ${LEFT_UNDONE[*]}"
	log_error "try again, or remove $HOST_ROOT$JOURNAL to forget it"
	return 1
}

run_leave()
{
	need_root && journal_open || return 1
	if ! journal_exists; then
		echo 'no CPU is isolated by this script'
		return 0
	fi
	journal_cpus || :
	CPUS=$REPLY
	undo_all || return 1
	echo "CPU $CPUS is as it was"
}
