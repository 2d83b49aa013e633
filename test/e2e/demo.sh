#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The demo runs in any directory and without a terminal, and every packet is accounted for. As root
# the test uses real traffic too, else only the replayed capture.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

demo()
{
	local name=$1

	shift
	(cd / && "$ROOT/devtools/demo.sh" --build "$BUILD_ROOT" --seconds 3 "$@") \
		>"$WORKDIR/$name.log" 2>&1 </dev/null
	claim_equal "$name: the status is 0" 0 "$?"
	for tenant in gold silver greedy; do
		claim_equal "$name: a line for $tenant in both runs" 2 "$(grep -A 1 "^$tenant " \
			"$WORKDIR/$name.log" | grep -cE '(without|with) budgets +[1-9]')"
	done
	claim "$name: the accounting is right" grep -q '^Accounting: right' "$WORKDIR/$name.log"
	claim "$name: budgets make a difference" test -z "$(grep 'NOT SHOWN' "$WORKDIR/$name.log")"
	((FAILED == 0)) || sed 's/^/# /' "$WORKDIR/$name.log"
}

need_tools jq
make_workdir
BUILD_ROOT=$(cd "$(dirname "$PMD")/../.." && pwd) || die "there is no $PMD"
demo replay --replay
if can_make_namespaces; then
	need_tools ip ethtool iperf
	demo live
else
	claim 'live # SKIP needs root, and network namespaces' true
fi
finish
