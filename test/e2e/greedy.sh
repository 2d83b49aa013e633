#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The tenant greedy sends six times the rate of the slow stage. With budgets, packets of greedy are
# refused, and the other tenants lose no packets. Without budgets, all tenants lose packets.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SECONDS_OF_FLOOD=3

start()
{
	start_forwarder "$1" no-huge --forward-mode=hold --hold-size=1024 --service-rate=5000 \
		--latency "$2=$BUDGET" || die 'ration-pmd did not start'
	BEFORE=$(server_received)
}

# flood_and COMMAND...: send from greedy and silver, and run the command meanwhile.
flood_and()
{
	local senders=()

	flood 3 30000 "$SECONDS_OF_FLOOD"
	senders+=("$CHILD")
	flood 2 300 "$SECONDS_OF_FLOOD"
	senders+=("$CHILD")
	wait_until 20 greedy_fills_queue || die 'the queue of greedy packets does not fill'
	"$@"
	wait_child "${senders[0]}" 'greedy sends' 60 || die 'greedy could not send'
	wait_child "${senders[1]}" 'silver sends' 60 || die 'silver could not send'
	claim 'all held packets leave after the flood' wait_until 30 nothing_held
}

greedy_fills_queue()
{
	(($(tenant greedy refused) + $(tenant greedy lost) > 0))
}

ping_gold()
{
	claim_replies 'gold receives all echo replies' 1 50
}

begin ping iperf

start with --budget
flood_and ping_gold
claim_stop INT
claim_more 'packets of greedy are refused' 1000 "$(tenant greedy refused)"
for name in gold silver; do
	claim_equal "no packet of $name is refused" 0 "$(tenant "$name" refused)"
done
for name in gold silver greedy; do
	claim_equal "no packet of $name is lost" 0 "$(tenant "$name" lost)"
done
claim 'the usage of greedy never exceeds its budget' test "$(tenant greedy watermark)" -le 100
claim_arrived "$BEFORE"

start without --classify
flood_and true
claim_stop INT
claim_more 'without budgets silver loses packets' 1 "$(tenant silver lost)"
claim_equal 'without budgets no packet is refused' 0 \
	"$(query "$STATS" '[.tenants[].refused] | add')"
claim_arrived "$BEFORE"
finish
