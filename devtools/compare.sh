# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Compares a run without and a run with budgets, and judges the results. Sourced by demo.sh after
# forwarder.sh. The statistics are in without.json and with.json; ARRIVED has the number of received
# packets, if there was a server.

# row NAME LABEL TENANT RUN: a line of the table.
row()
{
	local file=$WORKDIR/$4.json member figures=()

	for member in offered delivered refused lost latency_us.p50 latency_us.p99; do
		figures+=("$(tenant "$3" "$member" "$file")")
	done
	printf '%-8s %-15s %10d %10d %10d %10d %8s %8s\n' "$1" "$2" "${figures[@]:0:4}" \
		"$(milliseconds "${figures[4]}")" "$(milliseconds "${figures[5]}")"
}

milliseconds()
{
	awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'
}

print_table()
{
	local name

	printf '\n%-8s %-15s %10s %10s %10s %10s %8s %8s\n' tenant '' offered delivered refused \
		lost 'p50 ms' 'p99 ms'
	for name in "${TENANTS[@]}"; do
		row "$name" 'without budgets' "$name" without
		row '' 'with budgets' "$name" with
	done
	echo
}

# Every packet has exactly one verdict, and the server received all delivered packets.
check_accounting()
{
	local run status=0 sum

	for run in without with; do
		check_totals "$WORKDIR/$run.json" || status=1
		[[ -n ${ARRIVED[$run]:-} ]] || continue
		sum=$(query "$WORKDIR/$run.json" '[.tenants[].delivered] | add')
		if [[ $sum != "${ARRIVED[$run]}" ]]; then
			echo "  $run budgets: $sum delivered, but ${ARRIVED[$run]} arrived"
			status=1
		fi
	done
	if ((status == 0)); then
		echo 'Accounting: right to the packet. For each tenant offered = delivered +' \
			"refused + lost${ARRIVED[*]:+, what was delivered has arrived}, and all" \
			'counters are back to 0.'
	else
		echo 'Accounting: WRONG, see above.'
	fi
	return "$status"
}

# percent PART WHOLE
percent()
{
	awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.1f", whole ? 100 * part / whole : 0 }'
}

# Succeeds if greedy causes losses of others without budgets, but not with them.
judge_live()
{
	local name run file missed lost offered kept=yes hurt=yes

	for name in gold silver; do
		file=$WORKDIR/without.json
		lost=$(tenant "$name" lost "$file")
		offered=$(tenant "$name" offered "$file")
		echo "$name lost $(percent "$lost" "$offered") % without budgets."
		((lost > 0)) || hurt=no
		file=$WORKDIR/with.json
		lost=$(($(tenant "$name" lost "$file") + $(tenant "$name" refused "$file")))
		((lost == 0)) || { kept=no; echo "$name lost $lost packets with budgets."; }
	done
	for run in without with; do
		missed=$(query "$WORKDIR/$run.json" '[.ports[].missed] | add')
		((missed == 0)) ||
			echo "$run budgets: $missed packets overran the ports: a busy machine."
	done
	[[ $hurt == yes ]] || echo 'NOT SHOWN: without budgets greedy did not hurt the others.'
	[[ $kept == yes ]] || echo 'NOT SHOWN: with budgets the others still lost packets.'
	[[ $hurt == no || $kept == no ]] ||
		echo 'With budgets gold and silver lost nothing; only greedy was refused.'
}

# In the replay no tenant has a rate of its own, so the result is the share of each in the slow
# stage.
judge_replay()
{
	local name run file total
	local -A share

	for run in without with; do
		file=$WORKDIR/$run.json
		total=$(query "$file" '[.tenants[].delivered] | add')
		for name in "${TENANTS[@]}"; do
			share[$name-$run]=$(percent "$(tenant "$name" delivered "$file")" "$total")
		done
	done
	for name in "${TENANTS[@]}"; do
		echo "$name: ${share[$name-without]} % of the slow stage without budgets," \
			"${share[$name-with]} % with."
	done
	awk -v a="${share[greedy-without]}" -v b="${share[greedy-with]}" \
		'BEGIN { exit !(b < a) }' ||
		echo 'NOT SHOWN: budgets did not reduce what greedy gets.'
}
