#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# One tenant sends six times what the slow stage can serve. With budgets it is refused, and the
# others lose nothing. Without, everybody loses.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SECONDS_OF_FLOOD=3

start()
{
	start_forwarder "$1" no-huge --forward-mode=hold --hold-size=1024 --service-rate=5000 \
		--latency "$2=$BUDGET" || die 'it did not start'
	BEFORE=$(server_received)
}

# Sends from greedy and silver, and waits for whatever is given as arguments meanwhile.
flood_and()
{
	local senders=()

	flood 3 30000 "$SECONDS_OF_FLOOD"
	senders+=("$CHILD")
	flood 2 300 "$SECONDS_OF_FLOOD"
	senders+=("$CHILD")
	wait_until 20 greedy_fills_queue || die 'greedy does not send'
	"$@"
	wait_child "${senders[0]}" 'greedy sends' 60 || die 'greedy could not send'
	wait_child "${senders[1]}" 'silver sends' 60 || die 'silver could not send'
	claim 'all held packets leave in the end' wait_until 30 nothing_held
}

greedy_fills_queue()
{
	(($(tenant greedy refused) + $(tenant greedy lost) > 0))
}

ping_gold()
{
	claim_equal 'gold gets all answers' 50 "$(ping_tenant 1 50)"
}

begin ping iperf

start with --budget
flood_and ping_gold
claim_stop INT
claim_more 'greedy is refused' 1000 "$(tenant greedy refused)"
for name in gold silver; do
	claim_equal "$name is never refused" 0 "$(tenant "$name" refused)"
done
for name in gold silver greedy; do
	claim_equal "$name loses nothing in the queue" 0 "$(tenant "$name" lost)"
done
claim 'greedy never holds more than its budget' test "$(tenant greedy watermark)" -le 100
claim_arrived "$BEFORE"

start without --classify
flood_and true
claim_stop INT
claim_more 'without budgets silver loses packets' 1 "$(tenant silver lost)"
claim_equal 'without budgets nobody is refused' 0 \
	"$(query "$FIGURES" '[.tenants[].refused] | add')"
claim_arrived "$BEFORE"
finish
