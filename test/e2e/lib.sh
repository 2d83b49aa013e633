# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions of the end-to-end tests: ration-pmd forwards between network namespaces. A claim prints
# a line of TAP. A skipped test prints the reason and exits with status 77.
#
# RATION_PMD is the path of the program under test.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../devtools/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"
# shellcheck source=devtools/netns.sh
. "$ROOT/devtools/netns.sh"
# shellcheck source=devtools/forwarder.sh
. "$ROOT/devtools/forwarder.sh"

# shellcheck disable=SC2034 # used by the tests
BUDGET=$ROOT/test/e2e/budget.yaml
PMD=${RATION_PMD:-$ROOT/build/app/pmd/ration-pmd}
NUMBER=0
FAILED=0

skip()
{
	echo "$*"
	exit 77
}

need_tools()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# claim TEXT COMMAND ARG...: the claim holds if the command succeeds.
claim()
{
	local text=$1

	shift
	NUMBER=$((NUMBER + 1))
	if "$@"; then
		echo "ok $NUMBER - $text"
	else
		echo "not ok $NUMBER - $text"
		echo "# failed command: $*"
		FAILED=1
	fi
}

# claim_equal TEXT EXPECTED ACTUAL
claim_equal()
{
	claim "$1" test "$3" = "$2"
}

# claim_more TEXT MINIMUM ACTUAL
claim_more()
{
	claim "$1" test "$3" -ge "$2"
}

# claim_stop SIGNAL: the forwarder stops with status 0, and every packet is accounted for.
claim_stop()
{
	local status=0

	stop_forwarder "$1" || status=$?
	claim_equal "after SIG$1 the status is 0" 0 "$status"
	claim 'for each tenant offered = delivered + refused + lost' check_totals "$STATS"
	((status == 0)) || tail -n 20 "$MESSAGES" | sed 's/^/# /'
}

# claim_arrived BEFORE: the server received all packets that were sent to it. BEFORE is the number
# of packets that it had received before the run.
claim_arrived()
{
	local arrived=$(($(server_received) - $1))

	claim_equal 'the server received all packets from port 1' "$(query "$STATS" \
		'[.ports[] | select(.name == "net_af_packet1")][0].tx')" "$arrived"
}

finish()
{
	echo "1..$NUMBER"
	exit "$FAILED"
}

# begin TOOL...: create the namespaces and links, or skip the test.
begin()
{
	is_root || skip 'needs root'
	need_tools ip ethtool jq "$@"
	can_make_namespaces || skip 'cannot create network namespaces'
	[[ -x $PMD ]] || die "there is no $PMD"
	make_workdir
	make_topology || die 'cannot build the network namespaces'
}

# flood TENANT RATE SECONDS: start a UDP sender. CHILD is its pid.
flood()
{
	spawn ip netns exec "$CLIENTS" taskset -c "$OTHER_CPU" iperf -u --no-udp-fin \
		-c "10.10.$1.2" -B "10.10.$1.1" -b "$2pps" -l 100 -t "$3" \
		>"$WORKDIR/flood-$1.log" 2>&1
}

# ping_tenant TENANT COUNT: send echo requests until there are that many replies. Prints the numbers
# of requests and of replies: with a deadline, ping sends more requests than it wants replies if the
# replies come late. It waits for none of those then.
ping_tenant()
{
	in_ns "$CLIENTS" ping -q -n -c "$2" -i 0.01 -w 120 -I "10.10.$1.1" "10.10.$1.2" |
		sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p'
}

# shellcheck disable=SC2034 # SENT is for the tests
# claim_replies TEXT TENANT COUNT: that many replies at least. SENT is the number of requests.
claim_replies()
{
	local replies

	read -r SENT replies _ <<<"$(ping_tenant "$2" "$3") 0 0"
	claim_more "$1" "$3" "$replies"
}

# has_delivered TENANT COUNT: the latest statistics say so.
has_delivered()
{
	[[ $(tenant "$1" delivered) == "$2" ]]
}
