# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Three network namespaces in a row, with a DPDK forwarder in the middle:
#
#	clients            middle              server
#	  eth0 ============ port0   port1 ====== eth0
#
# Sourced after common.sh. Tenant N has 10.10.N.1 at the clients and 10.10.N.2 at the server. No
# IPv6, no checksum offload, addresses resolved beforehand: nothing but the tenants' own packets
# is on the wire. The links live inside the namespaces and vanish with them.

CLIENTS=ration-$RATION_TAG-$$-clients
MIDDLE=ration-$RATION_TAG-$$-middle
SERVER=ration-$RATION_TAG-$$-server

CLIENT_MAC=02:00:00:00:00:01
SERVER_MAC=02:00:00:00:00:02

in_ns()
{
	ip netns exec "$@"
}

# Deletes the namespaces whose names begin with $1, and ends what runs in them.
remove_namespaces()
{
	local ns pid

	while read -r ns _; do
		[[ $ns == "$1"* ]] || continue
		for pid in $(ip netns pids "$ns" 2>/dev/null); do
			kill -KILL "$pid" 2>/dev/null
		done
		ip netns delete "$ns"
	done < <(ip netns list 2>/dev/null)
}

# Scripts that were killed could not clean up; their pid is in the name.
remove_stale_namespaces()
{
	local ns pid

	while read -r ns _; do
		[[ $ns =~ ^ration-[0-9]+-([0-9]+)-[a-z]+$ ]] || continue
		pid=${BASH_REMATCH[1]}
		kill -0 "$pid" 2>/dev/null || remove_namespaces "$ns"
	done < <(ip netns list 2>/dev/null)
}

make_namespace()
{
	local ipv6=/proc/sys/net/ipv6/conf

	ip netns add "$1" || return 1
	[[ ! -d $ipv6 ]] || in_ns "$1" \
		sh -c "echo 1 >$ipv6/all/disable_ipv6; echo 1 >$ipv6/default/disable_ipv6"
}

# make_link NS IF NS IF: a veth pair whose ends compute their checksums and do not merge packets.
make_link()
{
	local ns if

	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3" || return 1
	for ns in "$1 $2" "$3 $4"; do
		read -r ns if <<<"$ns"
		ip -n "$ns" link set "$if" multicast off up || return 1
		in_ns "$ns" ethtool -K "$if" tx off rx off tso off gso off gro off >/dev/null ||
			return 1
	done
}

# add_host NS OWN-MAC OTHER-MAC OWN OTHER: addresses 10.10.N.OWN that reach 10.10.N.OTHER.
add_host()
{
	local n

	ip -n "$1" link set eth0 address "$2" || return 1
	for n in 1 2 3; do
		ip -n "$1" address add "10.10.$n.$4/24" dev eth0 || return 1
		ip -n "$1" neighbour add "10.10.$n.$5" lladdr "$3" dev eth0 || return 1
	done
}

# Builds all of it, until the end of the script.
make_topology()
{
	local ns

	remove_stale_namespaces
	at_exit remove_namespaces "ration-$RATION_TAG-$$-"
	for ns in "$CLIENTS" "$MIDDLE" "$SERVER"; do
		make_namespace "$ns" || return 1
	done
	make_link "$CLIENTS" eth0 "$MIDDLE" port0 || return 1
	make_link "$MIDDLE" port1 "$SERVER" eth0 || return 1
	add_host "$CLIENTS" "$CLIENT_MAC" "$SERVER_MAC" 1 2 || return 1
	add_host "$SERVER" "$SERVER_MAC" "$CLIENT_MAC" 2 1
}

# The server takes no address any more: it counts what arrives and answers nothing, not even that
# nobody listens.
silence_server()
{
	ip -n "$SERVER" address flush dev eth0
}

# Whether this process may make namespaces and links at all.
can_make_namespaces()
{
	local ns=ration-$RATION_TAG-$$-probe

	is_root || return 1
	ip netns add "$ns" 2>/dev/null || return 1
	ip netns delete "$ns"
}

# port_args: sets PORT_ARGS to the DPDK ports in the middle. The rings are large enough for a
# forwarder that the scheduler takes away for a tenth of a second.
port_args()
{
	local n

	PORT_ARGS=()
	for n in 0 1; do
		PORT_ARGS+=("--vdev=net_af_packet$n,iface=port$n,framecnt=8192")
	done
}

# Packets that have arrived at the server's interface, whoever they are for.
server_received()
{
	ip -n "$SERVER" -s -j link show eth0 | jq '.[0].stats64.rx.packets'
}
