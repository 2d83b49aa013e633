#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# A quick run of all tests: the JSON has all rows and ratios, and the figures are consistent. The
# figures themselves are not judged.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

BUILD=$(dirname "$BENCH")/../..
ROOT=$(cd "$(dirname "$0")/../.." && pwd)

# holds EXPRESSION [FILE]: the jq expression is true.
holds()
{
	jq -e "$1" "${2:-$TMP/all.json}"
}

# The last line counts the verdicts that stand above it.
verdicts_come_last()
{
	tail -n 1 "$TMP/all.txt" | grep -qE '^Targets: [0-9]+ met, [0-9]+ missed' || return
	awk '/^target +value/ { on = 1; next }
		on && /(met|MISSED)\*?$/ { n[/MISSED/ ? "missed" : "met"]++ }
		/^ratio of medians/ { if (on) exit 1 }
		END { printf "Targets: %d met, %d missed\n", n["met"], n["missed"] }' \
		"$TMP/all.txt" > "$TMP/counted" || return
	tail -n 1 "$TMP/all.txt" | grep -qF "$(cat "$TMP/counted")"
}

# With a target that no machine meets, the word MISSED and what it means stand in the report.
missed_is_explained()
{
	! grep -q ' MISSED' "$TMP/all.txt" || grep -q '^MISSED: ' "$TMP/all.txt"
}

lines_fit()
{
	sed -n '/^impl  *case/,$p' "$TMP/all.txt" > "$TMP/tables"
	test -s "$TMP/tables" && ! awk 'length > 100' "$TMP/tables" | grep .
}

# Each figure of the ratios in turn is wrong.
finds_wrong_ratio()
{
	for change in '(.ratios[] | select(.value)).value |= . * 1.01' \
			'(.ratios[] | select(.ok == true)).ok |= false' \
			'.ratios[0].name |= "unknown"' 'del(.ratios[7])' \
			'.verdicts.met |= . + 1' \
			'(.rows[] | select(.case == "walk")).median |= . + 1'; do
		jq "$change" "$TMP/all.json" > "$TMP/wrong.json" || return
		! python3 "$(dirname "$0")/ratios.py" "$TMP/wrong.json" ||
			{ echo "not found: $change"; return 1; }
	done
}

# page REPORT: write the page of the guide from a report, in a copy of the scripts.
page()
{
	COPY=$TMP/copy
	if [ ! -d "$COPY" ]; then
		mkdir -p "$COPY/doc/guide/results" && cp -r "$ROOT/devtools" "$COPY" || return
		echo '   bench' > "$COPY/doc/guide/index.rst"
	fi
	"$COPY/devtools/results.sh" --json "$1"
}

# The report may already be where the page has it, by any path.
page_is_made_from_its_own_report()
{
	page "$TMP/all.json" || return
	cp "$COPY/doc/guide/results.rst" "$TMP/first.rst" || return
	ln -s results "$COPY/doc/guide/link"
	for path in ./results//results.json link/results.json; do
		(cd "$COPY/doc/guide" && page "$path") &&
			cmp "$TMP/all.json" "$COPY/doc/guide/results/results.json" &&
			cmp "$TMP/first.rst" "$COPY/doc/guide/results.rst" || return
	done
}

# refuses REPORT MESSAGE: nothing is changed.
refuses()
{
	! page "$1" > "$TMP/refused" 2>&1 && grep "$2" "$TMP/refused" &&
		cmp "$TMP/all.json" "$COPY/doc/guide/results/results.json" &&
		cmp "$TMP/first.rst" "$COPY/doc/guide/results.rst"
}

page_refuses_other_reports()
{
	head -c 10000 "$TMP/all.json" > "$TMP/cut.json"
	refuses "$TMP/cut.json" 'is not a report' || return
	jq '.interrupted = true' "$TMP/all.json" > "$TMP/interrupted.json"
	refuses "$TMP/interrupted.json" 'interrupted run' || return
	jq '.test = "walk"' "$TMP/all.json" > "$TMP/walk.json"
	refuses "$TMP/walk.json" 'not of all tests' && refuses "$TMP/missing.json" 'cannot read'
}

