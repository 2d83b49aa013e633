# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Messages, cleanup, child processes and waits. Sourced by the scripts of this project.
#
# A script hands each change outside its own directory to at_exit() at once, so that the change is
# undone however the script ends: normally, on an error, on Ctrl-C, on TERM or HUP.

# shellcheck source=devtools/descriptors.sh
. "$(dirname "${BASH_SOURCE[0]}")/descriptors.sh"

# shellcheck disable=SC2034 # used by the scripts that source this file
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Ordinary users, and root after a plain su, have no sbin in their path, where ip and ethtool are.
PATH=$PATH:/usr/sbin:/sbin

# Set in scripts that another script has started.
STARTED_BY_SCRIPT=${RATION_TAG:-}
# Part of the name of everything that the script creates on this machine. Scripts that a script
# starts inherit it, so that the first one can clean up after all of them.
export RATION_TAG=${RATION_TAG:-$$}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

is_root()
{
	[[ $EUID -eq 0 ]]
}

# become_root ARG...: start the script again as root, through sudo, with these arguments. It goes on
# as a plain user if there is no sudo, if nobody can answer its question, or if sudo refuses.
become_root()
{
	local name
	local -a kept=()

	! is_root && [[ -z $STARTED_BY_SCRIPT ]] && command -v sudo >/dev/null || return 0
	if ! sudo -n true 2>/dev/null; then
		[[ -t 0 && -t 2 ]] || return 0
		echo "${0##*/} uses sudo; --plain-user does without, and does less" >&2
		sudo -v || { echo "${0##*/}: going on as a plain user" >&2; return 0; }
	fi
	# sudo hands over neither of them.
	for name in TMPDIR CI TERM; do
		[[ -z ${!name:-} ]] || kept+=("$name=${!name}")
	done
	exec sudo -- env "${kept[@]}" "$0" "$@"
}

CLEANUP=()

# at_exit COMMAND ARG...: run the command at the end, the last one first.
at_exit()
{
	CLEANUP+=("$(printf '%q ' "$@")")
}

