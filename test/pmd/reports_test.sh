#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The reports of ration-pmd: what they contain, how long they may take, and what happens if they are
# not read.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

CAPTURE=$2

# start COMMAND...: start ration-pmd with these arguments. Its statistics go to $WORK/out.
start()
{
	no_output
	"$PMD" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null &
	CHILD=$!
}

# stop [SIGNAL]: wait for the end of the child, after a signal if one is given. Sets STATUS.
stop()
{
	[[ $# == 0 ]] || kill "-$1" "$CHILD"
	# shellcheck disable=SC2016
	timeout "$DEADLINE" tail --pid="$CHILD" -f /dev/null || kill -KILL "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	cat "$WORK/err"
}

# The limit of edge refuses, although only gold is charged directly.
blames_the_counter_that_lacked_room()
{
	"$CAPTURE" make "$WORK/burst.pcap" 400
	cat >"$WORK/budget.yaml" <<-'END'
		default: other
		budgets:
		  - name: edge
		    max: 10
		    children:
		      - {name: gold, match: [source: 10.10.1.0/24]}
		  - {name: other, max: 1k}
	END
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/burst.pcap,tx_pcap=$WORK/out.pcap" -- \
		--no-flush-rx --port-topology=loop --forward-mode=hold --service-rate=1000000 \
		--burst=512 --total-num-mbufs=8192 --max-packets=400 \
		--budget="$WORK/budget.yaml" "$@"
	expect_status 0
}
claim 'a limit of an interior counter refuses' blames_the_counter_that_lacked_room \
	--stats-format=json
claim 'JSON: the packets of gold were refused' \
	expect_json '.tenants[] | select(.name == "edge/gold").refused == 30'
claim 'JSON: edge lacked room, gold did not' expect_json '
	[.counters[] | {name, failures, max}] == [
		{"name": "/", "failures": 0, "max": null},
		{"name": "edge", "failures": 30, "max": 10},
		{"name": "edge/gold", "failures": 0, "max": null},
		{"name": "other", "failures": 0, "max": 1024},
		{"name": "malformed", "failures": 0, "max": 0}]'
claim 'JSON: the refusals of all counters are those of all lcores' expect_json \
	'([.counters[].failures] | add) == ([.lcores[].refusals] | add)'
claim 'JSON: no number is above 2^53' expect_json \
	'all(.. | numbers; . <= 9007199254740992)'
claim 'the same as text' blames_the_counter_that_lacked_room
claim 'text: edge lacked room, gold did not' grep -qE '^edge +0 +10 +10 +30 +0 +0$' "$WORK/out"
claim 'text: gold was charged' grep -qE '^edge/gold +40 +10 +30 +0 +0 +0$' "$WORK/out"

MANY=500
{
	echo 'default: other'
	echo 'budgets:'
	echo '  - {name: other, max: 64}'
	for ((i = 0; i < MANY; i++)); do
		echo "  - {name: t$i, max: 64, match: [source: 10.1.$((i / 256)).$((i % 256))/32]}"
	done
} >"$WORK/many.yaml"

bounds_reports()
{
	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=1000 --budget="$WORK/many.yaml" "$@"
	expect_status 0
}
claim 'many tenants as text' bounds_reports
# shellcheck disable=SC2016 # awk's fields
claim 'text: 20 rows of tenants, the busiest first, and the sum of the others' awk '
	$1 == "tenant" {table = 1; next}
	$1 == "..." && table {more = $0; table = 0}
	table {rows++; if (rows == 1) first = $1}
	END {exit !(rows == 20 && first == "other" && more ~ /^\.\.\. and 482 more +0 +0 +0 /)}
	' "$WORK/out"
claim 'text: a report is short' test "$(wc -l <"$WORK/out")" -lt 70
claim 'many tenants as JSON' bounds_reports --stats-format=json
claim 'JSON: 100 rows, the number of the others, and the sum of all' expect_json '
	(.tenants | length) == 100 and .tenants_more == 402 and .tenants[0].name == "other" and
	(.counters | length) == 100 and .counters_more == 403 and
	.tenants_total.tenants == 502 and .tenants_total.offered == .tenants[0].offered'
claim 'many tenants, of which some are selected' bounds_reports --stats-format=json \
	--stats-filter='t19?' --stats-rows=5
claim 'JSON: the selected rows' expect_json '
	[.tenants[].name] == ["t190", "t191", "t192", "t193", "t194"] and .tenants_more == 5'
claim 'many tenants, of which one has changed' bounds_reports --stats-format=json --stats-changed
claim 'JSON: the rows that have changed' expect_json '
	[.tenants[].name] == ["other"] and [.counters[].name] == ["/", "other"]'

# A pipe whose reader has stopped reading: a process that keeps it open.
open_unread_pipe()
{
	rm -f "$WORK/pipe"
	mkfifo "$WORK/pipe"
	exec {UNREAD}<>"$WORK/pipe"
}

# ends_unread SIGNAL ARG...: ration-pmd ends, although its reports fill the pipe.
ends_unread()
{
	local signal=$1

	shift
	open_unread_pipe
	no_output
	"$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-period=1 --stats-rows=2000 \
		--budget="$WORK/many.yaml" "$@" >"$WORK/pipe" 2>"$WORK/err" </dev/null {UNREAD}>&- &
	CHILD=$!
	if [[ $signal != none ]]; then
		eventually grep -q 'reader of the statistics is too slow' "$WORK/err" || return 1
		stop "$signal"
	else
		stop
	fi
	exec {UNREAD}>&-
	[[ $(grep -c 'is too slow: a report is dropped' "$WORK/err") == 1 ]] || return 1
	expect_status 1 && expect_message 'reports were dropped' &&
		expect_message 'has stopped reading: the totals are cut'
}
claim 'a reader that stopped reading does not delay the end of --duration' \
	ends_unread none --stats-format=json --duration=4
claim 'a reader that stopped reading does not delay a signal' \
	ends_unread INT --stats-format=json
claim 'the same with text' ends_unread TERM

# Messages go into the same pipe. Then nobody can read them, and nothing may wait for them either.
ends_with_unread_messages()
{
	open_unread_pipe
	no_output
	"$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-period=1 --stats-rows=2000 \
		--budget="$WORK/many.yaml" --duration=4 >"$WORK/pipe" 2>&1 </dev/null \
		{UNREAD}>&- &
	CHILD=$!
	stop
	exec {UNREAD}>&-
	expect_status 1
}
claim 'nor if messages go the same way' ends_with_unread_messages

# A reader that goes on reading gets whole reports, and the total counts the dropped ones.
resumes()
{
	: >"$WORK/out"
	open_unread_pipe
	no_output
	"$PMD" "${EAL[@]}" "${NULLS[@]}" -- --stats-period=1 --stats-rows=2000 \
		--stats-format=json --budget="$WORK/many.yaml" >"$WORK/pipe" 2>"$WORK/err" \
		</dev/null {UNREAD}>&- &
	CHILD=$!
	eventually grep -q 'reader of the statistics is too slow' "$WORK/err" || return 1
	timeout "$DEADLINE" cat "$WORK/pipe" >"$WORK/out" {UNREAD}>&- &
	eventually test -s "$WORK/out" || return 1
	exec {UNREAD}>&-
	stop INT
	wait
	expect_status 0 && expect_all_accounted && expect_json '.reports_dropped > 0'
}
claim 'a reader that goes on reading gets whole reports' resumes

# After a stop of the program, the reports that are due are not made up for at one instant.
skips_missed_periods()
{
	local end

	start "${EAL[@]}" "${NULLS[@]}" -- --stats-period=1 --stats-format=json
	eventually test -s "$WORK/out" || return 1
	kill -STOP "$CHILD"
	# Two periods pass: this wait is what is tested, however long it takes.
	end=$((SECONDS + 4))
	eventually test "$SECONDS" -ge 0 && while ((SECONDS < end)); do sleep 0.1; done
	kill -CONT "$CHILD"
	eventually last_is '.periods_missed > 0' || return 1
	stop INT
	expect_status 0 && expect_message 'they are skipped and counted' || return 1
	jq -es '([.[] | select(.type == "period")] | length) as $reports | last |
		.periods_missed >= 2 and $reports + .periods_missed <= .time' "$WORK/out"
}
claim 'periods that were missed are skipped and counted' skips_missed_periods

# bytes MAX: ration-pmd runs with this limit in bytes.
bytes()
{
	printf 'unit: bytes\ndefault: small\nbudgets:\n  - {name: small, max: %s}\n' "$1" \
		>"$WORK/bytes.yaml"
	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=100 --budget="$WORK/bytes.yaml" \
		--stats-format=json
	expect_status 0
}

warns_below_one_packet()
{
	bytes 59 && expect_message "counter 'small' (line 4 of the budget): max 59 is less than"
}
claim 'a limit below one packet is worth a warning' warns_below_one_packet

warns_of_the_root()
{
	printf 'unit: bytes\nbudgets: [{name: a, match: [port: 0]}]\nmax: 50\n' >"$WORK/bytes.yaml"
	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=100 --budget="$WORK/bytes.yaml"
	expect_message "counter '/' (line 3 of the budget): max 50 is less than"
}
claim 'also at the root' warns_of_the_root

is_silent_about()
{
	bytes "$1" && ! grep -q 'smallest packet' "$WORK/err"
}
claim 'a limit of one packet is not' is_silent_about 60
claim 'a limit of 0 is not: it is meant' is_silent_about 0

# Overload without budgets: each of three ports gets about a third of the queue.
shares_fairly()
{
	printf 'default: c\nbudgets:\n  - {name: %s, match: [port: 0]}\n' a >"$WORK/ports.yaml"
	printf '  - {name: %s, match: [port: %s]}\n' b 1 c 2 >>"$WORK/ports.yaml"
	start "${EAL[@]}" "${NULLS[@]}" --vdev=net_null2 -- --port-topology=loop \
		--forward-mode=hold --service-rate=20000 --hold-size=64 --stats-format=json \
		--stats-period=1 --classify="$WORK/ports.yaml"
	eventually last_is '.tenants_total.delivered > 10000' || return 1
	stop INT
	# shellcheck disable=SC2016 # jq's variables
	expect_status 0 && expect_json 'all(.tenants[]; .lost > .delivered) and
		(.tenants | length == 3) and
		(.tenants_total.delivered as $sum |
			all(.tenants[]; .delivered > $sum / 6 and .delivered < $sum / 2))'
}
claim 'an overloaded queue without budgets has room for all ports alike' shares_fairly

# vanishes FILTER ARG...: the interface of port 0 is deleted while packets are sent to it.
vanishes()
{
	local link=rp$$

	start "${EAL[@]}" "$1" --vdev=net_null0 -- --stats-period=1 --stats-format=json \
		--classify="$WORK/ports.yaml" "${@:2}"
	eventually last_is '.ports[0].tx > 0 and .ports[0].link == "up"' || return 1
	ip link del "${link}a" || return 1
	eventually last_is '.ports[0].link == "gone"' || return 1
	stop INT
	expect_status 0 && expect_message 'port 0 ' && expect_message 'its interface is gone' &&
		expect_all_accounted && expect_json '.ports[0].link == "gone"'
}

veth_vanishes()
{
	ip link add "rp$$a" type veth peer name "rp$$b" && ip link set "rp$$a" up &&
		ip link set "rp$$b" up && vanishes "--vdev=net_af_packet0,iface=rp$$a"
}

tap_vanishes()
{
	vanishes "--vdev=net_tap0,iface=rp$$a" && expect_json '.ports[0].tx_errors > 0'
}

has_received()
{
	local packets

	read -r packets <"/sys/class/net/$1/statistics/rx_packets" && ((packets > 0))
}

# Without --stats-period, too.
link_goes_down()
{
	start "${EAL[@]}" --vdev="net_tap0,iface=rp$$a" --vdev=net_null0 --
	eventually has_received "rp$$a" 2>"$WORK/null" || return 1
	ip link set "rp$$a" down
	eventually grep -q 'port 0 (net_tap0): link is down' "$WORK/err" || return 1
	ip link set "rp$$a" up
	eventually grep -q 'port 0 (net_tap0): link is up again' "$WORK/err" || return 1
	stop INT
	expect_status 0
}

# The driver net/af_packet does not know; the interface loses its carrier with its peer.
veth_goes_down()
{
	local status=0

	ip link add "rp$$a" type veth peer name "rp$$b" && ip link set "rp$$a" up &&
		ip link set "rp$$b" up || return 1
	start "${EAL[@]}" --vdev="net_af_packet0,iface=rp$$a" --vdev=net_null0 -- \
		--stats-period=1 --stats-format=json
	eventually last_is '.ports[0].link == "up"' && ip link set "rp$$b" down &&
		eventually last_is '.ports[0].link == "down"' && ip link set "rp$$b" up &&
		eventually last_is '.ports[0].link == "up"' || status=1
	stop INT
	ip link del "rp$$a"
	expect_status 0 && expect_message 'port 0 (net_af_packet0): link is down' &&
		expect_message 'port 0 (net_af_packet0): link is up again' && return "$status"
}

# claim_link TEXT FUNCTION: like claim, but skipped where interfaces cannot be created.
claim_link()
{
	if ((EUID == 0)) && [[ -c /dev/net/tun ]] &&
		ip link add "rp$$c" type veth peer name "rp$$d" 2>/dev/null; then
		ip link del "rp$$c"
		claim "$@"
	else
		TESTS=$((TESTS + 1))
		echo "ok $TESTS - $1 # SKIP needs root, ip, veth and tun, to create interfaces"
	fi
}
claim_link 'a veth that is deleted is reported' veth_vanishes
claim_link 'a tap that is deleted is reported, with the errors of its driver' tap_vanishes
claim_link 'a link that goes down and comes back is reported' link_goes_down
claim_link 'so is that of a veth' veth_goes_down

conclude
