# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Three network namespaces with a DPDK forwarder in the middle one:
#
#	clients            middle              server
#	  eth0 ============ port0   port1 ====== eth0
#
# Source this file after common.sh. Tenant N has the address 10.10.N.1 in the client namespace and
# 10.10.N.2 in the server namespace. IPv6 and checksum offload are disabled and the neighbor entries
# are static, so that only packets of the tenants are sent. Deleting the namespaces also
# deletes the links.

CLIENTS=ration-$RATION_TAG-$$-clients
MIDDLE=ration-$RATION_TAG-$$-middle
SERVER=ration-$RATION_TAG-$$-server

CLIENT_MAC=02:00:00:00:00:01
SERVER_MAC=02:00:00:00:00:02

in_ns()
{
	ip netns exec "$@"
}

# remove_namespaces PREFIX: kill all processes in the namespaces whose names start with PREFIX, and
# delete the namespaces.
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

# Delete the namespaces of scripts that were killed. The pid of the script is in the name.
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

# make_link NS IF NS IF: create a veth pair without checksum and segmentation offloads.
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

# add_host NS OWN-MAC PEER-MAC OWN PEER: assign the addresses 10.10.N.OWN, with neighbor entries for
# 10.10.N.PEER.
add_host()
{
	local n

	ip -n "$1" link set eth0 address "$2" || return 1
	for n in 1 2 3; do
		ip -n "$1" address add "10.10.$n.$4/24" dev eth0 || return 1
		ip -n "$1" neighbour add "10.10.$n.$5" lladdr "$3" dev eth0 || return 1
	done
}

# Create all namespaces and links. They are deleted at the end of the script.
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

# Remove the addresses of the server: it still counts received packets, but sends no ICMP errors.
silence_server()
{
	ip -n "$SERVER" address flush dev eth0
}

# Succeeds if this process may create network namespaces.
can_make_namespaces()
{
	local ns=ration-$RATION_TAG-$$-probe

	is_root || return 1
	ip netns add "$ns" 2>/dev/null || return 1
	ip netns delete "$ns"
}

# Set PORT_ARGS to the EAL arguments for the ports in the middle namespace. The rings are large
# enough for 0.1 s in which the forwarder is not scheduled.
port_args()
{
	local n

	PORT_ARGS=()
	for n in 0 1; do
		PORT_ARGS+=("--vdev=net_af_packet$n,iface=port$n,framecnt=8192")
	done
}

# Print the number of packets that the interface of the server has received.
server_received()
{
	ip -n "$SERVER" -s -j link show eth0 | jq '.[0].stats64.rx.packets'
}
