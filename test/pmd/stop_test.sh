#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd on net_null ports: running, reporting and stopping.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

BROKEN=$4
BUDGET=$WORK/budget.yaml
cat >"$BUDGET" <<'END'
unit: packets
max: 1000
default: rest
budgets:
  - name: left
    max: 300
    match: [port: 0]
  - name: right
    max: 300
    match: [port: 1]
  - name: rest
    max: 10
END

# has_reported FILTER: the child has ended, or the filter is true for its latest statistics.
has_reported()
{
	! kill -0 "$CHILD" 2>/dev/null || last_is "$1"
}

# start ARG...: start ration-pmd and wait until its statistics contain packets.
start()
{
	no_output
	env --default-signal=HUP,INT "$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-format=json \
		--stats-period=1 "$@" >"$WORK/out" 2>"$WORK/err" </dev/null &
	CHILD=$!
	eventually has_reported 'any(.tenants[]; .offered > 0)'
}

# stop SIGNAL...: send all these signals to the child, then wait for its end.
stop()
{
	local signal

	for signal; do
		kill "-$signal" "$CHILD"
	done
	# shellcheck disable=SC2016
	timeout "$DEADLINE" tail --pid="$CHILD" -f /dev/null || kill -KILL "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	cat "$WORK/err"
}

# Every line on stdout is a JSON object, and exactly one of them, the last one, is a total.
expect_lines()
{
	jq -es 'all(.[]; type == "object") and length >= 2 and
		(map(.type) | unique) == ["period", "total"] and
		(map(select(.type == "total")) | length) == 1 and
		.[0].check == null' "$WORK/out" >/dev/null && return 0
	echo 'stdout is not one JSON object per line'
	return 1
}

# stops_cleanly SIGNALS ARG...
stops_cleanly()
{
	local signals=$1

	shift
	start "$@" || return 1
	# shellcheck disable=SC2086
	stop $signals
	expect_status 0 && expect_lines && expect_all_accounted &&
		expect_json '.tenants[0].offered > 0'
}

# A signal ends the wait for a link that does not come up.
stops_while_waiting()
{
	no_output
	"$PMD" "${EAL[@]}" --vdev=net_null0 \
		--vdev="net_memif0,role=server,socket=$WORK/memif,socket-abstract=no" -- \
		--stats-format=json >"$WORK/out" 2>"$WORK/err" </dev/null &
	CHILD=$!
	eventually grep -q 'waiting for the link of port 1' "$WORK/err" || return 1
	stop TERM
	expect_status 0 && expect_all_accounted && ! grep -q 'still down' "$WORK/err"
}
claim 'TERM stops ration-pmd while it waits for a link' stops_while_waiting

for signal in INT TERM HUP USR1 USR2 'INT INT' 'TERM INT TERM'; do
	claim "$signal stops with totals and status 0" stops_cleanly "$signal"
done
claim 'hold with budgets: usage is 0 at the end, although packets were held' stops_cleanly INT \
	--forward-mode=hold --service-rate=1000 --latency --budget="$BUDGET"
claim 'hold without budgets' stops_cleanly TERM --forward-mode=hold --service-rate=1000 --latency
claim 'hold with three lcores and two queues per port' stops_cleanly INT \
	--nb-cores=3 --rxq=2 --txq=2 --forward-mode=hold \
	--service-rate=1000 --hold-size=500 --budget="$BUDGET"

# Shell scripts may have HUP ignored themselves, which cannot be undone in them.
leaves_nothing()
{
	local shared=() word signal

	mkdir -m 700 "$WORK/run"
	for word in "${EAL[@]}"; do
		[[ $word == --no-shconf ]] || shared+=("$word")
	done
	for signal; do
		no_output
		RUNTIME_DIRECTORY=$WORK/run env --default-signal=HUP "$PMD" "${shared[@]}" \
			"${NULLS[@]}" -- >"$WORK/out" 2>"$WORK/err" </dev/null &
		CHILD=$!
		eventually grep -q 'mode io' "$WORK/err" || return 1
		[[ -n $(find "$WORK/run" -type s) ]] || { echo 'EAL created no socket'; return 1; }
		stop "$signal"
		expect_status 0 && grep -q '^---- total' "$WORK/out" || return 1
		[[ -z $(find "$WORK/run/dpdk" -mindepth 1) ]] || { find "$WORK/run"; return 1; }
	done
}
claim 'no signal leaves sockets or files of EAL' leaves_nothing INT TERM HUP USR1 USR2

