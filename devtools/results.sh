#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Runs all tests of ration-bench and writes the results page of the guide with its plots.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/packages.sh
. "$ROOT/devtools/packages.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"

PAGE=$ROOT/doc/guide/results.rst
FOLDER=$ROOT/doc/guide/results
INDEX=$ROOT/doc/guide/index.rst
JOURNAL=/run/ration-isolation/journal
REPEATS=1001
MEMORY=2048
JSON=
CPUS=

usage()
{
	cat <<-'END'
		Usage: [sudo] devtools/results.sh [--cpus LIST] [--repeats N] [--memory MIB]
		                                  [--json FILE]

		Builds a release, runs ration-bench --test=all, and writes doc/guide/results.rst and
		the plots in doc/guide/results. This takes up to ten minutes; nothing else should
		run. As root it isolates the CPU that hiccup and latency measure for some time, in
		a PID namespace: other threads are not moved, but interrupts are.

		  --cpus LIST    CPUs to measure on, such as 2,3 (default: all allowed CPUs)
		  --repeats N    windows of each case (default 1001)
		  --memory MIB   memory for EAL, without hugepages (default 2048)
		  --json FILE    write the page from this report without measuring; keep the plots
		  --help         print this text
	END
}

# lcores CPUS: convert "2,3" to the format of EAL's --lcores: 0@2,1@3.
lcores()
{
	awk -v cpus="$1" 'BEGIN {
		n = split(cpus, part, ",")
		for (i = 1; i <= n; i++) {
			m = split(part[i], range, "-")
			for (c = range[1]; c <= range[m]; c++)
				printf("%s%d@%d", (found++ > 0 ? "," : ""), found, c)
		}
	}'
}

allowed_cpus()
{
	awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status
}

build_release()
{
	local build=$ROOT/build-results

	[[ -f $build/build.ninja ]] || step 'configure' 120 "$WORKDIR/build.log" \
		env CFLAGS= LDFLAGS= meson setup -Dbuildtype=release -Dtests=false "$build" \
		"$ROOT" || return 1
	step 'build' 600 "$WORKDIR/build.log" ninja -C "$build" app/bench/ration-bench || return 1
	BENCH=$build/app/bench/ration-bench
}

# Isolating a CPU moves threads away from it. In a PID namespace these are our own threads only.
can_isolate()
{
	is_root && unshare --pid --fork --mount-proc true 2>/dev/null || return 1
	[[ ! -e $JOURNAL ]] ||
		{ echo "no comparison with an isolated CPU: $JOURNAL exists"; return 1; }
}

# in_namespace COMMAND ARG...: when the first process of a PID namespace ends, the kernel kills all
# others. So the first process is a shell that outlives the command and undoes the isolation.
# shellcheck disable=SC2016 # the inner shell's variables
in_namespace()
{
	unshare --pid --fork --mount-proc "$BASH" -c 'trap : HUP INT TERM
		"$@"
		status=$?
		"$0" leave || exit
		exit "$status"' "$RATION_ISOLATE" "$@"
}