# The ten figures come first and all have a name that the report has, then all ratios, each once.
page_has_all_figures()
{
	awk '/^The figures that matter/ { on = 1 } /^How to read them/ { exit } on' \
		"$TMP/first.rst" > "$TMP/matter"
	[ "$(grep -c '^   \* - ' "$TMP/matter")" -eq 11 ] || return
	sed -n 's/^   \* - \(.*\): not measured$/\1/p' "$TMP/matter" | while read -r name; do
		jq -e --arg name "$name" 'any(.ratios[]; .name == $name)' "$TMP/all.json" ||
			{ echo "no such ratio: $name"; exit 1; }
	done || return
	sed -n '/^All ratios$/,/^Machine$/p' "$TMP/first.rst" | sed -n 's/^   \* - //p' |
		grep -v '^figure$' | sort > "$TMP/shown"
	jq -r '.ratios[].name' "$TMP/all.json" | sort | diff - "$TMP/shown" &&
		! grep -x 'Others' "$TMP/first.rst"
}

# Nobody has changed the page or the report by hand.
committed_page_is_made_from_its_report()
{
	"$ROOT/devtools/results.sh" --json "$ROOT/doc/guide/results/results.json" \
		--page "$TMP/committed.rst" &&
		diff "$TMP/committed.rst" "$ROOT/doc/guide/results.rst"
}

table_has_all_rows()
{
	jq -r '.rows[] | .impl + " +" + .case' "$TMP/all.json" | sort -u | while read -r row; do
		grep -qE "^$row( |$)" "$TMP/all.txt" || { echo "missing: $row"; exit 1; }
	done
}

# flags SOURCE: the compiler flags of a source file that affect its code, sorted.
flags()
{
	jq -r --arg source "$1" 'first(.[] | select(.file | endswith($source))) | .command' \
		"$BUILD/compile_commands.json" | tr ' ' '\n' | grep -E '^-(O|f|m|U|std|D_FORT)' |
		grep -v -e -fdiagnostics -e / | sort
}

flags_match_build()
{
	for member in flags:app/bench/baselines/backend_ration.c \
			library_flags:lib/ration/lcore/stock.c; do
		jq -r ".machine.${member%%:*}" "$TMP/all.json" | tr ' ' '\n' |
			grep -E '^-(O|f|m|U|std|D_FORT)' | sort > "$TMP/said"
		flags "${member#*:}" | diff - "$TMP/said" || return
		grep -q '^-O' "$TMP/said" || return
	done
}

check 'all tests run' bench 2 --test=all --quick --json "$TMP/all.json"
cp "$TMP/check.log" "$TMP/all.txt"

check 'no number is above 2^53, which readers round' \
	holds 'all(.. | numbers; . <= 9007199254740992)'
check 'top level' holds 'keys == ["interrupted", "machine", "ratios", "rows",
	"test", "verdicts"] and .test == "all" and .interrupted == false'
check 'machine' holds '.machine | (.cpus > 0) and (.tsc_hz > 1000000) and (.tsc_resolution_ns > 0)
	and (.lcores | length == 2) and (.lcores[0].main == true)
	and (.lcores | all(.cpus | length == 1)) and (.hugepages.used == false)
	and ([.cpu, .kernel, .cmdline, .dpdk, .libration, .compiler, .flags,
			.library_flags]
		| all(type == "string" and length > 0))
	and (.run == {"repeats": 11, "seconds": 0, "quick": true, "isolate": false})
	and ([has("governor", "isolated_cpus", "nohz_full", "hypervisor", "smt_active",
		"load_before", "clocksource", "microcode", "caches", "tsc_hz_eal", "topology",
		"idle", "steal_ticks", "cgroup", "kernel_threads", "cmdline_left_out",
		"preemption")] | all)
	and (.kernel | test("^[0-9.]+$"))'
check 'flags match the compile commands' flags_match_build
check 'rows of charge: pairs at each depth' holds '[.rows[] | select(.case == "pair")
	| [.impl, .params.depth]] == [["limit", 1], ["limit-counter", 1], ["mempool-cache", 1],
		["meter", 1]] + [range(1; 9) as $depth | ("ration", "atomic-tree", "cas-tree",
		"spinlock-tree", "slots-7-rr", "stock-v3", "stock-v4") | [., $depth]]'
