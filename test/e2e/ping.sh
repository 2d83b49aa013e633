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

	shift 2
	start_forwarder "$name" no-huge --burst=32 "$@" || die "$name: ration-pmd did not start"
	before=$(server_received)
	for tenant in gold silver greedy; do
		n=$((n + 1))
		claim_equal "$name: $tenant receives all replies" "$count" \
			"$(ping_tenant "$n" "$count")"
	done
	claim_stop "$signal"
	for tenant in gold silver greedy; do
		# One request and one reply each.
		claim_equal "$name: $tenant's packets are counted" "$((2 * count))" \
			"$(tenant "$tenant" delivered)"
	done
	claim_arrived "$before"
}

begin ping
round io INT --forward-mode=io --budget="$BUDGET"
round hold TERM --forward-mode=hold --hold-size=1024 --service-rate=10000 --latency \
	--budget="$BUDGET"
round unlimited INT --forward-mode=hold --hold-size=1024 --service-rate=10000 \
	--classify="$BUDGET"
finish
