# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Writes the results page of the guide from a report of ration-bench. Sourced by results.sh. JSON is
# the report and FOLDER has the plots. All figures of the page are taken from the report.

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

# Cells of a ratio, as a function of jq.
# shellcheck disable=SC2016
RATIO='def short: (. * 1000 | round / 1000);
	def lower: .name | test("at least$");
	def bound($bound): if $bound == null then "" elif lower then ">= \($bound)"
		else "<= \($bound)" end;
	def met($value): if lower then $value >= .target else $value <= .target end;
	def verdict: if .target == null then "" elif .ok == null then "not judged"
		else (if .ok then "met" else "**missed**" end)
		+ (if .low == null or met(.low) == met(.high) then ""
			else ", not in all parts" end) end;
	def cells: [.name, (if .value == null then "not measured" else (.value | short) end),
		(if .low == null then "" else "\(.low | short) - \(.high | short)" end),
		bound(.target), bound(.reference), verdict];
	def head: ["figure", "value", "range", "target", "there", ""];'

# The figures that matter: what the figure says, the ratio or row that has it, and its plot. A part
# of a name in angle brackets is replaced by the value.
FIGURES='[
	["libration takes <> times as long as a plain limit: load, compare, subtract, store",
		"pair: ration / limit", "depth"],
	["libration takes <> times as long at 8 levels as at 1",
		"pair: ration at depth 8 / depth 1", "depth"],
	["A tree of atomic counters takes <> times as long as libration, 3 levels",
		"pair: atomic-tree of 3 levels / ration, at least", "depth"],
	["libration takes <> of the time of the slots of memory cgroups, for 32 groups",
		"seeds, groups 32: ration / slots-7-rr", "seeds"],
	["In bursts of 32 over 1,024 counters, libration takes <> times as long as a plain limit",
		"burst of 32 over 1024 counters: ration / limit", "bursts"],
	["With 2 lcores on the same counter, a tree of atomic counters takes <> times as long",
		"pair, 3 levels, 2 lcores sharing: atomic-tree / ration, at least", "lcores-same"],
	["<> % of the operations of a random walk miss the stock",
		"slow paths of a random walk by 1: %", ""],
	["A drain of a polling lcore takes <> times as long as a round trip through a ring",
		"drain of a polling lcore: ration / ring round trip", "drain-engines"],
	["At the hard limit, libration grants <> times as many charges as a compare-and-swap tree",
		"grants at the hard limit, all lcores: ration / cas-tree, at least", ""],
	["A counter takes <> bytes on each lcore",
		"memory of a counter on an lcore: bytes", ""]]'

# The ten figures that matter, and the verdicts.
# shellcheck disable=SC2016
figures()
{
	jq -r --argjson figures "$FIGURES" "$RATIO"'
		def three: if . >= 100 then round elif . >= 10 then (. * 10 | round / 10)
			elif . >= 1 then (. * 100 | round / 100)
			else (. * 1000 | round / 1000) end;
		.ratios as $all | ["figure", "range", "target", "there", ""],
		($figures[] as [$text, $name]
			| first($all[] | select(.name == $name)) // {name: $name}
			| . as $r | cells as $cells
			| [(if $r.value == null then "\($name): not measured"
				else ($text | sub("<>"; "**\($r.value | three)**")) end),
				$cells[2], $cells[3], $cells[4], $cells[5]])
		| @tsv' "$JSON" | list_table
	printf '\n'
	query '.ratios | map(select(.target))
		| "Targets: \(map(select(.ok == true)) | length) met, "
		+ "\(map(select(.ok == false)) | length) missed, "
		+ "\(map(select(.ok == null)) | length) not judged."'
}

# Plots of the figures that matter, or all others.
# shellcheck disable=SC2016
plots_of_figures()
{
	jq -rn --argjson figures "$FIGURES" '[$figures[][2] | select(. != "")]
		| reduce .[] as $p ([]; if index([$p]) then . else . + [$p] end) | .[]'
}

