# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions that run ration-pmd and read its statistics. Source this file after common.sh, dpdk.sh
# and netns.sh. PMD is the path of the program.

FORWARDER=
# Files with the JSON lines and the messages of the forwarder.
STATS=
MESSAGES=

# start_forwarder NAME huge|no-huge ARG...: start ration-pmd on the two ports in the middle
# namespace, and wait for its first statistics.
start_forwarder()
{
	local name=$1 memory=$2

	shift 2
	STATS=$WORKDIR/$name.json
	MESSAGES=$WORKDIR/$name.log
	eal_args "$name" "$memory"
	port_args
	spawn ip netns exec "$MIDDLE" "$PMD" "${EAL_ARGS[@]}" "${PORT_ARGS[@]}" -- \
		--total-num-mbufs=16384 --stats-period=1 --stats-format=json "$@" \
		>"$STATS" 2>"$MESSAGES"
	FORWARDER=$CHILD
	if ! wait_until 30 forwards_or_ended || ! is_running "$FORWARDER"; then
		echo "ration-pmd does not forward:"
		tail -n 20 "$MESSAGES"
		return 1
	fi
}

forwards_or_ended()
{
	[[ -s $STATS ]] || ! is_running "$FORWARDER"
}

# stop_forwarder SIGNAL: send the signal and wait for the end. Returns the exit status.
stop_forwarder()
{
	kill "-$1" "$FORWARDER" || return 1
	wait_child "$FORWARDER" 'stopping' 30
}

# query FILE ARG...: run jq with these arguments on the last complete line of a file of statistics.
query()
{
	local file=$1

	shift
	sed -n '$!p; ${/}$/p}' "$file" | tail -n 1 | jq -r "$@"
}

# tenant NAME MEMBER [FILE]: print a member of a tenant, for example lost or latency_us.p50.
tenant()
{
	query "${3:-$STATS}" --arg name "$1" \
		"[.tenants[] | select(.name | split(\"/\") | last == \$name)][0].$2 // 0"
}

# Succeeds if the latest statistics show no held packets.
nothing_held()
{
	[[ $(query "$STATS" '[.tenants[].held] | add') == 0 ]]
}

# check_totals FILE: check the statistics at the end of a run, and print what is wrong.
check_totals()
{
	local bad status=0

	bad=$(query "$1" -c '.tenants[] | select(.offered != .delivered + .refused + .lost)')
	if [[ $(query "$1" .type) != total ]]; then
		echo "  the last statistics are not totals"
		status=1
	fi
	if [[ -n $bad ]]; then
		echo "  packets do not add up: $bad"
		status=1
	fi
	if [[ $(query "$1" .check.ok) != true ]]; then
		echo "  the checks at the end failed: $(query "$1" -c .check)"
		status=1
	fi
	return "$status"
}