keeps_ignoring_hup()
{
	no_output
	(trap '' HUP && exec "$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-format=json \
		--stats-period=1) >"$WORK/out" 2>"$WORK/err" </dev/null &
	CHILD=$!
	eventually grep -q 'mode io' "$WORK/err" || return 1
	kill -HUP "$CHILD"
	eventually has_reported '.time > 1.5' && kill -0 "$CHILD" || return 1
	stop TERM
	expect_status 0 && expect_json '.time > 1.5'
}
claim 'HUP is ignored if it was at the start, as with nohup' keeps_ignoring_hup

# Both tenants are always at their limits, therefore the watermark equals the limit.
holds_what_budgets_allow()
{
	local both='[.tenants[] | select(.name != "rest")] | length == 2'

	start --forward-mode=hold --service-rate=1 --budget="$BUDGET" &&
		eventually has_reported "$both and all(.[]; .refused > 0)" || return 1
	stop INT
	expect_json "$both and all(.[]; .watermark == 300 and .lost + .delivered >= 300)" &&
		expect_all_accounted && expect_every "$both and all(.[]; .held <= 300)" &&
		expect_every 'all(.tenants[]; .held <= .usage and .usage <= .max and
			.usage <= .watermark and .in_flight >= 0 and
			.offered == .delivered + .refused + .lost + .held + .in_flight)'
}
claim 'a tenant holds exactly its budget' holds_what_budgets_allow

# Of the 101 entries for two lcores, one lcore gets one more than the other.
shares_the_queue()
{
	local held='([.tenants[].held] | add)'

	start --forward-mode=hold --service-rate=1 --hold-size=101 --nb-cores=2 &&
		eventually has_reported "$held == 101" || return 1
	stop INT
	expect_all_accounted && expect_every "$held <= 101"
}
claim 'the entries of the queue are distributed to the lcores' shares_the_queue

ends_by_itself()
{
	pmd "${EAL[@]}" "${NULLS[@]}" -- --stats-format=json "$@"
	expect_status 0 && expect_all_accounted
}
claim '--duration ends the run' ends_by_itself --duration=1
claim '--max-packets ends the run' ends_by_itself --max-packets=1000
claim 'cycles_per_packet is null without --record-core-cycles' \
	expect_json 'all(.lcores[]; .cycles_per_packet == null)'
claim '--max-packets waits until no packet is held' ends_by_itself --max-packets=100 \
	--forward-mode=hold --service-rate=1000000
claim 'every packet was delivered or lost, because --max-packets waited' \
	expect_json 'all(.tenants[]; .offered >= 100 and .delivered + .lost == .offered)'

for mode in io mac macswap rxonly; do
	claim "$mode with budgets: usage is 0 at the end" ends_by_itself --max-packets=100000 \
		--forward-mode="$mode" --budget="$BUDGET"
	claim "$mode with --classify" ends_by_itself --max-packets=100000 \
		--forward-mode="$mode" --classify="$BUDGET"
done
claim 'two lcores share a budget' ends_by_itself --max-packets=100000 --nb-cores=2 \
	--budget="$BUDGET"

counts_cycles()
{
	ends_by_itself --max-packets=1000 "$@" --record-core-cycles &&
		expect_json 'all(.lcores[]; .cycles_per_packet > 0)'
}
claim '--record-core-cycles measures cycles' counts_cycles
claim '--record-core-cycles measures cycles with budgets' counts_cycles --budget="$BUDGET"

reports_as_text()
{
	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=1000 --budget="$BUDGET"
	expect_status 0 || return 1
	grep -q '^check: passed, the usage of all counters is 0' "$WORK/out" &&
		grep -q '^left  ' "$WORK/out" && ! grep -q $'\e' "$WORK/out"
}
claim 'text contains all tenants and no terminal codes' reports_as_text

fails_when_full()
{
	timeout "$DEADLINE" "$PMD" "${EAL[@]}" "${NULLS[@]}" -- --duration=1 "$@" \
		>/dev/full 2>"$WORK/err"
	STATUS=$?
	expect_status 1 && expect_message 'cannot write statistics'
}
claim 'a full disk is an error' fails_when_full
claim 'a full disk is an error for JSON' fails_when_full --stats-format=json

survives_reader()
{
	timeout "$DEADLINE" "$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-period=1 \
		--stats-format=json 2>"$WORK/err" | head -n 1 >"$WORK/out"
	STATUS=${PIPESTATUS[0]}
	expect_status 1 && expect_message 'cannot write statistics'
}
claim 'if the reader of stdout exits, ration-pmd stops cleanly with an error' survives_reader

# The same program with a ration_domain_verify() that always reports a violation.
fails_after_violation()
{
	local PMD=$BROKEN

	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=100 --budget="$BUDGET" "$@"
	expect_status 1
}
claim 'a violation that the checks at the end find is an error' fails_after_violation \
	--stats-format=json
claim 'JSON contains the violation' expect_json '.check == {"ok": false, "violations": 1}'
claim 'a violation is an error with text, too' fails_after_violation
claim 'text contains the violation' grep -qx 'check: FAILED, 1 violations' "$WORK/out"

conclude