check 'rows of charge: counters in turn' holds '[.rows[] | select(.case == "round robin")
	| [.impl, .params.counters]] == [(1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 256) as $counters
		| ("limit", "ration", "slots-7-random", "slots-7-rr", "stock-v3", "stock-v4",
		"limit-counter", "atomic-tree") | [., $counters]]'
check 'rows of charge: passes' holds '[.rows[] | select(.case == "passes")
	| [.impl, .params.counters]] == [(1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 256) as $counters
		| ("limit", "ration", "slots-7-random", "slots-7-rr") | [., $counters]]'
check 'rows of charge: bursts' holds '[.rows[] | select(.case | test("^burst"))
	| [.impl, .case, .params.counters]] == [["mempool-cache", "burst", 1]]
		+ [(1, 32, 1024) as $counters | ("burst", "burst, prefetched") as $case
		| ("limit", "ration") | [., $case, $counters]]'
check 'rows of seeds' holds '[.rows[] | select(.case == "seeds") | [.impl, .params.counters]]
	== [(1, 4, 7, 8, 32, 256, 4096) as $groups | ("slots-7-random", "slots-7-rr", "stock-v3",
		"stock-v4", "ration") | [., $groups]]'
check 'rows of walk' holds '[.rows[] | select(.case | test("^walk"))] | length == 2 * 8 * 4'
check 'rows of drain' holds '[.rows[] | select(.unit == "ns"
		and (.case | test("^many") | not)) | [.impl, .case, .params.counters]]
	| length >= 6 and . - [["ring", "polling lcore", 1], ["ration", "polling lcore", 1],
		["ration", "polling lcore", 1024],
		["launch", "worker in WAIT", 1], ["ration", "worker in WAIT", 1],
		["ration", "caller itself", 1], ["ration", "offline lcore, no stock", 1],
		["ration", "dead thread, drained", 1], ["ration", "dead thread, reaped", 1],
		["ration", "dead thread, reaped", 1024],
		["ration", "iteration of a polling lcore", 1],
		["ration", "iteration while drained all the time", 1],
		["ration", "polling lcore, each further counter", 1024]] == []'
check 'stock of a dead thread is returned, unless a sanitizer keeps threads alive' holds '
	(.machine.library_flags | test("-fsanitize=[a-z,]*(address|thread)"))
	!= ([.rows[] | select(.case | test("^dead thread")) | .params.counters] == [1, 1, 1024])'
check 'percentiles of drains of many counters have ten samples above them' holds '[.rows[]
	| select(.case == "many: requester waits") | (.samples >= 96) == (.params | has("p90"))
	and (.samples >= 950 or (.params | has("p99") | not))
	and (.params | has("p99.9") | not) and .median <= (.params.p90 // .max)
	and (.params.p90 // 0) <= .max] | all'
check 'rows of policy' holds '[.rows[] | select(.unit == "%" and .impl == "ration") | .case][:4]
	== ["random walk by 1", "charge only", "32 charges, 32 uncharges",
		"random walk by bursts of 32"]'
check 'no row of two lcores twice' holds '[.rows[] | select(.params.lcores)
	| [.impl, .case, .params.lcores]] | length == (unique | length)'
check 'rows of several lcores have a round trip' holds '[.rows[]
	| select((.params.lcores // .params.owners + 1) >= 2 and (.params.one_cpu | not))]
	| all(.params.round_trip_ns > 0)'
check 'limit of the grants of all lcores' holds '[.rows[] | select(.unit == "grants/us")
	| .params.limit == 96] | all'
check 'units hidden at a refusal' holds '[.rows[] | select(.unit == "units")
	| (.case | test("^hidden at a refusal")) and .params.looks >= .samples
	and .max <= .params.limit + 1] | all'
check 'rows of footprint' holds '[.rows[] | select(.unit == "bytes" and .impl == "ration")
	| .case] == ["memory of a counter", "memory of a counter on an lcore",
		"memory touched by a stock hit"]
	and ([.rows[] | select(.unit == "ns/counter") | [.impl, .case]] == [("ration", "rte_hash")
		as $impl | ("create", "find", "destroy", "create, find, destroy") | [$impl, .]])
	and ([.rows[] | select(.unit == "ns/counter" and .impl == "ration") | .min]
		| .[0] + .[1] + .[2] <= .[3] * 1.001)'
