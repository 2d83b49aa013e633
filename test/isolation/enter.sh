#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# "isolate.sh enter" and "leave" on simulated machines: the changes, and that leave restores every
# byte, wherever the script is killed.

# shellcheck source=test/isolation/lib.sh
. "$(dirname "$0")/lib.sh"

# Plain files do not behave like the kernel's. These functions replace the commands for which that
# matters.
mkdir "$TMP/bin"
cat >"$TMP/bin/taskset" <<'END'
#!/bin/bash
# taskset -pc LIST TID
[[ $2 != refuse ]] || exit 1
sed -i --follow-symlinks "s/^Cpus_allowed_list:.*/Cpus_allowed_list:	$2/" "$MADE/proc/$3/status"
END
cat >"$TMP/bin/mkdir" <<'END'
#!/bin/bash
# A new cgroup has files, an empty mask and no members.
/bin/mkdir "$@" || exit
[[ ${!#} == */sys/fs/cgroup/* ]] || exit 0
for file in cgroup.type cgroup.procs cgroup.threads tasks cpuset.cpus cpuset.mems \
		cpuset.sched_load_balance cpuset.cpus.partition; do
	: >"${!#}/$file"
done
[[ -z ${INVALID:-} ]] || ln -sf /dev/null "${!#}/cpuset.cpus.partition"
END
cat >"$TMP/bin/rmdir" <<'END'
#!/bin/bash
rm -r "$@"
END
chmod +x "$TMP"/bin/*
export PATH=$TMP/bin:$PATH MADE

# A script that is started with this file in BASH_ENV copies the machine to $STATES before each
# command that writes: what a kill at that command would leave. A command that writes and is not
# listed is found, because two copies differ by more than one change then.
cat >"$TMP/states.sh" <<'END'
unset BASH_ENV
set -o functrace
copy_state()
{
	case $BASH_COMMAND in
	mkdir* | rmdir* | rm\ * | mv\ * | taskset*) ;;
	*'>'*HOST_ROOT* | *'>'*'$dir/'* | *'>'*'$file'*) ;;
	*) return ;;
	esac
	((++STATE))
	/bin/cp -a "$MADE" "$STATES/$STATE"
	printf '%s\n' "$BASH_COMMAND" >"$STATES/$STATE.command"
}
STATE=0
trap copy_state DEBUG
END

# A script that is started with this file in BASH_ENV is killed at the writing command KILL_AT.
sed -e 's|^	/bin/cp.*|	((STATE != KILL_AT)) \|\| kill -KILL $$|' -e '/printf/d' \
	"$TMP/states.sh" >"$TMP/kill.sh"

isolate()
{
	"$ISOLATE" --root "$MADE" "$@"
}

# enters CPUS [STATUS]: status 3 without cpusets, because new threads are not kept away then.
enters()
{
	local status=0 wanted=${2:-}

	[[ -n $wanted ]] || wanted=$((MADE_VERSION == 0 ? 3 : 0))
	isolate enter "$1" || status=$?
	echo "status $status, wanted $wanted"
	((status == wanted))
}

# make_machine VERSION: four CPUs, none isolated, with cpusets of that version.
make_machine()
{
	make_good_machine
	MADE_VERSION=$1
	put /sys/devices/system/cpu/isolated ''
	mkdir -p "$MADE/run"
	put /proc/irq/9/smp_affinity_list 0-3
	put /proc/irq/10/smp_affinity_list 2-3
	put /proc/irq/11/smp_affinity_list 0
	put /proc/irq/default_smp_affinity f
	put /sys/devices/virtual/workqueue/cpumask 0f
	put /sys/devices/virtual/workqueue/writeback/cpumask 3
	put /proc/sys/kernel/watchdog_cpumask 0-3
	put_thread 1 1 init 4194560 0-3
	put_thread 2 2 kthreadd 2129984 0-3
	put_thread 300 300 bench 4194304 0-3 /slice
	put_thread 300 301 lcore-worker-2 4194304 2 /slice
	put_thread 300 302 helper 4194304 1-2
	put_thread 303 303 main 4194304 0-1
	case $1 in
	2)
		put /proc/mounts 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0'
		put /sys/fs/cgroup/cgroup.controllers 'cpuset cpu'
		put /sys/fs/cgroup/cgroup.subtree_control "${SUBTREE-cpuset cpu}"
		put /sys/fs/cgroup/cgroup.procs ''
		;;
	1)
		put /proc/mounts 'cgroup /sys/fs/cgroup cgroup rw,cpuset 0 0'
		put /sys/fs/cgroup/cpuset.cpus 0-3
		put /sys/fs/cgroup/cpuset.mems 0
		put /sys/fs/cgroup/cpuset.sched_load_balance 1
		put /sys/fs/cgroup/tasks ''
		;;
	esac
	(($1 == 0)) || { put /sys/fs/cgroup/slice/cpuset.cpus 1-3
		put /sys/fs/cgroup/slice/inner/cpuset.cpus 3; }
	snapshot >"$TMP/before"
}

# All files of the machine with their contents, except lists of members, which only the kernel
# updates.
snapshot()
{
	(cd "$MADE" && find . -type f -not -path './run/*' -not -name tasks \
		-not -name 'cgroup.procs' -not -name 'cgroup.threads' -print0 | sort -z |
		xargs -0 tail -n +1)
}

is_restored()
{
	snapshot | diff "$TMP/before" - && [[ ! -e $MADE/run/ration-isolation/journal ]]
}

# file_says PATH TEXT
file_says()
{
	echo "$1: $(cat "$MADE$1")"
	[[ $(cat "$MADE$1") == "$2" ]]
}

allowed_on()
{
	grep "^Cpus_allowed_list:	$2\$" "$MADE/proc/$1/status" ||
		{ cat "$MADE/proc/$1/status"; return 1; }
}

interrupts_are_moved()
{
	file_says /proc/irq/9/smp_affinity_list 0-1 &&
		file_says /proc/irq/10/smp_affinity_list 0-1 &&
		file_says /proc/irq/11/smp_affinity_list 0 &&
		file_says /proc/irq/default_smp_affinity 3
}

workers_are_moved()
{
	file_says /sys/devices/virtual/workqueue/cpumask 3 &&
		file_says /sys/devices/virtual/workqueue/writeback/cpumask 3 &&
		file_says /proc/sys/kernel/watchdog_cpumask 0-1
}

others_are_shrunk()
{
	file_says /sys/fs/cgroup/slice/cpuset.cpus 1 &&
		file_says /sys/fs/cgroup/slice/inner/cpuset.cpus 3
}

partition_is_made()
{
	local dir=/sys/fs/cgroup/ration-isolated

	file_says "$dir/cgroup.type" threaded && file_says "$dir/cpuset.cpus" 2-3 &&
		file_says "$dir/cpuset.cpus.partition" isolated &&
		file_says "$dir/cgroup.threads" 301 && file_says /sys/fs/cgroup/cgroup.procs 300
}

cpusets_are_made()
{
	local dir=/sys/fs/cgroup/ration

	file_says "$dir-isolated/cpuset.cpus" 2-3 && file_says "$dir-isolated/cpuset.mems" 0 &&
		file_says "$dir-isolated/cpuset.sched_load_balance" 0 &&
		file_says "$dir-isolated/tasks" 301 &&
		file_says "$dir-housekeeping/cpuset.cpus" 0-1 &&
		file_says /sys/fs/cgroup/cpuset.sched_load_balance 0 &&
		[[ $(cat "$MADE$dir-housekeeping/tasks") == [0-9]* ]]
}

# Older kernels forget masks when cpusets change: masks must be restored last.
masks_come_first()
{
	cut -f 1,2 "$MADE/run/ration-isolation/journal"
	cut -f 1,2 "$MADE/run/ration-isolation/journal" | sed -n '3,5p' | sort |
		diff - <(printf 'mask\t%s\n' 301 302 303)
}

# A thread that may only run on CPU 0 now could be the parent of threads that run elsewhere.
main_lcore_is_at_home()
{
	cat "$MADE/run/ration-isolation/journal"
	grep '^home	303	' "$MADE/run/ration-isolation/journal"
}

threads_are_moved()
{
	# The first two threads are moved with their cpuset, if there are two cpusets.
	((VERSION == 1)) || { allowed_on 1 0-1 && allowed_on 2 0-1; } || return 1
	allowed_on 302 1 && allowed_on 301 2 && allowed_on 20 2
}

# refuses TEXT ARG...: the script fails with this text and changes nothing.
refuses()
{
	local text=$1

	shift
	if isolate "$@" >"$TMP/said" 2>&1; then
		echo succeeds
		return 1
	fi
	cat "$TMP/said"
	grep -qF -e "$text" "$TMP/said" && snapshot | diff "$TMP/before" -
}

says()
{
	isolate "${@:2}" >"$TMP/said" 2>&1
	cat "$TMP/said"
	grep -qF -e "$1" "$TMP/said"
}

# states_of ARG...: the machine before each command of isolate.sh that writes, in $STATES.
states_of()
{
	STATES=$TMP/states
	rm -rf "$STATES"
	mkdir "$STATES"
	STATES=$STATES BASH_ENV=$TMP/states.sh isolate "$@"
	# The last one is the end.
	NB_STATES=$(find "$STATES" -name '*.command' | wc -l)
	cp -a "$MADE" "$STATES/$((NB_STATES + 1))"
	echo "$NB_STATES commands write"
}

# Show the files that differ in two copies of the machine; the lock does not count.
changes()
{
	diff -rq --no-dereference "$1" "$2" | sed -n -e "s|^Only in $1\(.*\): |gone \1/|p" \
		-e "s|^Only in $2\(.*\): |new \1/|p" -e "s|^Files $1\(.*\) and .*|changed \1|p" |
		grep -v '/ration-isolation/lock$\|^new /run/ration-isolation$'
}

# is_noted STATE PATH: the journal of that state has the change of this file of the machine.
is_noted()
{
	local journal=$STATES/$1/run/ration-isolation/journal dir=$2

	case $2 in
	/proc/*/status) grep -q "^mask	$(basename "$(dirname "$2")")	" "$journal" ;;
	*/tasks | */cgroup.procs | */cgroup.threads) grep -qE '^(home|dir)	' "$journal" ;;
	*)
		# The value is the present one, except where the kernel wants another word.
		grep -qxF "file	$2	$(head -n 1 "$STATES/$1$2")" "$journal" 2>/dev/null ||
			grep -qE "^file	$2	(-cpuset|member)$" "$journal" && return
		# Below a cgroup that is noted to be new.
		while [[ $dir == */* ]]; do
			! grep -qxF "dir	$dir" "$journal" || return 0
			dir=${dir%/*}
		done
		return 1
		;;
	esac
}

# Every change between two states is one, is made by the command between them, and was noted before.
every_change_is_noted()
{
	local -i state number bad=0
	local how path

	((NB_STATES > 10)) || { echo "only $NB_STATES commands write"; return 1; }
	for ((state = 1; state <= NB_STATES; state++)); do
		number=0
		while read -r how path; do
			number+=1
			[[ $path != /run/* ]] || continue
			is_noted "$state" "$path" && continue
			echo "not noted: $how $path, by $(cat "$STATES/$state.command")"
			bad=1
		done < <(changes "$STATES/$state" "$STATES/$((state + 1))")
		# A new cgroup has several files, all in one new folder.
		((number <= 1)) && continue
		echo "$number changes by $(cat "$STATES/$state.command")"
		bad=1
	done
	return "$bad"
}

# restores STATE...: a leave from each of these states restores everything.
restores()
{
	local state

	for state; do
		MADE=$STATES/$state
		isolate leave >"$STATES/$state.said" 2>&1 && is_restored >>"$STATES/$state.said" &&
			continue
		echo "killed at command $state of $NB_STATES: $(cat "$STATES/$state.command")"
		cat "$STATES/$state.said"
		return 1
	done
}

# every_state_is_restored [STEP]: two at a time.
every_state_is_restored()
{
	local -a odd=() even=()
	local -i state bad=0 step=${1:-1}

	((NB_STATES > 10)) || { echo "only $NB_STATES commands write"; return 1; }
	for ((state = 1; state <= NB_STATES; state += step)); do
		if ((state % 2)); then odd+=("$state"); else even+=("$state"); fi
	done
	restores "${odd[@]}" >"$TMP/odd" 2>&1 &
	restores "${even[@]}" || bad=1
	wait "$!" || bad=1
	cat "$TMP/odd"
	return "$bad"
}

# killed_at NUMBER COMMAND...: a real kill at that writing command leaves what the copies say, and
# the next leave restores everything.
killed_at()
{
	local status=0

	KILL_AT=$1 BASH_ENV=$TMP/kill.sh isolate "${@:2}" || status=$?
	echo "status $status"
	((status == 137)) && [[ -z $(changes "$MADE" "$STATES/$1") ]] && isolate leave &&
		is_restored
}

# Each state takes seconds: every second, or with RATION_TEST_STATES=all each.
STEP=2
[[ ${RATION_TEST_STATES:-} != all ]] || STEP=1

# One version alone while the tests are written.
for VERSION in ${RATION_TEST_CGROUPS:-2 1 0}; do
	name="cgroup v$VERSION"
	make_machine "$VERSION"
	check "$name: enter" enters 2-3
	check "$name: interrupts are moved" interrupts_are_moved
	check "$name: workers are moved" workers_are_moved
	check "$name: threads are moved" threads_are_moved
	((VERSION == 0)) || check "$name: other cpusets are shrunk" others_are_shrunk
	((VERSION != 1)) || check "$name: cpusets are made" cpusets_are_made
	((VERSION != 1)) || check "$name: the main lcore leaves the top" main_lcore_is_at_home
	((VERSION != 2)) || check "$name: a partition is made" partition_is_made
	if ((VERSION > 0)); then
		check "$name: the state is told" says 'CPU 2-3 is isolated' status
		check "$name: entering again changes nothing" says 'is isolated already' enter 3,2
	else
		check "$name: the state is told" says 'CPU 2-3 is not isolated, but' status
		check "$name: entering again changes nothing" enters 3,2 3
	fi
	check "$name: masks are noted before all changes" masks_come_first
	check "$name: leave" isolate leave
	check "$name: all is restored" is_restored
	check "$name: leaving again changes nothing" says 'no CPU is isolated' leave
	# Each command that writes takes seconds, so the normal run has the machine with the fewest.
	[[ $VERSION == 0 || ${RATION_TEST_STATES:-} == all ]] || continue
	make_machine "$VERSION"
	states_of enter 2-3 >"$TMP/states.log" 2>&1
	sed 's/^/# /' <(tail -n 1 "$TMP/states.log")
	check "$name: enter notes every change before it is made" every_change_is_noted
	make_machine "$VERSION"
	check "$name: a real kill leaves what the copies say" \
		killed_at $((1 + RANDOM % NB_STATES)) enter 2-3
	check "$name: enter killed at commands that write" every_state_is_restored "$STEP"
	make_machine "$VERSION"
	isolate enter 2-3 >"$TMP/said" 2>&1
	states_of leave >"$TMP/states.log" 2>&1
	check "$name: leave killed at commands that write" every_state_is_restored "$STEP"
done

make_machine 2
check 'all CPUs are refused' refuses 'one must be left for everything else' enter 0-3
check 'a CPU that is not on is refused' refuses 'CPU 7 is not online; online are: 0-3' enter 2,7
for list in '' x 3-2 '2,' 9999 '2 3'; do
	check "list '$list' is refused" refuses 'is not a list of CPUs' enter "$list"
done
check 'no CPUs' refuses 'enter: which CPUs?' enter
check 'no command' refuses 'which command?'
check 'unknown command' refuses "'isolate' is not understood" isolate
check 'unknown option' refuses "unknown option '--force'" leave --force
check 'root is no folder' refuses "is no folder" status --root "$TMP/none"

# status_is STATUS [CPUS]
status_is()
{
	local status=0

	isolate status "${@:2}" || status=$?
	((status == $1))
}

# The exit status tells whether CPUs are isolated, in part, or only free of threads.
status_tells()
{
	make_machine 2
	status_is 1 && status_is 1 2 && isolate enter 2-3 && status_is 0 && status_is 0 2 &&
		status_is 0 2-3 && status_is 1 1 && status_is 1 1-2 || return 1
	sed -i '$d' "$MADE"/run/ration-isolation/journal
	status_is 2 && status_is 2 2 && isolate leave && status_is 1 2 || return 1
	make_machine 0
	isolate enter 2-3
	status_is 3 && status_is 3 2 && isolate leave && status_is 1 && make_machine 2
}
check 'the status of status tells' status_tells

other_cpus_are_refused()
{
	isolate enter 2 && says 'CPU 2 is isolated; leave first' enter 3 ||
		return 1
	isolate leave && is_restored
}
check 'other CPUs are refused' other_cpus_are_refused

# The failed attempt is undone, and all other changes are made.
invalid_partition()
{
	SUBTREE=cpu make_machine 2
	INVALID=1 enters 2-3 3 2>"$TMP/said" || return 1
	cat "$TMP/said"
	grep -q 'weaker: cgroup v2 refuses a cpuset' "$TMP/said" && threads_are_moved &&
		file_says /sys/fs/cgroup/cgroup.subtree_control -cpuset &&
		file_says /sys/fs/cgroup/slice/cpuset.cpus 1-3 &&
		[[ ! -d $MADE/sys/fs/cgroup/ration-isolated ]] || return 1
	says 'CPU 2-3 is not isolated, but' status && isolate leave &&
		put /sys/fs/cgroup/cgroup.subtree_control cpu && is_restored
}
check 'an invalid partition: done without, and said' invalid_partition

controller_is_switched_off_again()
{
	SUBTREE=cpu make_machine 2
	isolate enter 2-3 && file_says /sys/fs/cgroup/cgroup.subtree_control +cpuset &&
		isolate leave && file_says /sys/fs/cgroup/cgroup.subtree_control -cpuset
}
check 'a controller is switched off again' controller_is_switched_off_again

# A thread that reuses the number of an ended one is a different thread.
other_threads_are_left_alone()
{
	make_machine 0
	enters 2-3 || return 1
	sed -i 's/ 77 0 0$/ 78 0 0/' "$MADE/proc/1/task/1/stat"
	isolate leave && allowed_on 1 0-1 && allowed_on 302 1-2
}
check 'another thread of the same number is left alone' other_threads_are_left_alone

# Without cpusets, children of threads that were moved away are away, too, until leave. A child that
# was pinned since then keeps its mask.
newborn_get_their_parents_cpus()
{
	make_machine 0
	enters 2-3 || return 1
	put_thread 500 500 child 4194304 0-1
	put_thread 501 501 pinned 4194304 1
	put_thread 300 502 another 4194304 0-1
	put_thread 503 503 grandchild 4194304 0-1
	sed -i 's/S 1 1 1/S 500 1 1/' "$MADE/proc/503/task/503/stat"
	isolate leave && allowed_on 500 0-3 && allowed_on 501 1 && allowed_on 502 0-3 &&
		allowed_on 503 0-3
}
check 'a thread created meanwhile gets the CPUs of its parent' newborn_get_their_parents_cpus

# systemd removes an empty scope. Its thread goes to the nearest cgroup above it.
home_is_gone()
{
	make_machine "$1"
	put /sys/fs/cgroup/slice/cgroup.type domain
	put_thread 300 301 lcore-worker-2 4194304 2 /slice/gone.scope
	put_thread 300 300 bench 4194304 0-3 /slice/gone.scope
	snapshot >"$TMP/before"
	enters 2-3 || return 1
	: >"$MADE/proc/300/task/300/cgroup"
	put_thread 300 300 bench 4194304 0-3 /
	put_thread 300 301 lcore-worker-2 4194304 0-3 /ration-isolated
	says 'slice/gone.scope was removed: thread' leave || return 1
	[[ ! -e $MADE/run/ration-isolation/journal ]] || return 1
	file_says "/sys/fs/cgroup/slice/$2" "$3" && allowed_on 301 2
}
check 'cgroup v2: a home that has gone is replaced' home_is_gone 2 cgroup.procs 300
check 'cgroup v1: a home that has gone is replaced' home_is_gone 1 tasks 301

# foreign_namespace: enter was run in another PID namespace, with other numbers of threads.
foreign_namespace()
{
	make_machine 0
	enters 2-3 || return 1
	sed -i 's/^ns	.*/ns	pid:[42]/' "$MADE/run/ration-isolation/journal"
	sed -i 's/^Cpus_allowed_list:.*/Cpus_allowed_list:	1/' "$MADE/proc/303/task/303/status"
}

living_namespace_is_respected()
{
	foreign_namespace || return 1
	mkdir -p "$MADE/proc/1/ns" && ln -s 'pid:[42]' "$MADE/proc/1/ns/pid"
	! isolate leave && says 'nsenter --target 1 --pid' leave || return 1
	[[ -e $MADE/run/ration-isolation/journal ]] && file_says /proc/irq/9/smp_affinity_list 0-1
}
check 'leave from another PID namespace is refused' living_namespace_is_respected

dead_namespace_is_cleaned_up()
{
	foreign_namespace || return 1
	isolate leave && file_says /proc/irq/9/smp_affinity_list 0-3 && allowed_on 303 1 &&
		[[ ! -e $MADE/run/ration-isolation/journal ]]
}
check 'after its PID namespace has ended, all but threads is restored' dead_namespace_is_cleaned_up

unsafe_folder()
{
	make_machine 0
	mkdir -p "$MADE/run/ration-isolation"
	chmod 0777 "$MADE/run/ration-isolation"
	refuses 'is not safe' enter 2 || return 1
	rmdir "$MADE/run/ration-isolation"
	ln -s "$TMP" "$MADE/run/ration-isolation"
	refuses 'is not safe' enter 2
}
check 'a folder that others can write to is refused' unsafe_folder

cut_off_line_is_ignored()
{
	make_machine 0
	enters 2-3 || return 1
	printf 'file	/proc/irq/11/smp_affi' >>"$MADE/run/ration-isolation/journal"
	isolate leave && is_restored
}
check 'a line that was cut off is ignored' cut_off_line_is_ignored

last_change_is_undone_first()
{
	make_machine 0
	mkdir "$MADE/run/ration-isolation"
	printf '%s\n' 'cpus	2-3' 'file	/proc/irq/9/smp_affinity_list	0-3' \
		'file	/proc/irq/9/smp_affinity_list	0-1' 'done' \
		>"$MADE/run/ration-isolation/journal"
	isolate leave && is_restored
}
check 'the last change is undone first' last_change_is_undone_first

what_fails_can_be_tried_again()
{
	make_machine 0
	enters 2-3 || return 1
	mv "$MADE/proc/irq/9/smp_affinity_list" "$TMP/saved"
	mkdir "$MADE/proc/irq/9/smp_affinity_list"
	says 'cannot undo: file	/proc/irq/9/smp_affinity_list	0-3' leave || return 1
	rmdir "$MADE/proc/irq/9/smp_affinity_list"
	mv "$TMP/saved" "$MADE/proc/irq/9/smp_affinity_list"
	says 'CPU 2-3 is as it was' leave && is_restored
}
check 'what cannot be undone can be tried again' what_fails_can_be_tried_again
finish
