#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# "isolate.sh enter" and "leave" on the real kernel of a virtual machine that serves only this test:
# processes of several threads, in cgroups, each thread pinned like an lcore. Run by
# devtools/isolation-vm.sh.

if [[ -z ${RATION_VM:-} ]]; then
	echo '1..0 # SKIP for a virtual machine: devtools/isolation-vm.sh'
	exit 0
fi

# shellcheck source=test/isolation/lib.sh
. "$(dirname "$0")/lib.sh"

TOP=/sys/fs/cgroup
JOURNAL=/run/ration-isolation/journal
ISOLATED=2-3

# Names of the processes, with their pids; the threads are numbered in the order of their creation,
# and pinned.
declare -A CROWD=() PLACES=()

# A cpuset of version 1 accepts no thread before it has CPUs and memory.
make_group()
{
	mkdir -p "$TOP$1"
	[[ -e $TOP/cpuset.mems && ! -s $TOP/cgroup.controllers ]] || return 0
	echo 0-3 >"$TOP$1/cpuset.cpus"
	echo 0 >"$TOP$1/cpuset.mems"
}

# crowd NAME CGROUP MASK...: a process with a thread for each mask, pinned there.
crowd()
{
	local name=$1 group=$2

	shift 2
	command crowd "$#" "$TMP/$name.up" &
	CROWD[$name]=$!
	until [[ -e $TMP/$name.up ]]; do :; done
	[[ -z $group ]] || make_group "$group"
	echo "${CROWD[$name]}" >"$TOP$group/cgroup.procs"
	PLACES[$name]=$*
	pin "$name"
}

pin()
{
	local mask
	local -a tids

	mapfile -t tids < <(threads_of "$1")
	for mask in ${PLACES[$1]}; do
		taskset -pc "$mask" "${tids[0]}" >/dev/null
		tids=("${tids[@]:1}")
	done
}

# The kernel may forget these masks when cpusets are enabled.
switch_cpusets_on()
{
	local name

	echo +cpuset >"$TOP/cgroup.subtree_control"
	for name in "${!CROWD[@]}"; do
		pin "$name"
	done
}

disband()
{
	kill "${CROWD[$1]}"
	wait "${CROWD[$1]}" 2>/dev/null
	unset "CROWD[$1]"
	rm "$TMP/$1.up"
}

threads_of()
{
	printf '%s\n' "/proc/${CROWD[$1]}"/task/* | sed 's/.*\///' | sort -n
}

# mask_of TID
mask_of()
{
	sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"
}

# group_of PID/task/TID
group_of()
{
	sed -n "$GROUP_LINE" "/proc/$1/cgroup"
}

# "NAME.NUMBER MASK CGROUP" of all threads.
show_crowds()
{
	local name tid
	local -i i

	for name in $(printf '%s\n' "${!CROWD[@]}" | sort); do
		i=0
		for tid in $(threads_of "$name"); do
			echo "$name.$i $(mask_of "$tid") $(group_of "${CROWD[$name]}/task/$tid")"
			i+=1
		done
	done
}

# The state that enter may change.
snapshot()
{
	local file

	show_crowds
	for file in /proc/irq/*/smp_affinity_list /proc/irq/default_smp_affinity \
			/sys/devices/virtual/workqueue/cpumask \
			/proc/sys/kernel/watchdog_cpumask "$TOP"/cgroup.subtree_control; do
		[[ ! -r $file ]] || echo "$file: $(cat "$file" 2>&1)"
	done
	find "$TOP" -type d | sort
	for file in $(find "$TOP" -name 'cpuset.cpus' -o -name 'cpuset.cpus.partition' -o \
			-name 'cpuset.sched_load_balance' | sort); do
		echo "$file: $(cat "$file" 2>&1)"
	done
}

is_restored()
{
	snapshot | diff "$TMP/before" - && [[ ! -e $JOURNAL ]]
}

# are NAME MASK...: the masks of its threads.
are()
{
	local name=$1 tid masks=

	shift
	for tid in $(threads_of "$name"); do
		masks+=" $(mask_of "$tid")"
	done
	echo "$name:$masks, wanted: $*"
	[[ $masks == " $*" ]]
}

# While the CPUs are isolated, pinned threads keep their masks and all others are away.
are_apart()
{
	are app 0 2 3 0-1 0-1 1 && are other 2-3 1 0-1 3 && are top 2 0 0-1
}

lcores_are_inside()
{
	local wanted='app.1 app.2 other.0 other.3 top.0 ' inside

	inside=$(show_crowds | sed -n 's/ .* \/ration-isolated$//p' | tr '\n' ' ')
	echo "inside: $inside"
	[[ $inside == "$wanted" ]]
}

partition_is()
{
	cat "$TOP/ration-isolated/cpuset.cpus.partition"
	[[ $(cat "$TOP/ration-isolated/cpuset.cpus.partition") == "$1" ]]
}

# A thread that replaces another one may not ask for the CPU: leave does not give it back.
newborn_is_kept_away()
{
	local pid mask

	taskset -c 0 sleep 1000 &
	pid=$!
	until [[ $(mask_of "$pid") == 0 ]]; do :; done
	taskset -pc 0-3 "$pid" || return 1
	mask=$(mask_of "$pid")
	kill "$pid"
	echo "mask: $mask"
	[[ $mask == 0-1 ]]
}

isolates()
{
	"$ISOLATE" enter "$ISOLATED"
}

leaves()
{
	"$ISOLATE" leave
}

check_says_isolated()
{
	"$ISOLATE" check "$ISOLATED" | grep -E '^(isolcpus|cpuset) '
	"$ISOLATE" check "$ISOLATED" | grep -q '^cpuset  *ok'
}

