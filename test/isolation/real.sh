#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# "isolate.sh enter" and "leave" on the real machine, in a PID namespace, so that only threads of
# the test are moved. Interrupts and masks of kernel workers change for a moment.

# shellcheck source=test/isolation/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $EUID -eq 0 ]] || { echo '1..0 # SKIP needs root'; exit 0; }

CPU=$(awk '/^Cpus_allowed_list:/ { n = split($2, cpu, /[-,]/); print cpu[n] }' /proc/self/status)
((CPU > 0)) || { echo '1..0 # SKIP needs two CPUs'; exit 0; }

if [[ -z ${RATION_NAMESPACE:-} ]]; then
	unshare --pid --fork --mount-proc true 2>/dev/null ||
		{ echo '1..0 # SKIP cannot make a PID namespace'; exit 0; }
	[[ ! -e /run/ration-isolation/journal ]] ||
		{ echo '1..0 # SKIP CPUs are isolated at the moment'; exit 0; }
	# Only one of these tests at a time on a machine: several builds may be tested concurrently.
	exec {LOCK}>/run/lock/ration-isolation-test && flock -w 100 "$LOCK"
	export RATION_NAMESPACE=1
	# A PID namespace ends with its first process, so that process must survive the kills.
	unshare --pid --fork --mount-proc "$BASH" "$0" "$ISOLATE"
	exit
fi

taskset -c "$CPU" sleep 1000 &
PINNED=$!
sleep 1000 &
FREE=$!

mask_of()
{
	awk '/^Cpus_allowed_list:/ { print $2 }' "/proc/$1/status"
}

# The files that enter may change, with their contents.
snapshot()
{
	local file

	for file in /proc/irq/*/smp_affinity_list /proc/irq/default_smp_affinity \
			/sys/devices/virtual/workqueue/cpumask \
			/sys/devices/virtual/workqueue/*/cpumask \
			/proc/sys/kernel/watchdog_cpumask; do
		[[ ! -r $file ]] || echo "$file: $(cat "$file" 2>&1)"
	done
	find /sys/fs/cgroup -name 'cpuset.*' -not -name '*pressure' 2>/dev/null | sort |
		while read -r file; do
			echo "$file: $(cat "$file" 2>&1)"
		done
	for file in "$PINNED" "$FREE"; do
		echo "$file: $(mask_of "$file") $(grep -E 'cpuset|^0:' "/proc/$file/cgroup")"
	done
}

is_restored()
{
	snapshot | diff "$TMP/before" - && [[ ! -e /run/ration-isolation/journal ]]
}

# Status 3: new threads are not kept away, as on machines without cpusets.
enters()
{
	local status=0

	"$ISOLATE" enter "$CPU" || status=$?
	echo "status $status"
	((status == 0 || status == 3))
}

# The free thread has left the CPU, and the pinned one has kept it.
threads_are_apart()
{
	echo "pinned: $(mask_of "$PINNED"), free: $(mask_of "$FREE")"
	[[ $(mask_of "$PINNED") == "$CPU" && ,$(mask_of "$FREE"), != *[,-]"$CPU",* ]]
}

# A child of a thread on other CPUs only does not get the CPU, although it asks for it. Without
# cpusets nothing keeps it away.
children_are_kept_away()
{
	local child mask status=0

	taskset -c 0 "$BASH" -c 'sleep 1000 & echo $!; wait' >"$TMP/child" &
	PARENT=$!
	wait_for_line "$TMP/child" || return 1
	child=$(cat "$TMP/child")
	"$ISOLATE" enter "$CPU" || status=$?
	taskset -pc "0,$CPU" "$child"
	mask=$(mask_of "$child")
	"$ISOLATE" leave
	kill "$child"
	wait "$PARENT"
	echo "mask: $mask, status: $status"
	((status == 3)) || [[ $mask == 0 ]]
}

wait_for_line()
{
	local deadline=$((SECONDS + 30))

	until [[ -s $1 ]]; do
		((SECONDS < deadline)) || return 1
	done
}

no_interrupt_left()
{
	local moved

	moved=$(awk -F '\t' '$1 == "file" && $2 ~ "^/proc/irq/[0-9]" { print $2 }' \
		/run/ration-isolation/journal | while read -r file; do
			[[ $(cat "$file") == *"$CPU" ]] || echo "$file"
		done | wc -l)
	echo "$moved interrupts are moved"
	! grep -q '^file	/proc/irq/[0-9]' /run/ration-isolation/journal || ((moved > 0))
}

check_ends_with_a_verdict()
{
	"$ISOLATE" check "$CPU" | tail -n 1 | grep "^CPU $CPU: .* - "
}

# A script that is started with this file in BASH_ENV is killed before command number KILL_AT.
cat >"$TMP/kill.sh" <<'END'
set -o functrace
trap '((++KILL_COUNT != KILL_AT)) || kill -KILL $$' DEBUG
END

# killed_at NUMBER
killed_at()
{
	KILL_COUNT=0 KILL_AT=$1 BASH_ENV=$TMP/kill.sh "$ISOLATE" enter "$CPU"
	"$ISOLATE" status
	"$ISOLATE" leave && is_restored
}

snapshot >"$TMP/before"
check 'check' check_ends_with_a_verdict
check 'enter' enters
check 'threads are apart' threads_are_apart
check 'interrupts are moved' no_interrupt_left
check 'leave' "$ISOLATE" leave
check 'all is restored' is_restored
check 'children are kept away' children_are_kept_away
check 'all is restored again' is_restored
for at in 300 700 1200 2000; do
	check "killed before command $at" killed_at $((at + RANDOM % 200))
done
finish
