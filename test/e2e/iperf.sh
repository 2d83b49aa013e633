#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# TCP and UDP connections of iperf3 pass through ration-pmd with budgets.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# iperf_round NAME ARG...: run an iperf3 client and server. REPORT is the file with the report.
iperf_round()
{
	local name=$1 server

	shift
	REPORT=$WORKDIR/$name.iperf
	spawn ip netns exec "$SERVER" iperf3 --server --one-off --bind 10.10.1.2 --idle-timeout 60 \
		>"$WORKDIR/$name.server" 2>&1
	server=$CHILD
	wait_until 20 server_listens || die 'iperf3 does not listen'
	spawn ip netns exec "$CLIENTS" iperf3 --client 10.10.1.2 --bind 10.10.1.1 --json "$@" \
		>"$REPORT" 2>&1
	wait_child "$CHILD" "iperf3 $name" 60
	claim_equal "iperf3 $name succeeds" 0 "$?"
	end_child "$server"
}

server_listens()
{
	in_ns "$SERVER" ss -Hltn 'sport = :5201' | grep -q .
}

report()
{
	jq -r "$1" "$REPORT"
}

begin iperf3 ss
start_forwarder iperf no-huge --forward-mode=hold --hold-size=1024 --service-rate=50000 --latency \
	--budget="$BUDGET" || die 'ration-pmd did not start'
before=$(server_received)

# The window keeps TCP within its budget of 300 packets most of the time. TCP retransmits refused
# packets.
iperf_round tcp --bytes 4M --window 64K
claim_more 'TCP: every byte arrives' 4000000 "$(report .end.sum_received.bytes)"

iperf_round udp --udp --length 200 --bitrate 1600K --bytes 400000
claim_equal 'UDP: every datagram arrives' '0 of 2000 lost' \
	"$(report '"\(.end.sum.lost_packets) of \(.end.sum.packets) lost"')"

claim_stop INT
claim_more 'the packets were charged to gold' 5000 "$(tenant gold delivered)"
claim_equal 'no packet was assigned to another tenant' 0 \
	"$(($(tenant silver offered) + $(tenant greedy offered)))"
claim_arrived "$before"
finish
