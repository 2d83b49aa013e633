#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# A quick run of everything: the JSON has all rows and ratios, and the figures agree with each
# other. Never whether they are good.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

# holds EXPRESSION [FILE]: jq finds it true.
holds()
{
	jq -e "$1" "${2:-$TMP/all.json}"
}

table_has_all_rows()
{
	jq -r '.rows[] | .impl + " +" + .case' "$TMP/all.json" | while read -r row; do
		grep -qE "^$row " "$TMP/all.txt" || { echo "missing: $row"; exit 1; }
	done
}

check 'all tests run' bench 2 --test=all --quick --json "$TMP/all.json"
cp "$TMP/check.log" "$TMP/all.txt"

check 'top level' holds 'keys == ["machine", "ratios", "rows", "test"] and .test == "all"'
check 'machine' holds '.machine | (.cpus > 0) and (.tsc_hz > 1000000) and (.tsc_resolution_ns > 0)
	and (.lcores | length == 2) and (.lcores[0].main == true)
	and (.lcores | all(.cpus | length == 1)) and (.hugepages.used == false)
	and ([.cpu, .kernel, .cmdline, .dpdk, .libration, .compiler, .flags,
			.library_flags]
		| all(type == "string" and length > 0))
	and ([has("governor", "isolated_cpus", "nohz_full", "hypervisor", "smt_active", "load",
		"clocksource", "microcode", "caches", "tsc_hz_eal")] | all)'
check 'rows of charge' holds '[.rows[] | select(.unit == "ns/pair")
	| [.impl, .case, .params.counters, .params.depth]] == [
		["limit", "pair", 1, 1], ["ration", "pair", 1, 1], ["ration", "pair", 1, 8],
		["atomic-tree", "pair", 1, 2], ["ration", "pair", 1, 2],
		["limit", "turn", 1, 1], ["ration", "turn", 1, 1],
		["limit", "turn", 256, 1], ["ration", "turn", 256, 1],
		["limit", "burst", 1024, 1], ["ration", "burst", 1024, 1]]'
check 'rows of drain' holds '[.rows[] | select(.unit == "ns")
	| [.impl, .case, .params.counters]] == [
		["ring", "polling lcore", 1], ["ration", "polling lcore", 1],
		["ration", "polling lcore", 1024],
		["launch", "worker in WAIT", 1], ["ration", "worker in WAIT", 1],
		["ration", "caller itself", 1], ["ration", "parked lcore", 1],
		["ration", "turn of a polling lcore", 1],
		["ration", "turn of one that is drained all the time", 1],
		["ration", "polling lcore, each further counter", 1024]]'
check 'rows of policy' holds '[.rows[] | select(.unit == "%") | .case]
	== ["random walk by 1", "charge only", "32 charges, 32 uncharges"]'
check 'row members' holds '.rows | all(keys == ["case", "impl", "max", "median", "min", "params",
	"samples", "unit"])'
check 'median between min and max' holds '.rows | all(.min <= .median and .median <= .max)'
check 'figures above zero' holds '.rows
	| map(select((.params.one_cpu | not) and .unit != "%")) | all(.min > 0)'
check 'eleven repeats at least' holds '.rows | all(.samples >= 11 or .unit == "%")'
check 'a stock hit takes no slow path' holds '[.rows[] | select(.impl == "ration")
	| .params.slow_paths | values] | length == 6 and all(. == 0)'
check 'ratio names' holds '[.ratios[].name] == [
	"pair: ration / limit", "pair: ration at depth 8 / depth 1",
	"pair: ration / atomic-tree of 3 levels",
	"turn: ration over 256 counters / 1 counter", "turn: ration over 1 counter / 256 counters",
	"turn: ration / limit over 1 counter", "turn: ration / limit over 256 counters",
	"burst: ration / limit, 32 of 1024 counters",
	"drain of each further counter, polling lcore: ns",
	"drain of a parked lcore / of the caller itself",
	"turn of a polling lcore: drained all the time / undisturbed",
	"drain of a polling lcore: ration / ring round trip",
	"drain of a worker in WAIT: ration / launch and wait",
	"drain of 1024 counters / 1 counter, polling lcore",
	"drain of the caller itself: ration / ring round trip",
	"slow paths of a random walk by 1: %", "slow paths of charges only: %",
	"slow paths of bursts up and down: %"]'
check 'targets' holds '[.ratios[].target]
	== [1.5, 1.1, null, 2, 2, null, null, 1.5, 10, 2, null, 2, 1.2, null, null,
		0.1, 1.5625, 0.1]'
check 'a verdict agrees with its figures' holds '.ratios | all(.ok == null
	or (.target != null and .ok == (.value <= .target)))'
check 'verdicts where there are targets, unless lcores share a CPU' holds '
	([.rows[] | select(.params.one_cpu)] | length) as $shared | .ratios
	| all((.ok == null) == (.target == null or ($shared > 0 and (.name | test("^drain")))))'
check 'a ratio is that of the medians' holds '(.rows[1].median / .rows[0].median) as $pair
	| (.rows[10].median / .rows[9].median) as $burst
	| (.rows[12].median / .rows[11].median) as $drain
	| [$pair - .ratios[0].value, $burst - .ratios[7].value, $drain - .ratios[11].value]
	| all(fabs < 0.001)'
check 'the table shows every row' table_has_all_rows

check 'charge alone needs one lcore' bench 1 --test=charge --quick --repeats 12 \
	--json "$TMP/charge.json"
check 'charge alone' holds '.test == "charge" and (.rows | length == 11 and all(.samples == 12))
	and (.ratios | length == 8)' "$TMP/charge.json"
echo '{"old": "and longer than nothing"}' > "$TMP/drain.json"
check 'drain alone over an old file' bench 2 --test=drain --quick --json "$TMP/drain.json"
check 'drain alone' holds '.test == "drain" and (.rows | length == 10) and (has("old") | not)' \
	"$TMP/drain.json"
finish