clean_up()
{
	local status=$? i

	trap '' HUP INT QUIT PIPE TERM
	trap - EXIT
	clear_progress
	((status <= 128)) || echo "${0##*/}: interrupted, cleaning up" >&2
	for ((i = ${#CLEANUP[@]} - 1; i >= 0; i--)); do
		eval "${CLEANUP[i]}" || :
	done
	exit "$status"
}

trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 131' QUIT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# A directory for logs and results, removed at the end. DPDK keeps its runtime files there, too.
make_workdir()
{
	WORKDIR=$(mktemp -d "${TMPDIR:-/tmp}/ration-$RATION_TAG-XXXXXX") || exit 1
	at_exit rm -rf "$WORKDIR"
	export RUNTIME_DIRECTORY=$WORKDIR
}

# Children that have not been waited for. So no signal goes to another process with the number of
# one that has ended.
declare -A CHILDREN=()
CHILD=
# Children that must not be interrupted, such as a package manager: the script waits for them.
declare -A PATIENT=()

# spawn COMMAND ARG...: start the command in a process group of its own; CHILD is its pid. Redirect
# as for any command. SIGINT is ignored in it unless it installs a handler, as in all background
# commands.
spawn()
{
	setsid "$@" </dev/null &
	CHILD=$!
	CHILDREN[$CHILD]=$1
	at_exit end_child "$CHILD"
}

is_running()
{
	[[ -n ${CHILDREN[$1]:-} ]] && kill -0 "$1" 2>/dev/null
}

# Wait for a child and remove it from the list; the status is the child's.
reap()
{
	local status=0

	wait "$1" || status=$?
	unset "CHILDREN[$1]"
	return "$status"
}

# End a child and its children: with SIGTERM, later with SIGKILL.
end_child()
{
	local pid=$1 i

	[[ -n ${CHILDREN[$pid]:-} ]] || return 0
	if [[ -n ${PATIENT[$pid]:-} ]]; then
		echo "  letting ${PATIENT[$pid]} finish"
		reap "$pid"
		return 0
	fi
	kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL -- "-$pid" 2>/dev/null
	reap "$pid" 2>/dev/null
	return 0
}

PROGRESS_SHOWN=

on_terminal()
{
	[[ -t 1 && ${TERM:-dumb} != dumb ]]
}

clear_progress()
{
	[[ -z $PROGRESS_SHOWN ]] || printf '\r\033[K'
	PROGRESS_SHOWN=
}

# show_progress LABEL SECONDS [DETAIL]: one line that is rewritten; without a terminal a plain line
# every ten seconds, with the detail only if that is a number of tests.
show_progress()
{
	local line

	if on_terminal; then
		line="  $1: $2 s  ${3:-}"
		printf '\r\033[K%s' "${line:0:$((${COLUMNS:-80} - 1))}"
		PROGRESS_SHOWN=1
	elif (($2 % 10 == 0)); then
		[[ ${3:-} =~ ^[0-9]+\ of\ [0-9]+\  ]] || set -- "$1" "$2"
		printf '  %s: %d s%s\n' "$1" "$2" "${3:+, $3}"
	fi
}

last_line()
{
	tail -n 1 "$1" 2>/dev/null | tr -cd '[:print:]'
}

# tests_done FILE: "12 of 95 tests done", from a log of meson or TAP; else the last line.
tests_done()
{
	local count

	count=$(grep -aoE '^ *[0-9]+/[0-9]+ ' "$1" 2>/dev/null | tail -n 1 | tr -d ' ')
	if [[ -z $count ]]; then
		count=$(awk '/^1\.\.[0-9]+$/ { all = substr($0, 4) }
			/^(not )?ok / { n++ }
			END { if (all) print n + 0 "/" all }' "$1" 2>/dev/null)
	fi
	if [[ -n $count ]]; then
		echo "${count%/*} of ${count#*/} tests done"
	else
		last_line "$1"
	fi
}

# wait_child PID LABEL LIMIT [COMMAND ARG...]: show progress until the child ends, with the output
# of the command as a detail. After LIMIT seconds the child is ended, and the status is 124.
wait_child()
{
	local pid=$1 label=$2 limit=$3 start=$SECONDS shown=0 now

	shift 3
	while is_running "$pid"; do
		now=$((SECONDS - start))
		if ((now >= limit)); then
			clear_progress
			end_child "$pid"
			return 124
		fi
		# The script may have been preempted for more than a second.
		for (( ; shown < now; shown++)); do
			show_progress "$label" "$((shown + 1))" "$("${@:-true}")"
		done
		sleep 0.2
	done
	clear_progress
	reap "$pid"
}

# step LABEL LIMIT LOG COMMAND ARG...: run a command with its output in a file. One line shows the
# result; after a failure the end of the file is shown.
step()
{
	local label=$1 limit=$2 log=$3 start=$SECONDS status=0

	shift 3
	spawn "$@" >"$log" 2>&1
	[[ -z ${STEP_PATIENT:-} ]] || PATIENT[$CHILD]=$STEP_PATIENT
	wait_child "$CHILD" "$label" "$limit" last_line "$log" || status=$?
	if ((status == 0)); then
		printf '  %s: done (%d s)\n' "$label" "$((SECONDS - start))"
		return 0
	fi
	if ((status == 124)); then
		printf '  %s: not finished after %d s\n' "$label" "$limit"
	else
		printf '  %s: FAILED (status %d)\n' "$label" "$status"
	fi
	tail -n 60 "$log" | sed 's/^/    | /'
	return "$status"
}

# wait_until SECONDS COMMAND ARG...: repeat the command until it succeeds or the deadline has
# passed.
wait_until()
{
	local deadline=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}
