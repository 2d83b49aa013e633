# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# What a DPDK process needs and leaves behind: hugepages, EAL arguments, runtime files, and the
# build of this project. Sourced after common.sh.

HUGEPAGES_LOCK=/run/lock/ration-hugepages
HUGE_DIR=

# Changes the number of hugepages of the default size by $1 and prints by how much it changed.
# Adding and taking away, under a lock, leaves alone what others reserve at the same time.
change_hugepages()
{
	local file=/proc/sys/vm/nr_hugepages before after

	(
		flock -w 30 9 || exit 1
		before=$(<"$file")
		echo "$((before + $1 > 0 ? before + $1 : 0))" >"$file" || exit 1
		after=$(<"$file")
		echo "$((after - before))"
	) 9>"$HUGEPAGES_LOCK" 2>/dev/null
}

return_hugepages()
{
	change_hugepages "-$1" >/dev/null
}

hugetlbfs_mounted()
{
	awk '$3 == "hugetlbfs" { found = 1 } END { exit !found }' /proc/mounts
}

mount_hugetlbfs()
{
	HUGE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/ration-huge-$RATION_TAG-XXXXXX") || return 1
	at_exit rmdir "$HUGE_DIR"
	mount -t hugetlbfs nodev "$HUGE_DIR" || return 1
	at_exit umount "$HUGE_DIR"
}

# reserve_hugepages MEGABYTES: reserves that much until the end of the script. Status 1 if it cannot
# be had.
reserve_hugepages()
{
	local size added wanted

	size=$(awk '/^Hugepagesize:/ { print $2 }' /proc/meminfo)
	[[ -n $size && -w /proc/sys/vm/nr_hugepages ]] || return 1
	wanted=$((($1 * 1024 + size - 1) / size))
	added=$(change_hugepages "$wanted")
	[[ -n $added ]] || return 1
	at_exit return_hugepages "$added"
	((added >= wanted)) || return 1
	hugetlbfs_mounted || mount_hugetlbfs || return 1
	printf '  hugepages: %d of %d kB reserved until the end\n' "$added" "$size"
}

# Where DPDK 22.11 keeps a process's runtime files.
dpdk_runtime_dir()
{
	if [[ -n ${RUNTIME_DIRECTORY:-} ]]; then
		printf '%s/dpdk' "$RUNTIME_DIRECTORY"
	elif is_root; then
		printf '/var/run/dpdk'
	else
		printf '%s/dpdk' "${XDG_RUNTIME_DIR:-/tmp}"
	fi
}

# Removes the runtime files and hugepage files of all file prefixes that begin with $1.
remove_dpdk_files()
{
	local dir

	dir=$(dpdk_runtime_dir)
	rm -rf "${dir:?}/${1:?}"*
	while read -r dir; do
		rm -f "$dir/$1"*map_*
	done < <(awk '$3 == "hugetlbfs" { print $2 }' /proc/mounts)
}

# The CPUs this script may use, one per line.
allowed_cpus()
{
	local first last

	awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status | tr ',' '\n' |
		while IFS=- read -r first last; do
			seq "$first" "${last:-$first}"
		done
}

# Lcore 0 (the main lcore, mostly asleep) on the first CPU, lcore 1 (it polls) on the last.
# Sets LCORES and OTHER_CPU, where everything else is better off.
choose_cpus()
{
	local -a cpus

	mapfile -t cpus < <(allowed_cpus)
	# shellcheck disable=SC2034 # used by the scripts that source this file
	OTHER_CPU=${cpus[0]}
	LCORES="0@${cpus[0]},1@${cpus[-1]}"
}

# eal_args NAME huge|no-huge: sets EAL_ARGS for one process. Its files are removed at the end.
eal_args()
{
	local prefix="ration-$RATION_TAG-$$-$1"

	choose_cpus
	EAL_ARGS=(--lcores "$LCORES" --no-pci "--file-prefix=$prefix" --log-level=lib.eal:4)
	if [[ $2 == huge ]]; then
		EAL_ARGS+=(--huge-unlink)
		[[ -z $HUGE_DIR ]] || EAL_ARGS+=("--huge-dir=$HUGE_DIR")
	else
		EAL_ARGS+=(--no-huge --no-shconf -m 256)
	fi
	at_exit remove_dpdk_files "$prefix"
}

give_to_owner()
{
	[[ ! -e $1 ]] || chown -R --reference="$ROOT" "$1"
}

# The build folder: in the source tree if that can be written, so that it can be used again.
choose_build_dir()
{
	if [[ -w $ROOT && (! -e $ROOT/$1 || -w $ROOT/$1) ]]; then
		BUILD=$ROOT/$1
		# Whoever owns the sources shall own what root has built there.
		! is_root || at_exit give_to_owner "$BUILD"
	else
		BUILD=$WORKDIR/$1
	fi
}