# plot NAME: an image. Its text is the title of the plot, if there is one.
plot()
{
	local title

	[[ -e $FOLDER/$1.svg ]] || return 0
	title=$(sed -n "s/^set title '\(.*\)'.*/\1/p" "$FOLDER/$1.gp" 2>/dev/null | head -n 1)
	printf '.. image:: results/%s.svg\n   :alt: %s\n\n' "$1" "${title:-$1}"
}

# Groups of ratios: a heading, and an expression for the names.
GROUPS_OF_RATIOS='[
	["One lcore", "^(pair|burst|round robin|random|passes|out-of-line)(?!.*2 lcores)"],
	["Walks and refusals", "^(walk|refusal|slow paths)"],
	["Drains", "^(drain|pause|reap|iteration of a polling)"],
	["Several lcores", "2 lcores|^(grants|hidden|at the limit)"],
	["Memory and names", "^(memory|create|find|destroy|exact reading)"],
	["Kernel series", "^seeds"],
	["Delays", "^(1,000|one )(?!.*isolated / as it is$)"]]'

# Ratios in groups. In each group those with a target come first. What is in no group comes last.
# Ratios of an isolated CPU have a table of their own.
# shellcheck disable=SC2016
ratios()
{
	local name

	while read -r name; do
		heading "$name" '~'
		jq -r --argjson groups "$GROUPS_OF_RATIOS" --arg name "$name" "$RATIO"'
			def group: .name as $n | first($groups[] | select(.[1] as $e
				| $n | test($e)))[0] // "Others";
			[.ratios[] | select(.name | test("isolated / as it is$") | not)
				| select(group == $name)] | sort_by(.target == null)
			| head, (.[] | cells) | @tsv' "$JSON" | list_table
	done < <(jq -r --argjson groups "$GROUPS_OF_RATIOS" '
		def group: .name as $n | first($groups[] | select(.[1] as $e
			| $n | test($e)))[0] // "Others";
		[.ratios[] | select(.name | test("isolated / as it is$") | not) | group] as $used
		| ($groups[][0], "Others") | select([.] | inside($used))' "$JSON")
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

# All plots but those of the figures that matter.
plots()
{
	local file name shown

	shown=" $(plots_of_figures | tr '\n' ' ')"
	for file in "$FOLDER"/*.svg; do
		[[ -e $file ]] || continue
		name=$(basename "$file" .svg)
		[[ $shown == *" $name "* ]] || plot "$name"
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

# shellcheck disable=SC2016 # marks of the page, not of the shell
page()
{
	local name

	cat <<-'END'
		..  SPDX-License-Identifier: BSD-3-Clause
		    Copyright(c) 2026 The libration authors
		    Made by devtools/results.sh; changes are lost.

		Results
		=======

		One run of all tests of :doc:`reference/bench` on one machine. That page describes
		each figure and how it is measured.
	END
	heading 'The figures that matter' '-'
	figures
	printf '\n'
	for name in $(plots_of_figures); do
		plot "$name"
	done
	heading 'How to read them' '-'
	cat <<-'END'
		All ratios are medians of one run, on the machine described at the end. The range
		is over the parts of the run: seven memory layouts for one lcore, seven periods of
		time for others.

		Targets were set before measuring, on another machine; missed targets are marked.
		If only some parts meet a target, the verdict depends on chance. Ratios to
		implementations that use atomic instructions depend on what those cost: the bound
		in column "there" is as measured on another machine, where they take longer, and
		is not judged here.

		Nanoseconds differ between machines: measure your own. Tails (``max``) show the
		scheduler and the hypervisor, not libration, if the machine is virtual or not
		isolated. Scaling beyond the lcores of this machine was not measured. See below
		how a CPU was isolated before comparing with an isolated CPU.
	END
	if [[ $(query .machine.hypervisor) == true ]]; then
		printf '\nThis machine is virtual, and shared with other virtual machines.\n'
	fi
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
	heading 'More plots' '-'
	plots
	heading 'All ratios' '-'
	printf 'In each group those with a target come first.\n'
	ratios
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

