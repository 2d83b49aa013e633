#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ping receives all replies through ration-pmd, and every packet is counted for its tenant.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# round NAME SIGNAL ARG...: run ping for each tenant through a forwarder with these options.
round()
{
	local name=$1 signal=$2 n=0 tenant before count=50
	local -A sent=()

	shift 2
	start_forwarder "$name" no-huge --burst=32 "$@" || die "$name: ration-pmd did not start"
	before=$(server_received)
	for tenant in gold silver greedy; do
		n=$((n + 1))
		claim_replies "$name: $tenant receives all replies" "$n" "$count"
		sent[$tenant]=$SENT
		# One request and one reply each. The last ones may still be on their way.
		claim "$name: $tenant's packets arrive" wait_until 60 has_delivered "$tenant" \
			"$((2 * SENT))"
	done
	claim_stop "$signal"
	for tenant in gold silver greedy; do
		claim_equal "$name: $tenant's packets are counted" "$((2 * sent[$tenant]))" \
			"$(tenant "$tenant" delivered)"
	done
	claim_arrived "$before"
}

begin ping
round io INT --forward-mode=io --budget="$BUDGET"
round hold TERM --forward-mode=hold --hold-size=1024 --service-rate=10000 --latency \
	--budget="$BUDGET"
# Replies that come later than the next requests: 100 requests and 100 replies per second want to
# pass, and 150 can.
round late TERM --forward-mode=hold --hold-size=1024 --service-rate=150 --budget="$BUDGET"
round unlimited INT --forward-mode=hold --hold-size=1024 --service-rate=10000 \
	--classify="$BUDGET"
finish