# A script that is started with this file in BASH_ENV is killed before command number KILL_AT.
cat >"$TMP/kill.sh" <<'END2'
set -o functrace
trap '((++KILL_COUNT != KILL_AT)) || kill -KILL $$' DEBUG
END2
# shellcheck disable=SC2016 # for the shell that runs it
printf 'set -o functrace\ntrap "((++N))" DEBUG\ntrap "echo \\$N >%s" EXIT\n' "$TMP/n" \
	>"$TMP/count.sh"

commands_of()
{
	N=0 BASH_ENV=$TMP/count.sh "$ISOLATE" "$@" >/dev/null 2>&1
	cat "$TMP/n"
}

# killed WHAT TENTHS COMMANDS: killed after so many tenths of its commands; the next leave restores
# all.
killed()
{
	[[ $1 == enter ]] || isolates || return 1
	KILL_COUNT=0 KILL_AT=$(($3 * $2 / 10)) BASH_ENV=$TMP/kill.sh \
		"$ISOLATE" "$1" ${4:+"$4"}
	leaves && is_restored
}

all_kills()
{
	local name=$1 commands tenths

	commands=$(commands_of enter "$ISOLATED")
	for tenths in 4 8; do
		check "$name: enter killed at $tenths tenths" killed enter "$tenths" "$commands" \
			"$ISOLATED"
	done
	isolates >/dev/null 2>&1
	commands=$(commands_of leave)
	check "$name: leave killed half-way" killed leave 5 "$commands"
}

enter_and_leave()
{
	local name=$1

	snapshot >"$TMP/before"
	check "$name: enter" isolates
	check "$name: all threads are on their CPUs" are_apart
	check "$name: lcores are inside" lcores_are_inside
	check "$name: new threads are kept away" newborn_is_kept_away
	check "$name: check sees it" check_says_isolated
	if [[ $name == v2* ]]; then
		check "$name: the partition is valid" partition_is isolated
	fi
	check "$name: leave" leaves
	check "$name: all is as it was" is_restored
}

# systemd removes a scope when its last process has ended.
home_is_gone()
{
	crowd gone /gone.scope 2 0
	isolates && are gone 2 0 && rmdir "$TOP/gone.scope" || return 1
	leaves >"$TMP/said" 2>&1
	cat "$TMP/said"
	[[ ! -e $JOURNAL ]] && are gone 2 0 && grep -q 'gone.scope' "$TMP/said" || return 1
	disband gone
	is_restored
}

# A thread that was pinned to the CPU meanwhile is still pinned afterwards.
newcomer_keeps_its_cpus()
{
	isolates || return 1
	crowd new '' 0 1
	echo "${CROWD[new]}" >"$TOP/ration-isolated/cgroup.threads"
	taskset -pc 3 "${CROWD[new]}" && are new 3 1 && leaves && are new 3 1 || return 1
	disband new
	is_restored
}

# boxed COMMAND: run isolate.sh in a shell whose top directory is a cgroup, as in a container.
boxed()
{
	# shellcheck disable=SC2016 # the inner shells' variables
	bash -c 'echo $$ >/sys/fs/cgroup/box/cgroup.procs
		exec unshare --cgroup --mount bash -c "umount /sys/fs/cgroup
			mount -t cgroup2 cgroup /sys/fs/cgroup; \"\$0\" \$1" "$@"' \
		bash "$ISOLATE" "$1"
}

# No partition can be created there: the script says so, and undoes its attempt.
in_container()
{
	local status=0

	snapshot >"$TMP/before"
	mkdir "$TOP/box"
	boxed "enter $ISOLATED" >"$TMP/said" 2>&1 || status=$?
	cat "$TMP/said"
	echo "status $status"
	((status == 3)) && ! grep -q 'is isolated' "$TMP/said" && are_apart &&
		[[ ! -e $TOP/box/ration-isolated ]] &&
		[[ $(cat "$TOP/box/cgroup.subtree_control") != *cpuset* ]] || return 1
	boxed leave && rmdir "$TOP/box" && is_restored
}

make_crowds()
{
	crowd app /app.slice/app.service 0 2 3 0-3 0-1 1-2
	crowd other /user.slice 2-3 1 0-3 3
	crowd top '' 2 0 0-3
}

uname -r | sed 's/^/# Linux /'
GROUP_LINE='s/^0:://p'
mount -t cgroup2 cgroup "$TOP" || exit 1
make_crowds
enter_and_leave 'v2'
all_kills 'v2'
check 'v2: the home of an lcore goes away' home_is_gone
check 'v2: a newcomer keeps its CPUs' newcomer_keeps_its_cpus
switch_cpusets_on
check 'v2: no partition in a container' in_container
enter_and_leave 'v2, cpusets on'

# The controller belongs to one hierarchy at a time; newer kernels may not have version 1.
switch_to_version_1()
{
	local name try

	for name in "${!CROWD[@]}"; do
		disband "$name"
	done
	find "$TOP" -mindepth 1 -depth -type d -exec rmdir {} +
	echo -cpuset >"$TOP/cgroup.subtree_control"
	umount "$TOP"
	for ((try = 0; try < 100; try++)); do
		! mount -t cgroup -o cpuset cgroup "$TOP" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

if switch_to_version_1; then
	GROUP_LINE='s/^[0-9]*:cpuset://p'
	crowd app /app 0 2 3 0-3 0-1 1-2
	crowd other /user 2-3 1 0-3 3
	crowd top '' 2 0 0-3
	enter_and_leave 'v1'
else
	echo '# no cpusets of version 1'
fi
finish