check 'keys of a row' holds '.rows | all(keys == ["case", "impl", "max", "median", "min", "params",
	"samples", "unit"])'
check 'median between min and max' holds '.rows | all(.min <= .median and .median <= .max)'
check 'figures above zero' holds '.rows
	| map(select((.params.one_cpu | not) and .unit != "%" and .unit != "bytes"
		and .unit != "units" and .unit != "ppm"))
	| all(.min > 0)'
check 'at least eleven samples, or the row is marked' holds '.rows | all(.unit == "%"
	or .unit == "bytes" or (.samples < 11) == (.params.short == true))'
check 'a stock hit takes no slow path' holds '[.rows[] | select(.impl == "ration"
		and (.case | test("^(pair$|round robin$|passes$|burst|random$|out-of-line)")))
	| .params.slow_paths] | length == 38 and all(. == 0)'
check 'a walk is a slow path' holds '[.rows[] | select(.impl == "ration" and .case == "walk")
	| .params.slow_paths / (.params.pairs * 2 * .samples)] | all(. == 1)'
check 'targets' holds '[.ratios[] | select(.target) | [.name, .target]] | sort == ([
	["pair: ration / limit", 1.5], ["pair: ration at depth 8 / depth 1", 1.1],
	["burst of 32 over 1024 counters: ration / limit", 1.5],
	["burst of 32 over 1 Mi counters, prefetched: ration / limit", 1.5],
	["round robin over 1 to 256 counters: ration, slowest / fastest", 2],
	["round robin: ration over 8 counters / 7", 1.1],
	(("round robin", "passes") as $case | ("slots-7-rr", "slots-7-random") as $impl
		| ["\($case) over 1 to 7 counters, the worst: \($impl) / ration, at least", 1],
		["\($case) over 8 counters: \($impl) / ration, at least", 1],
		["\($case) over 32 counters: \($impl) / ration, at least", 1]),
	["pair: stock-v3 / ration, at least", 1], ["pair: stock-v4 / ration, at least", 1],
	["pair: atomic-tree of 3 levels / ration, at least", 1],
	["pair: mempool-cache / ration, at least", 3], ["pair: meter / ration, at least", 2],
	["slow paths of a random walk by 1: %", 0.1], ["slow paths of charges only: %", 1.5625],
	["slow paths of bursts up and down: %", 0.1],
	["drain of each further counter, polling lcore: ns", 10],
	["drain of a polling lcore: ration / ring round trip", 2],
	["drain of a worker in WAIT: ration / launch and wait", 1.2],
	["pause of an owner for each of 1024 drained counters: ns", 10],
	["pair, 3 levels, 2 lcores sharing: atomic-tree / ration, at least", 1],
	["producer and consumer, 2 lcores: atomic-tree / ration, at least", 1],
	["grants at the hard limit, all lcores: ration / cas-tree, at least", 0.9],
	["memory of a counter on an lcore: bytes", 8]] | sort)'
check 'what another machine measured is stated and not judged' holds '
	[.ratios[] | select(.reference) | [.name, .reference]] | sort == ([
	(("round robin", "passes") as $case | ("slots-7-rr", "slots-7-random") as $impl
		| ["\($case) over 8 counters: \($impl) / ration, at least", 15],
		["\($case) over 32 counters: \($impl) / ration, at least", 30]),
	["pair: stock-v3 / ration, at least", 10], ["pair: stock-v4 / ration, at least", 10],
	["pair: atomic-tree of 3 levels / ration, at least", 20],
	["pair, 3 levels, 2 lcores sharing: atomic-tree / ration, at least", 100],
	["producer and consumer, 2 lcores: atomic-tree / ration, at least", 5]] | sort)'
check 'verdicts are counted' holds '.verdicts == (.ratios | map(select(.target))
	| {met: map(select(.ok == true)) | length, missed: map(select(.ok == false)) | length,
	not_judged: map(select(.ok == null)) | length}) and .verdicts.met > 10'