measure()
{
	local -a bench

	rm -rf "$FOLDER"
	mkdir -p "$FOLDER"
	JSON=$FOLDER/results.json
	bench=("$BENCH" --lcores "$(lcores "$CPUS")" --no-huge --no-shconf -m "$MEMORY" --no-pci
		--file-prefix="results-$RATION_TAG" --log-level='*:error' -- --test=all
		--repeats "$REPEATS" --json "$JSON" --plot "$FOLDER")
	if can_isolate; then
		export RATION_ISOLATE=$ROOT/config/isolation/isolate.sh
		in_namespace "${bench[@]}" --isolate || return 1
	else
		"${bench[@]}" || return 1
	fi
	# The data of the plots is also in the report and in the histograms.
	rm -f "$FOLDER"/*.dat "$FOLDER"/*.gp
}

# query EXPRESSION: apply a jq expression to the report, with output as text.
query()
{
	jq -r "$1" "$JSON"
}

# heading TEXT CHARACTER
heading()
{
	printf '\n%s\n%s\n\n' "$1" "${1//?/$2}"
}

# Write a list-table. Input: lines of tab-separated cells; the first line is the header.
list_table()
{
	printf '.. list-table::\n   :header-rows: 1\n\n'
	awk -F '\t' '{
		for (i = 1; i <= NF; i++)
			printf("   %s%s%s\n", (i == 1 ? "* -" : "  -"), ($i == "" ? "" : " "), $i)
	}'
}

# shellcheck disable=SC2016 # jq's variables
ratios()
{
	query 'def short: (. * 1000 | round / 1000);
		["figure", "value", "range", "target", ""],
		(.ratios[] | select(.name | test("isolated / as it is$") | not)
			| . as $r | [.name, (if .value == null then "not measured"
				else (.value | short) end),
			(if .low == null then "" else "\(.low | short) - \(.high | short)" end),
			(if .target == null then "" elif (.name | test("at least$"))
				then ">= \(.target)" else "<= \(.target)" end),
			(if .ok == null then "" elif .ok then "ok" else "**missed**" end)
			+ (if .ok == null or .low == null then ""
				elif ([.low, .high] | map(if $r.name | test("at least$")
					then . >= $r.target else . <= $r.target end) | unique
					| length) > 1 then ", not in all parts" else "" end)])
		| @tsv' | list_table
}

machine()
{
	query '["", ""], (.machine | to_entries[] | select(.key != "cmdline") | [.key,
			"``" + (if (.value | type) == "string" then .value
				else (.value | tojson) end) + "``"])
		| @tsv' | sed 's/````/(empty)/' | list_table
	printf '\nKernel command line, without what cmdline_left_out names::\n\n   %s\n' \
		"$(query .machine.cmdline)"
}

# seeds BEFORE: before, after and delta, as in the cover letter of the kernel series.
# shellcheck disable=SC2016
seeds()
{
	jq -r --arg before "$1" '.rows as $rows
		| def us($impl; $groups): first($rows[] | select(.case == "seeds"
			and .impl == $impl and .params.counters == $groups)) | .median;
		def short: (. * 100 | round / 100);
		def column($impl; $groups): us($before; $groups) as $old
			| us($impl; $groups) as $new
			| ($new | short), "\((($new - $old) / $old * 1000 | round / 10)) %";
		["groups", "\($before) (before)", "stock-v3", "delta", "stock-v4", "delta",
			"ration", "delta"],
		([$rows[] | select(.case == "seeds") | .params.counters] | unique[]
			| . as $groups | [$groups, (us($before; $groups) | short),
			column("stock-v3"; $groups), column("stock-v4"; $groups),
			column("ration"; $groups)])
		| @tsv' "$JSON" | list_table
}

# shellcheck disable=SC2016
real_kernel()
{
	query '.rows as $rows
		| def us($impl; $groups): first($rows[] | select(.impl == $impl
			and .params.counters == $groups)) | .median;
		["groups", "root cgroup (us)", "memory cgroups (us)", "delta"],
		([$rows[] | select(.impl == "kernel, memory cgroups") | .params.counters]
			| unique[] | . as $groups
			| us("kernel, root cgroup"; $groups) as $old
			| us("kernel, memory cgroups"; $groups) as $new
			| [$groups, ($old | round), ($new | round),
			"\((($new - $old) / $old * 1000 | round / 10)) %"])
		| @tsv' | list_table
}

# Gaps and delays of the CPU as it is and, if it could be isolated, of the isolated CPU. Percentiles
# with too few values above them are empty.
# shellcheck disable=SC2016
tails()
{
	query '[.rows[] | select(.unit == "us" and .params.values)] as $rows
		| def short: if . == null then "" else (. * 100 | round / 100) end;
		["us", "", "isolated by", "check", "median", "p99", "p99.9", "p99.99", "p99.999",
			"largest"],
		($rows[] | .params as $p | [(.case | sub("^largest gap"; "gap")), .impl,
				$p.isolated_by // "", $p.check // ""]
			+ ([$p.p50, $p.p99, $p["p99.9"], $p["p99.99"], $p["p99.999"], $p.largest]
			| map(short)))
		| @tsv' | list_table
}

# Ratios of the isolated CPU to the CPU as it is.
# shellcheck disable=SC2016
isolated_ratios()
{
	query 'def short: (. * 1000 | round / 1000);
		["isolated / as it is", "value", "range"],
		(.ratios[] | select(.name | test("isolated / as it is$")) | select(.value != null)
			| [(.name | sub(": isolated / as it is$"; "")), (.value | short),
			(if .low == null then "" else "\(.low | short) - \(.high | short)" end)])
		| @tsv' | list_table
}

# Shares of time that were lost to gaps.
# shellcheck disable=SC2016
shares()
{
	query 'def short: (. * 10 | round / 10);
		["time lost to gaps, ppm", "", "isolated by", "min", "median", "max"],
		(.rows[] | select(.unit == "ppm") | [(.case | sub("^lost to gaps, "; "")), .impl,
			.params.isolated_by // ""] + ([.min, .median, .max] | map(short)))
		| @tsv' | list_table
}

plots()
{
	local plot

	for plot in "$FOLDER"/*.svg; do
		[[ -e $plot ]] || continue
		printf '.. image:: results/%s\n   :alt: %s\n\n' "${plot##*/}" \
			"$(basename "$plot" .svg)"
	done
}

