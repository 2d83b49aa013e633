#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The report of --test=limit, with 1 to 128 lcores on two CPUs; and tests end in bounded time
# whatever the number of lcores: a row with fewer samples than wanted says so. No figure and no time
# is judged.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

# holds EXPRESSION FILE: the jq expression is true. Rows of the table have the unit ns/packet.
holds()
{
	jq -e "def table: [.rows[] | select(.unit == \"ns/packet\")];
		def p: .params;
		def is(\$re): .case | test(\$re);
		$1" "$TMP/$2.json"
}

# many OPTION...: 128 lcores on the first two CPUs.
many()
{
	cpus=$(first_cpus 2 | sed 's/[0-9]*@//g')
	"$BENCH" --lcores "(0-127)@($cpus)" --no-huge --no-shconf -m 512 --no-pci \
		--file-prefix="bench-test-$$" -- "$@"
}

check '128 lcores at the limit' many --test=limit --quick --json "$TMP/many.json"
# Two lcores have a CPU each. If they never run at the same time, a row is missing.
check 'each case is measured on 1 to 128 lcores' holds '
	def cases: ("all refused", "half refused", "limit 75 %", "limit 99 %", "limit 150 %",
		"limit 400 %", "limit far") as $case
		| (", single calls", ", bursts of 32") as $mode | $case + $mode;
	[table[] | select(p.lcores != 2) | [p.lcores, .case, .impl]] | sort == ([
		(1, 8, 64, 128) as $lcores | cases as $case
		| ("ration", "slots-7-rr", "stock-fixed", "atomic-tree", "cas-tree",
			"limit-counter",
			(if $case | test("refused") then "shared-meter" else empty end))
		| [$lcores, $case, .]] | sort)' many
check 'limits' holds 'table | all(p.limit == (if is("75 %") then 24 * p.lcores
	elif is("99 %") then 32 * p.lcores - 1
	elif is("150 %") then 48 * p.lcores
	elif is("400 %") then 128 * p.lcores else 1048576 end))' many
# The lcores work while their counts are read, so a burst may be counted half.
check 'shares of granted packets' holds 'table
	| all(p.granted_pct >= 0 and p.granted_pct <= 100
	and (if is("^all refused") then p.granted_pct == 0
		elif is("^half refused") then (p.granted_pct - 50 | fabs) < 5
		elif is("^limit far") then p.granted_pct == 100 else true end))' many
check 'a tree without stock grants up to the limit' holds '[table[] | select(p.lcores == 1
	and (.impl == "cas-tree" or .impl == "atomic-tree") and (is("^limit")))
	| (p.granted_pct - ([p.limit / 32, 1] | min) * 100 | fabs) < 0.001]
	| length == 20 and all' many
check 'a tree without stock refuses nothing wrongly' holds '[table[] | select(p.lcores == 1
	and (.impl == "cas-tree" or .impl == "atomic-tree")) | p.wrong_of_packets_pct]
	| length == 28 and all(. == 0)' many
check 'wrong refusals are among the refusals' holds 'table | map(select(.impl != "shared-meter"))
	| all(p.looks > 0
	and p.surely_wrong_of_packets_pct <= p.wrong_of_packets_pct
	and p.wrong_of_packets_pct <= 100
	and (p.wrong_of_refusals_pct == null or (p.wrong_of_refusals_pct <= 100
		and p.wrong_of_refusals_pct >= p.wrong_of_packets_pct)))' many
check 'a full counter refuses nothing wrongly' holds 'table | map(select(.impl != "shared-meter"
	and (is("refused")))) | all(p.wrong_of_refusals_pct == 0
	and (p.in_use_pct - 100 | fabs) < 1)' many
check 'the share in use' holds 'table | map(select(.impl != "shared-meter"))
	| all(p.in_use_pct >= 0 and p.in_use_pct < 150)' many
check 'a meter has nothing in use' holds 'table | map(select(.impl == "shared-meter"))
	| length > 0 and all((p | has("in_use_pct") or has("looks")
		or has("wrong_of_packets_pct")) | not)' many
# In the few windows of many lcores nothing may have been granted.
check 'fairness of what was granted' holds 'table
	| all((p.lcores > 1 or (p.fairness == null) == is("^all refused"))
	and (p.fairness == null or (p.fairness >= 0 and p.fairness <= 1)))' many
check 'time of the refused, of the granted and of the bystander' holds 'table
	| all(if is("^all refused") then p.refused_ns > 0
		elif is("^limit far") then p.granted_ns > 0
		elif is("^half refused") then p.granted_ns == null
			and (p.lcores > 1 or (p.bystander_ns != null and p.refused_ns != null))
		else p.bystander_ns == null end)' many
check 'a row is marked if it has fewer samples than wanted' holds 'table
	| all(.samples >= 1 and .samples <= 11
	and (.samples < 11) == (p.samples_wanted == 11))' many
check 'lcores that share CPUs are marked' holds 'table
	| all(p.lcores <= 2 or p.one_cpu == true)' many

# A second is not enough for what is wanted: 33 windows of a millisecond for 88 rows and more.
check 'limit with little time' bench 3 --test=limit --seconds 1 --json "$TMP/short.json"
check 'limit takes the samples that fit' holds '(table | map(select(p.lcores == 1))
		| length == 88)
	and (table | all(.samples >= 1 and .samples < 33 and p.samples_wanted == 33))' short
check 'scale with little time' bench 3 --test=scale --seconds 1 --json "$TMP/scale.json"
check 'scale takes the samples that fit' holds '[.rows[] | select(p.lcores == 1)]
	| length == 3 * 8 and all(.samples >= 1 and .samples < 99 and p.samples_wanted == 99)' scale
check 'read with little time' bench 3 --test=read --seconds 1 --json "$TMP/read.json"
check 'read has at most the samples that are wanted' holds '.rows | all(.samples >= 1
	and .samples <= 99 and (.samples < 99) == (p.samples_wanted == 99))' read

check 'drains of 127 lcores' many --test=drain --quick --json "$TMP/drains.json"
# Iterations are timed for a millisecond in each of 1,001 repeats, a dead thread takes longer.
check 'drain with little time' bench 3 --test=drain --seconds 1 --json "$TMP/drain.json"
check 'drain takes the samples that fit' holds '[.rows[]
	| select(is("^(iteration|dead)"))]
	| all(.samples < 1001 and p.samples_wanted == 1001)' drain
check 'drains of many counters are marked if samples are missing' holds '[.rows[]
	| select(is("^many"))] | all(.samples >= 1
	and (p.samples_wanted == null or .samples < p.samples_wanted))' drain
finish
