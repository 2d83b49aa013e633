# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd as a child, and its figures. Sourced after common.sh, dpdk.sh and netns.sh; PMD is the
# program.

FORWARDER=
# Its JSON lines, and what it says to people.
FIGURES=
MESSAGES=

# start_forwarder NAME huge|no-huge ARG...: starts it on the two ports in the middle namespace and
# waits until it forwards. Its first figures come when it does.
start_forwarder()
{
	local name=$1 memory=$2

	shift 2
	FIGURES=$WORKDIR/$name.json
	MESSAGES=$WORKDIR/$name.log
	eal_args "$name" "$memory"
	port_args
	spawn ip netns exec "$MIDDLE" "$PMD" "${EAL_ARGS[@]}" "${PORT_ARGS[@]}" -- \
		--total-num-mbufs=16384 --stats-period=1 --stats-format=json "$@" \
		>"$FIGURES" 2>"$MESSAGES"
	FORWARDER=$CHILD
	if ! wait_until 30 forwards_or_ended || ! is_running "$FORWARDER"; then
		echo "ration-pmd does not forward:"
		tail -n 20 "$MESSAGES"
		return 1
	fi
}

forwards_or_ended()
{
	[[ -s $FIGURES ]] || ! is_running "$FORWARDER"
}

# stop_forwarder SIGNAL: asks it to end and waits; the status is its own.
stop_forwarder()
{
	kill "-$1" "$FORWARDER" || return 1
	wait_child "$FORWARDER" 'stopping' 30
}

# query FILE FILTER ARG...: jq on the last complete line of a file of figures.
query()
{
	local file=$1

	shift
	sed -n '$!p; ${/}$/p}' "$file" | tail -n 1 | jq -r "$@"
}

# tenant NAME MEMBER [FILE]: a figure of a tenant; MEMBER is such as lost or latency_us.p50.
tenant()
{
	query "${3:-$FIGURES}" --arg name "$1" \
		"[.tenants[] | select(.name | split(\"/\") | last == \$name)][0].$2 // 0"
}

# Whether no packet waits any more, by the latest figures.
nothing_held()
{
	[[ $(query "$FIGURES" '[.tenants[].held] | add') == 0 ]]
}

# Checks the books of a run that has ended, and says what is wrong with them.
check_books()
{
	local bad status=0

	bad=$(query "$1" -c '.tenants[] | select(.offered != .delivered + .refused + .lost)')
	if [[ $(query "$1" .type) != total ]]; then
		echo "  no totals"
		status=1
	fi
	if [[ -n $bad ]]; then
		echo "  packets do not add up: $bad"
		status=1
	fi
	if [[ $(query "$1" .check.ok) != true ]]; then
		echo "  counters did not come back to zero: $(query "$1" -c .check)"
		status=1
	fi
	return "$status"
}
