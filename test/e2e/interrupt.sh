#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The demo cleans up completely when a signal interrupts it while it sends traffic.

# shellcheck source=test/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Print everything that a demo with pid $1 has created and not removed.
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

# Succeeds if all three senders of the demo are running.
demo_sends()
{
	local clients=ration-$RATION_TAG-$DEMO-clients

	(($(ip netns pids "$clients" 2>/dev/null | wc -l) >= 3))
}

# Print the number of hugepages without those that scripts, also other ones, have reserved now.
unreserved_hugepages()
{
	awk -v nr="$(<"$NR_HUGEPAGES")" '{ nr -= $2 } END { print nr }' "$HUGEPAGES_LEDGER"
}

# start_demo ENV-ARG...: start it and wait until it sends. PAGES is the number of hugepages before.
start_demo()
{
	PAGES=$(with_ledger unreserved_hugepages)
	mkdir -p "$WORKDIR/tmp"
	TMPDIR=$WORKDIR/tmp spawn env "$@" "$ROOT/devtools/demo.sh" \
		--build "$BUILD_ROOT" --seconds 600 >"$WORKDIR/demo.log" 2>&1
	DEMO=$CHILD
	wait_until 240 demo_sends || die "the demo does not send: $(tail "$WORKDIR/demo.log")"
}

# end_demo SIGNAL STATUS [NAME]
end_demo()
{
	local status=0 name=${3:-SIG$1} pages=$PAGES

	kill "-$1" "$DEMO"
	wait_child "$DEMO" 'the demo to clean up' 160 || status=$?
	claim_equal "$name: the exit status names the signal" "$2" "$status"
	claim_equal "$name: everything is cleaned up" '' "$(left_behind "$DEMO")"
	claim_equal "$name: the number of hugepages is restored" "$pages" \
		"$(with_ledger unreserved_hugepages)"
}

# interrupt SIGNAL STATUS. Bash ignores SIGINT in background commands, nohup makes a shell ignore
# SIGHUP, and a script cannot change either: all of them start as on a terminal.
interrupt()
{
	start_demo --default-signal=HUP,INT,QUIT,TERM
	end_demo "$@"
}

# What ignored SIGHUP at the start, as with nohup, goes on until SIGTERM ends it. A shell that does
# not ignore SIGHUP takes that one first, and its status would be 129.
goes_on_after_hangup()
{
	start_demo --default-signal=INT,QUIT,TERM --ignore-signal=HUP
	kill -HUP "$DEMO"
	end_demo TERM 143 'SIGHUP ignored, SIGTERM'
}

is_root || skip 'needs root'
need_tools ip ethtool iperf jq pgrep taskset
can_make_namespaces || skip 'cannot create network namespaces'
make_workdir
BUILD_ROOT=$(cd "$(dirname "$PMD")/../.." && pwd) || die "there is no $PMD"
interrupt INT 130
interrupt TERM 143
interrupt HUP 129
goes_on_after_hangup
finish