check 'a verdict matches its figures' holds '.ratios | all(.ok == null or (.target != null
	and .ok == (if .name | test("at least$") then .value >= .target
		else .value <= .target end)))'
check 'a ratio with a target and rows has a verdict, unless lcores share a CPU' holds '
	([.rows[] | select(.params.one_cpu)] | length) as $shared | .ratios
	| all((.ok == null) == (.target == null or .value == null or ($shared > 0
		and (.name | test("^drain|^pause|lcores|^producer")))))'
check 'a ratio is the ratio of the medians' holds '
	def median($impl; $case; $counters; $depth): first(.rows[] | select(.impl == $impl
		and .case == $case and .params.counters == $counters
		and ($depth == null or .params.depth == $depth))) | .median;
	def ratio($name): first(.ratios[] | select(.name == $name)) | .value;
	[median("ration"; "pair"; 1; 1) / median("limit"; "pair"; 1; 1)
		- ratio("pair: ration / limit"),
	median("slots-7-rr"; "round robin"; 8; 2) / median("ration"; "round robin"; 8; 2)
		- ratio("round robin over 8 counters: slots-7-rr / ration, at least"),
	median("ration"; "burst"; 1024; 1) / median("limit"; "burst"; 1024; 1)
		- ratio("burst of 32 over 1024 counters: ration / limit"),
	median("ration"; "pair"; 1; 8) / median("ration"; "pair"; 1; 1)
		- ratio("pair: ration at depth 8 / depth 1")]
	| all(fabs < 0.001)'
check 'a ratio lies in its range' holds '.ratios | all((.low == null) == (.high == null)
	and (.low == null or (.low <= .value and .value <= .high)))
	and ([.[] | select(.low != null)] | length > 0)'
check 'the table shows every row' table_has_all_rows
check 'the verdicts come last and are counted' verdicts_come_last
check 'a missed target is explained' missed_is_explained
check 'the tables fit 100 columns' lines_fit
check 'another program computes the same ratios' python3 "$(dirname "$0")/ratios.py" "$TMP/all.json"
check 'that program finds a wrong ratio' finds_wrong_ratio

check 'the page of results is made from its own report' page_is_made_from_its_own_report
check 'the page of results has all figures' page_has_all_figures
check 'the page of results refuses other reports' page_refuses_other_reports
check 'the page of the guide is made from its report' committed_page_is_made_from_its_report

check 'charge needs one lcore' bench 1 --test=charge --quick --repeats 12 \
	--json "$TMP/charge.json"
check 'charge only' holds '.test == "charge" and (.rows | length > 100 and all(.samples == 12))' \
	"$TMP/charge.json"
echo '{"old": "and longer than nothing"}' > "$TMP/drain.json"
check 'drain replaces an old file' bench 2 --test=drain --quick --json "$TMP/drain.json"
check 'drain only' holds '.test == "drain" and (.rows | length >= 6) and (has("old") | not)' \
	"$TMP/drain.json"

# draws FILE...: the files exist and are not empty.
draws()
{
	for file; do
		[ -s "$TMP/plots/$file" ] || { echo "missing: $file"; return 1; }
	done
	grep -q '<svg' "$TMP/plots/$1"
}

# Rows of two lcores are missing if they never ran at the same time, or shared a CPU.
draws_drains()
{
	jq -r '.rows[] | select(.impl == "ration" and .params.counters == 1
		and (.params.one_cpu | not)) | .case' "$TMP/drain.json" > "$TMP/cases"
	! grep -qx 'polling lcore' "$TMP/cases" ||
		draws drain-engines.svg drain-engines-ration-polling-lcore-counters-1.hgrm || return
	! grep -qx 'many: requester waits' "$TMP/cases" ||
		draws drain-many.svg drain.svg drain.dat drain-many-counters-1-owners-1.hgrm
}

if command -v gnuplot > /dev/null; then
	check 'plots' bench 1 --test=walk --quick --plot "$TMP/plots"
	check 'plots are drawn' draws walk.svg walk.png walk.dat walk.gp
	check 'plots of drains' bench 2 --test=drain --quick --json "$TMP/drain.json" \
		--plot "$TMP/plots"
	check 'histograms of drains' draws_drains
fi
finish
