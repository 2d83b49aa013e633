#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The demo leaves nothing behind when it is interrupted in the middle of its traffic.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The state of the machine that a demo with pid $1 changes.
left_behind()
{
	ip netns list | grep "^ration-$RATION_TAG-$1-"
	find /var/run/dpdk -maxdepth 1 -name "ration-$RATION_TAG-$1-*" 2>/dev/null
	awk '$3 == "hugetlbfs" { print $2 }' /proc/mounts |
		xargs -r -I{} find {} -maxdepth 1 -name "ration-$RATION_TAG-$1-*"
	grep " $WORKDIR/" /proc/mounts
	find "$WORKDIR/tmp" -mindepth 1
	grep "^$1 " "$HUGEPAGES_LEDGER"
	pgrep -f -- "--file-prefix=ration-$RATION_TAG-$1-"
}

# Whether all three of the demo's senders are at work.
demo_sends()
{
	local clients=ration-$RATION_TAG-$DEMO-clients

	(($(ip netns pids "$clients" 2>/dev/null | wc -l) >= 3))
}

# Hugepages but for those that scripts have reserved, others that run now included.
unreserved_hugepages()
{
	awk -v nr="$(<"$NR_HUGEPAGES")" '{ nr -= $2 } END { print nr }' "$HUGEPAGES_LEDGER"
}

interrupt()
{
	local status=0 pages

	pages=$(with_ledger unreserved_hugepages)
	mkdir -p "$WORKDIR/tmp"
	# A background command has SIGINT ignored, which a script cannot undo.
	TMPDIR=$WORKDIR/tmp spawn env --default-signal=INT,QUIT "$ROOT/devtools/demo.sh" \
		--build "$BUILD_ROOT" --seconds 60 >"$WORKDIR/demo.log" 2>&1
	DEMO=$CHILD
	wait_until 60 demo_sends || die "the demo does not send: $(tail "$WORKDIR/demo.log")"
	kill "-$1" "$DEMO"
	wait_child "$DEMO" 'the demo cleans up' 40 || status=$?
	claim_equal "SIG$1: the status says so" "$2" "$status"
	claim_equal "SIG$1: nothing is left behind" '' "$(left_behind "$DEMO")"
	claim_equal "SIG$1: hugepages are as before" "$pages" "$(with_ledger unreserved_hugepages)"
}

is_root || skip 'needs root'
need_tools ip ethtool iperf jq pgrep taskset
can_make_namespaces || skip 'network namespaces cannot be made here'
make_workdir
BUILD_ROOT=$(cd "$(dirname "$PMD")/../.." && pwd) || die "there is no $PMD"
interrupt INT 130
interrupt TERM 143
interrupt HUP 129
finish