what_isolated()
{
	cat <<-'END'

		"enter, PID namespace" means: this script ran the program in its own PID
		namespace, so no thread of another program was moved. Movable interrupts and the
		threads of this program were kept away; the kernel still scheduled other threads
		on all CPUs. Such a CPU is not isolated as on a production machine.

	END
}

# Add the page to the table of contents of the guide.
name_in_index()
{
	grep -q '^   results$' "$INDEX" || sed -i 's/^   bench$/&\n   results/' "$INDEX"
}

# shellcheck disable=SC2016 # marks of the page, not of the shell
page()
{
	cat <<-'END'
		..  SPDX-License-Identifier: BSD-3-Clause
		    Copyright(c) 2026 The libration authors
		    Made by devtools/results.sh; changes are lost.

		Results
		=======

		One run of all tests of :doc:`reference/bench` on one machine. That page describes
		each figure and how it is measured.
	END
	heading 'Claims' '-'
	cat <<-'END'
		The ratios below: medians of one run, on the machine described at the end. Targets
		were set before measuring, on another machine; missed targets are marked. The
		range is over the parts of the run: seven memory layouts for one lcore, seven
		periods of time for others. If only some parts meet a target, the verdict depends
		on chance.
	END
	heading 'Limits' '-'
	cat <<-'END'
		Nanoseconds differ between machines: measure your own. Tails (``max``) show the
		scheduler and the hypervisor, not libration, if the machine is virtual or not
		isolated. Scaling beyond the lcores of this machine was not measured. See below
		how a CPU was isolated before comparing with an isolated CPU.
	END
	if [[ $(query .machine.hypervisor) == true ]]; then
		printf '\nThis machine is virtual, and shared with other virtual machines.\n'
	fi
	heading 'Ratios' '-'
	ratios
	heading 'Table of the kernel series' '-'
	cat <<-'END'
		Microseconds per iteration: 64 pages of each group (fewer beyond 128 groups) are
		charged and released, the groups in turn.

	END
	seeds slots-7-rr
	printf '\n%s\n\n' 'The same with the older eviction of a random slot:'
	seeds slots-7-random
	if [[ $(query '.rows | any(.impl == "kernel, memory cgroups")') == true ]]; then
		cat <<-'END'

			The same pages on the kernel of this machine, faulted in and released, with
			one process per group and all processes at the same time. Page faults are
			included. Memory cgroups are compared with the root cgroup, which is not
			charged.

		END
		real_kernel
	fi
	heading 'Tails' '-'
	cat <<-'END'
		Microseconds: gaps between iterations of a polling lcore, and delays from the
		planned start of an operation. "Check" is the verdict of ``isolate.sh check``, see
		:doc:`reference/isolation`. The histograms are in the directory of the plots.

	END
	tails
	printf '\n'
	shares
	if [[ $(query '.rows | any(.params.isolated == true)') != true ]]; then
		printf '\n%s\n' 'No CPU was isolated for comparison.'
	else
		what_isolated
		isolated_ratios
	fi
	heading 'Plots' '-'
	plots
	heading 'Machine' '-'
	machine
	heading 'How to repeat it' '-'
	printf '.. code-block:: console\n\n   %sdevtools/results.sh --cpus %s --repeats %s\n\n' \
		"$([[ $(query .machine.run.isolate) != true ]] || echo 'sudo ')" \
		"$(query '[.machine.lcores[].cpus[]] | map(tostring) | join(",")')" \
		"$(query .machine.run.repeats)"
	printf '%s\n' 'All rows, with ``min``, ``median``, ``max`` and samples, are in' \
		':download:`results.json <results/results.json>`.'
}

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--cpus) CPUS=${2:?--cpus needs a list}; shift ;;
	--repeats) REPEATS=${2:?--repeats needs a number}; shift ;;
	--memory) MEMORY=${2:?--memory needs a number}; shift ;;
	--json) JSON=${2:?--json needs a file}; shift ;;
	*) usage >&2; die "unknown option '$1'" ;;
	esac
	shift
done

make_workdir
need_commands jq meson ninja
CPUS=${CPUS:-$(allowed_cpus)}
if [[ -z $JSON ]]; then
	need_commands gnuplot
	build_release || die 'the build failed'
	measure || die 'the measurement failed'
elif [[ $JSON != "$FOLDER/results.json" ]]; then
	mkdir -p "$FOLDER"
	cp "$JSON" "$FOLDER/results.json" || die "cannot read '$JSON'"
fi
if ! { page >"$PAGE.new" && mv "$PAGE.new" "$PAGE" && name_in_index; }; then
	die "cannot write '$PAGE'"
fi
echo "written: $PAGE"
