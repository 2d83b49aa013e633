# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions for DPDK processes: hugepages, EAL arguments, and the build of this project. Sourced
# after common.sh.

NR_HUGEPAGES=/proc/sys/vm/nr_hugepages
# A line "pid pages" for each script that has reserved hugepages, so that concurrent scripts do not
# release each other's pages, and the next script releases those of a killed one.
HUGEPAGES_LEDGER=/run/ration-hugepages
HUGE_DIR=

with_ledger()
{
	(
		flock -w 30 9 || exit 1
		"$@"
	) 9>>"$HUGEPAGES_LEDGER"
}

# Release the hugepages of the script with pid $1, if given, and of all scripts that have ended.
settle_hugepages()
{
	local pid pages kept='' back=0

	while read -r pid pages; do
		if [[ $pid != "$1" ]] && kill -0 "$pid" 2>/dev/null; then
			kept+="$pid $pages"$'\n'
		else
			back=$((back + pages))
		fi
	done <"$HUGEPAGES_LEDGER"
	printf '%s' "$kept" >"$HUGEPAGES_LEDGER"
	((back == 0)) || echo "$(($(<"$NR_HUGEPAGES") - back))" >"$NR_HUGEPAGES"
}

# Reserve $1 more pages, and print how many the kernel provided.
add_hugepages()
{
	local before

	settle_hugepages none
	before=$(<"$NR_HUGEPAGES")
	echo "$((before + $1))" >"$NR_HUGEPAGES" || return 1
	echo "$$ $(($(<"$NR_HUGEPAGES") - before))" | tee -a "$HUGEPAGES_LEDGER" | cut -d ' ' -f 2
}

# A separate mount has no other files and a known page size.
mount_hugetlbfs()
{
	HUGE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/ration-huge-$RATION_TAG-XXXXXX") || return 1
	at_exit rmdir "$HUGE_DIR"
	mount -t hugetlbfs nodev "$HUGE_DIR" || return 1
	at_exit umount "$HUGE_DIR"
}

# reserve_hugepages MEGABYTES: reserve memory until the end of the script. Status 1 if there is not
# enough.
reserve_hugepages()
{
	local size added wanted

	size=$(awk '/^Hugepagesize:/ { print $2 }' /proc/meminfo)
	[[ -n $size && -w $NR_HUGEPAGES ]] || return 1
	wanted=$((($1 * 1024 + size - 1) / size))
	at_exit with_ledger settle_hugepages "$$"
	added=$(with_ledger add_hugepages "$wanted")
	[[ -n $added ]] || return 1
	((added >= wanted)) || return 1
	mount_hugetlbfs || return 1
	printf '  hugepages: %d of %d kB reserved until the end\n' "$added" "$size"
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

# Lcore 0 (the main lcore, mostly asleep) on the first CPU, lcore 1 (it polls) on the last. Sets
# LCORES, and OTHER_CPU for all other processes.
choose_cpus()
{
	local -a cpus

	mapfile -t cpus < <(allowed_cpus)
	# shellcheck disable=SC2034 # used by the scripts that source this file
	OTHER_CPU=${cpus[0]}
	LCORES="0@${cpus[0]},1@${cpus[-1]}"
}

# eal_args NAME huge|no-huge: sets EAL_ARGS for one process.
eal_args()
{
	local prefix="ration-$RATION_TAG-$$-$1"

	choose_cpus
	EAL_ARGS=(--lcores "$LCORES" --no-pci "--file-prefix=$prefix" --log-level=lib.eal:4)
	if [[ $2 == huge ]]; then
		EAL_ARGS+=(--huge-unlink "--huge-dir=$HUGE_DIR")
	else
		EAL_ARGS+=(--no-huge --no-shconf -m 256)
	fi
}

give_to_owner()
{
	[[ ! -e $1 ]] || chown -R --reference="$ROOT" "$1"
}

# The build directory: in the source tree if that is writable, so that it can be used again.
choose_build_dir()
{
	if [[ -w $ROOT && (! -e $ROOT/$1 || -w $ROOT/$1) ]]; then
		BUILD=$ROOT/$1
		# Files that root has built in the source tree get the owner of the sources.
		! is_root || at_exit give_to_owner "$BUILD"
	else
		BUILD=$WORKDIR/$1
	fi
}
