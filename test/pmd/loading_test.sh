#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd loads 200,000 prefixes without a quadratic step, and a signal ends loading at any time.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

NB=200000
LARGE=(--no-huge --no-shconf --no-pci -m 1024 --log-level='*:error' "--file-prefix=rationpmd$$"
	--lcores "0@0,1@$(($(nproc) > 1))" "${NULLS[@]}" --)

# prefixes near|apart|ipv6: write a budget with many prefixes of one tenant.
prefixes()
{
	awk -v nb="$NB" -v kind="$1" 'BEGIN {
		print "default: other\nbudgets:\n  - name: other\n  - name: t\n    match:"
		for (i = 1; i <= nb; i++) {
			x = kind == "apart" ? i * 256 : i
			if (kind == "ipv6")
				printf("      - source: \"2001:db8:%x:%x::/64\"\n", i / 65536,
				       i % 65536)
			else
				printf("      - source: 10.%d.%d.%d/32\n", x / 65536 % 256,
				       x / 256 % 256, x % 256)
		}
	}' >"$WORK/large.yaml"
}

# In seconds, and many times more than it takes: with a quadratic step it takes minutes.
LIMIT=40

loads()
{
	local DEADLINE=$LIMIT

	pmd "${LARGE[@]}" --budget="$WORK/large.yaml" --max-packets=64 --stats-format=json
	expect_status 0 && expect_all_accounted
}

NB=60000
prefixes apart
claim '60,000 prefixes apart from each other' loads
NB=200000
prefixes ipv6
claim '200,000 IPv6 prefixes' loads
prefixes near
claim '200,000 neighboring prefixes' loads

# Whether the child catches SIGINT: bit 1 of the mask in /proc.
catches_signals()
{
	local mask

	mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$CHILD/status") || return 1
	((0x${mask:-0} & 2))
}

# interrupted SIGNAL SECONDS: the signal arrives so long after the program has installed its
# handlers. Whatever it does then, it ends with status 0, and with totals or the message that there
# are none.
interrupted()
{
	no_output
	env --default-signal=INT "$PMD" "${LARGE[@]}" --budget="$WORK/large.yaml" \
		--duration="$DEADLINE" --stats-format=json >"$WORK/out" 2>"$WORK/err" </dev/null &
	CHILD=$!
	eventually catches_signals || return 1
	sleep "$2"
	kill "-$1" "$CHILD"
	timeout "$LIMIT" tail --pid="$CHILD" -f /dev/null ||
		kill -KILL "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	cat "$WORK/err"
	expect_status 0 || return 1
	expect_message 'interrupted before packets were forwarded' >/dev/null ||
		expect_all_accounted
}
for delay in 0 0.1 0.2 0.4 0.6; do
	claim "INT ends the program $delay s after it catches signals" interrupted INT "$delay"
done
claim 'TERM ends loading, too' interrupted TERM 0.3

conclude
