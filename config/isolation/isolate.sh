#!/bin/bash
# shellcheck disable=SC2015,SC2034 # c of "a && b || c" is for both; used by what is sourced
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks how well CPUs are isolated for polling lcores, isolates them at run time, and undoes it.

set -u
# Otherwise the next files that are opened would get the numbers of closed ones.
[[ -e /proc/self/fd/0 ]] || exec 0</dev/null
[[ -e /proc/self/fd/1 ]] || exec 1>/dev/null
# Without stderr bash keeps the script itself open there.
[[ -e /proc/self/fd/2 && ! /proc/self/fd/2 -ef $0 ]] || exec 2>/dev/null
set -o pipefail
export LC_ALL=C
umask 022
shopt -s nullglob
PATH=$PATH:/usr/sbin:/sbin
PROGRAM=${0##*/}

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
for part in cpulist host findings counts check_kernel check_machine check_memory \
		journal born threads partition enter; do
	# shellcheck source=/dev/null
	. "$HERE/$part.sh"
done

EXIT_WEAKER=3
EXIT_USAGE=64

usage()
{
	cat <<-END
		Usage: $PROGRAM check [--json] [CPUS]
		       $PROGRAM enter CPUS
		       $PROGRAM leave
		       $PROGRAM status [CPUS]

		Isolates CPUs for polling lcores. CPUS is a list such as 1 or 2-5,8.

		  check   report the causes that may disturb CPUS, why they matter and how to fix
		          them. Without CPUS: for the isolated CPUs, or else all but the first.
		          Status 0: all ok; 1: something is weak; 2: something is wrong.
		          Needs no root.
		  enter   move interrupts, kernel work and threads off CPUS, and take CPUS from
		          the scheduler. Threads that may run on CPUS only, such as pinned
		          lcores, stay. Status 0: done; 1: not possible, nothing is changed;
		          3: all threads have been moved, but new threads may come.
		  leave   undo enter, also after enter was killed. Status 0: all is undone;
		          1: something could not be undone, try again.
		  status  print the CPUs that this script has isolated. Status 0: these, or CPUS,
		          are isolated; 1: they are not; 2: isolated in part, or not readable;
		          3: threads have been moved, but new threads may come.

		  --json      the result of check for programs
		  --root DIR  read and change files below DIR instead of /
		  --help      this text

		Status 64: the command line is wrong.
	END
}

log_error()
{
	printf '%s: %s\n' "$PROGRAM" "$*" >&2
}

warn()
{
	log_error "weaker: $*"
}

bad_usage()
{
	log_error "$*; --help shows how to use it"
	exit "$EXIT_USAGE"
}

need_root()
{
	[[ $EUID -eq 0 || -n $HOST_ROOT ]] && return 0
	log_error "$COMMAND needs root"
	return 1
}

# CPUs for check if the user names none: CPUS.
default_cpus()
{
	local cpus

	journal_cpus && [[ -n $REPLY ]] && { CPUS=$REPLY; return 0; }
	host_read /sys/devices/system/cpu/isolated && [[ -n $REPLY ]] && { CPUS=$REPLY; return 0; }
	host_cpus || { log_error 'cannot find out which CPUs are online'; return 1; }
	cpus=$REPLY
	cpulist_cpus "$cpus"
	[[ $REPLY != *' '* ]] || { cpulist_split "$cpus" "${REPLY%% *}"; cpus=$REST; }
	CPUS=$cpus
}

run_check()
{
	local check

	[[ -n $CPUS ]] || default_cpus || exit "$EXIT_USAGE"
	if host_cpus; then
		cpulist_covers "$REPLY" "$CPUS" || bad_usage "CPU $REST is not on"
		host_cpus
		cpulist_split "$REPLY" "$CPUS"
		HOUSEKEEPING=$REST
	fi
	look_twice
	for check in isolcpus cpuset threads nohz_full rcu_nocbs irqs irqbalance workqueues \
			watchdogs vmstat governor cstates smt clocksource clockwatch tsc \
			hugepages thp khugepaged ksm swap numa_balancing virtual steal; do
		"check_$check"
	done
	if [[ -n $JSON ]]; then
		print_json "$CPUS"
	else
		print_table "$CPUS"
	fi
	found_verdict
	case $REPLY in
	ok) return 0 ;;
	weak) return 1 ;;
	*) return 2 ;;
	esac
}

run_status()
{
	if ! journal_exists; then
		echo 'no CPU is isolated by this script'
		return 1
	fi
	if ! journal_cpus; then
		echo 'not readable, or cut off: ask as root'
		return 2
	fi
	if ! journal_is_done; then
		echo "CPU $REPLY is isolated in part: run $PROGRAM leave"
		return 2
	fi
	if journal_is_weaker; then
		echo "CPU $REPLY is not isolated, but threads were moved away"
		return "$EXIT_WEAKER"
	fi
	echo "CPU $REPLY is isolated"
	[[ -n $CPUS ]] || return 0
	cpulist_covers "$REPLY" "$CPUS" && return 0
	echo "CPU $REST is not isolated by this script"
	return 1
}

COMMAND=
CPUS=
HOUSEKEEPING=
JSON=
while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--json) JSON=1 ;;
	--root)
		[[ -d ${2:-} ]] || bad_usage "--root: '${2:-}' is no folder"
		HOST_ROOT=$(readlink -f "$2")
		shift
		;;
	-*) bad_usage "unknown option '$1'" ;;
	check | enter | leave | status)
		[[ -z $COMMAND ]] || bad_usage "'$1' after '$COMMAND'"
		COMMAND=$1
		;;
	*)
		[[ -z $CPUS && $COMMAND =~ ^(check|enter|status)$ ]] ||
			bad_usage "'$1' is not understood"
		[[ -n $1 ]] && cpulist_parse "$1" ||
			bad_usage "'$1' is not a list of CPUs such as 1 or 2-5,8"
		CPUS=$REPLY
		;;
	esac
	shift
done
[[ -n $COMMAND ]] || bad_usage 'which command?'
[[ $COMMAND != enter || -n $CPUS ]] || bad_usage 'enter: which CPUs?'
[[ -z $JSON || $COMMAND == check ]] || bad_usage "--json does not go with $COMMAND"

"run_$COMMAND"
