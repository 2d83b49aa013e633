#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd replays captures with net_pcap. The tests compare the statistics of each tenant with
# the packets in the input and output captures.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

CAPTURE=$2
DEMO=$3

# All 400 packets of burst.pcap are received in one burst: no packet leaves before the last one is
# charged. Therefore only the budgets determine which packets are refused.
"$CAPTURE" make "$WORK/burst.pcap" 400 && "$CAPTURE" make "$WORK/long.pcap" 20000 &&
	"$CAPTURE" make "$WORK/varied.pcap" 400 500 || exit 1
BURST=(--burst=512 --total-num-mbufs=8192)

# budget UNIT GOLD SILVER GREEDY [PARENT]: write a budget file with these limits.
budget()
{
	cat >"$WORK/budget.yaml" <<-END
		unit: $1
		default: other
		budgets:
		  - name: edge
		    max: ${5:-max}
		    children:
		      - {name: gold, max: $2, match: [source: 10.10.1.0/24]}
		      - {name: silver, max: $3, match: [source: 10.10.2.0/24]}
		      - {name: greedy, max: $4, match: [source: 10.10.3.0/24]}
		  - {name: other, max: 1k}
	END
}

# replay FILE ARG...: forward all packets of a capture to the port that received them.
replay()
{
	local file=$1

	shift
	rm -f "$WORK/out.pcap"
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$file,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --no-flush-rx --stats-format=json \
		--max-packets="$("$CAPTURE" count "$file" | awk '{sum += $2} END {print sum}')" "$@"
	expect_status 0 && expect_all_accounted
}

# sum_of FILE NETWORK: print the number of packets and bytes.
sum_of()
{
	"$CAPTURE" count "$1" | awk -v network="$2" '$1 == network {print $2, $3}'
}

# expect_delivered FILE: for each tenant, the offered packets and bytes equal those in the capture,
# and the delivered ones equal those in the output.
expect_delivered()
{
	local name network in out status=0

	while read -r name network; do
		in=$(sum_of "$1" "$network")
		out=$(sum_of "$WORK/out.pcap" "$network")
		if [[ "$(tenant "$name" offered) $(tenant "$name" offered_bytes)" != "$in" ]]; then
			echo "$name: the capture contains $in"
			status=1
		fi
		if [[ "$(tenant "$name" delivered) $(tenant "$name" delivered_bytes)" != "$out" ]]
		then
			echo "$name: the output contains $out"
			status=1
		fi
	done <<-END
		edge/gold 10.10.1.0/24
		edge/silver 10.10.2.0/24
		edge/greedy 10.10.3.0/24
		other other
	END
	((status == 0)) || tail -n 1 "$WORK/out"
	return "$status"
}

# expect_tenant NAME OFFERED DELIVERED REFUSED LOST: numbers of packets.
expect_tenant()
{
	local real

	real="$(tenant "$1" offered) $(tenant "$1" delivered) $(tenant "$1" refused)"
	real+=" $(tenant "$1" lost)"
	[[ $real == "$2 $3 $4 $5" ]] || { echo "$1: $real, expected $2 $3 $4 $5"; return 1; }
}

replays_all()
{
	replay "$@" && expect_delivered "$1" && expect_json 'all(.tenants[]; .refused + .lost == 0)'
}

budget packets 1k 1k 1k
for mode in io mac macswap; do
	claim "$mode: all packets are sent with large budgets" replays_all "$WORK/long.pcap" \
		--forward-mode="$mode" --budget="$WORK/budget.yaml"
	claim "$mode: all packets are sent with --classify" replays_all "$WORK/long.pcap" \
		--forward-mode="$mode" --classify="$WORK/budget.yaml"
done
budget bytes 64k 64k 64k
claim 'io: all packets are sent with budgets in bytes' replays_all "$WORK/long.pcap" \
	--budget="$WORK/budget.yaml"

# leaves_with MODE DESTINATION SOURCE: all packets of gold are sent with these addresses.
leaves_with()
{
	replay "$WORK/burst.pcap" --forward-mode="$1" "${@:4}" || return 1
	if [[ $("$CAPTURE" macs "$WORK/out.pcap" | grep -cx "$2 $3") != 40 ]]; then
		"$CAPTURE" macs "$WORK/out.pcap" | sort | uniq -c
		return 1
	fi
}
GOLD=02:00:00:00:01:01
THERE=02:00:00:00:00:fe
budget packets 1k 1k 1k
claim 'io keeps the addresses' leaves_with io "$THERE" "$GOLD"
claim 'io with budgets keeps the addresses' leaves_with io "$THERE" "$GOLD" \
	--budget="$WORK/budget.yaml"
claim 'macswap exchanges the addresses' leaves_with macswap "$GOLD" "$THERE"
claim 'macswap with budgets exchanges the addresses' leaves_with macswap "$GOLD" "$THERE" \
	--budget="$WORK/budget.yaml"

goes_to_the_peer()
{
	replay "$WORK/burst.pcap" --forward-mode=mac "$@" || return 1
	# The source of all packets is the address of the port, not that of a tenant.
	"$CAPTURE" macs "$WORK/out.pcap" | sort | uniq -c >"$WORK/macs"
	cat "$WORK/macs"
	[[ $(wc -l <"$WORK/macs") == 1 ]] && grep -q '^ *400 02:00:00:00:00:00 ' "$WORK/macs" &&
		! grep -q ' 02:00:00:00:01:0.$' "$WORK/macs"
}
claim 'mac sends all packets from the port to its peer' goes_to_the_peer
claim 'mac with budgets sends all packets from the port to its peer' goes_to_the_peer \
	--budget="$WORK/budget.yaml"

consumes_all()
{
	replay "$WORK/long.pcap" --forward-mode=rxonly "$@" &&
		expect_tenant edge/gold 2000 2000 0 0 && expect_tenant edge/silver 2000 2000 0 0 &&
		expect_tenant edge/greedy 16000 16000 0 0
}
budget packets 1k 1k 1k
claim 'rxonly: all packets are delivered' consumes_all --budget="$WORK/budget.yaml"
claim 'rxonly: all packets are delivered with --classify' \
	consumes_all --classify="$WORK/budget.yaml"

counts_all_as_one()
{
	replay "$WORK/long.pcap" && expect_tenant all 20000 20000 0 0 &&
		expect_json '.ports[0] | .rx == 20000 and .tx == 20000 and .tx_dropped == 0'
}
claim 'io without a budget file has one tenant' counts_all_as_one

HOLD=(--forward-mode=hold --service-rate=1000000)

# refuses UNIT GOLD SILVER GREEDY PARENT, then the delivered and refused packets of each tenant.
refuses()
{
	budget "$1" "$2" "$3" "$4" "$5"
	replay "$WORK/burst.pcap" "${BURST[@]}" "${HOLD[@]}" --budget="$WORK/budget.yaml" &&
		expect_delivered "$WORK/burst.pcap" &&
		expect_tenant edge/gold 40 "$6" "$7" 0 &&
		expect_tenant edge/silver 40 "$8" "$9" 0 &&
		expect_tenant edge/greedy 320 "${10}" "${11}" 0
}
claim 'hold: the limit in packets is exact' refuses packets 16 64 100 max \
	16 24 40 0 100 220
claim 'hold: with a limit of 0 all packets are refused' refuses packets 0 64 1k max 0 40 40 0 320 0
claim 'hold: the limit in bytes is exact' refuses bytes 599 600 6001 max 9 31 10 30 100 220

# Packets have different lengths, therefore each packet must be uncharged with its own length.
uncharges_lengths()
{
	replay "$WORK/varied.pcap" "${BURST[@]}" --budget="$WORK/budget.yaml" "$@" &&
		expect_delivered "$WORK/varied.pcap" &&
		expect_json '.tenants[] | select(.name == "edge/greedy") |
			.refused + .lost > 0 and .delivered > 0'
}
budget bytes 8k 10k 50k
claim 'io: bytes of packets of different lengths' uncharges_lengths
claim 'hold: bytes of packets of different lengths' uncharges_lengths "${HOLD[@]}"
budget bytes 1M 1M 1M
claim 'hold: bytes of packets that are lost' uncharges_lengths "${HOLD[@]}" --hold-size=100

# One queue contains packets of two ports.
uncharges_two_ports()
{
	local pcap="rx_pcap=$WORK/varied.pcap,tx_pcap=$WORK/out" out

	pmd "${EAL[@]}" --vdev="net_pcap0,${pcap}0.pcap" --vdev="net_pcap1,${pcap}1.pcap" -- \
		--no-flush-rx --max-packets=800 --stats-format=json --budget="$WORK/budget.yaml" \
		"${HOLD[@]}" --hold-size=200
	out=$(for port in 0 1; do "$CAPTURE" count "$WORK/out$port.pcap"; done |
		awk '{packets += $2; bytes += $3} END {print packets, bytes}')
	expect_status 0 && expect_all_accounted &&
		expect_json "[([.tenants[].delivered] | add), ([.tenants[].delivered_bytes] | add)]
			== [${out/ /,}]" &&
		expect_json '[.tenants[].offered] | add == 800'
}
claim 'hold: bytes of packets of two ports in one queue' uncharges_two_ports

# All three tenants share the limit of the parent, therefore only the sum is known.
refuses_at_parent()
{
	budget packets 64 64 100 "$1"
	replay "$WORK/burst.pcap" "${BURST[@]}" "${HOLD[@]}" --budget="$WORK/budget.yaml" &&
		expect_delivered "$WORK/burst.pcap" &&
		expect_json "([.tenants[].delivered] | add) == $1" &&
		expect_json "([.tenants[].refused] | add) == 400 - $1"
}
claim 'hold: the limit of the parent applies to the sum' refuses_at_parent 120

loses_when_full()
{
	replay "$WORK/burst.pcap" "${BURST[@]}" "${HOLD[@]}" --hold-size=100 "$@" &&
		expect_delivered "$WORK/burst.pcap" &&
		expect_tenant edge/gold 40 10 0 30 && expect_tenant edge/silver 40 10 0 30 &&
		expect_tenant edge/greedy 320 80 0 240
}
budget packets 1k 1k 1k
claim 'hold: packets of all tenants are lost if the queue is full' loses_when_full \
	--classify="$WORK/budget.yaml"
claim 'hold: lost packets are uncharged' loses_when_full --budget="$WORK/budget.yaml"

# All kinds of frames in one burst. Three of four are malformed, and more than the budget of other
# has room for: that they are not charged there is the point.
"$CAPTURE" odd "$WORK/odd.pcap" || exit 1
odd_budget()
{
	cat >"$WORK/odd.yaml" <<-END
		default: other
		$1
		budgets:
		  - name: gold
		    max: 80
		    match: [{source: 10.10.1.0/24}, {source: "2001:db8::/32"}]
		  - {name: tag, max: 10, match: [vlan: 8]}
		  - {name: other, max: 20}
		  $2
	END
}

# expect_frames: each kind was counted.
expect_frames()
{
	expect_json '.frames == {"ipv4": 20, "ipv6": 20, "other": 20, "length": 40, "short": 100,
		"tags": 100, "header": 100}'
}

starves_nobody()
{
	replay "$WORK/odd.pcap" "${BURST[@]}" "${HOLD[@]}" --budget="$WORK/odd.yaml" &&
		expect_frames && expect_tenant gold 80 80 0 0 && expect_tenant other 20 20 0 0
}
odd_budget '' ''
claim 'malformed frames are refused, and starve nobody' starves_nobody
claim 'the counter for malformed frames has no room' expect_tenant malformed 300 0 300 0
odd_budget 'malformed: broken' '- {name: broken, max: 30}'
claim 'malformed frames have the budget that the file names' starves_nobody
claim 'the named counter gets them' expect_tenant broken 300 30 270 0

classifies_odd_frames()
{
	replay "$WORK/odd.pcap" --classify="$WORK/odd.yaml" && expect_frames &&
		expect_tenant broken 300 300 0 0 && expect_tenant other 20 20 0 0
}
claim 'with --classify malformed frames are only counted' classifies_odd_frames

prints_frames()
{
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/odd.pcap,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --max-packets=400 --budget="$WORK/odd.yaml"
	grep -q '^frames  *ipv4 20 ipv6 20 other 20 length 40 malformed-short 100 malformed-tags' \
		"$WORK/out"
}
claim 'the text report has a row of frames' prints_frames

# The flush at the start would read the capture to its end.
keeps_the_capture()
{
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/burst.pcap,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --stats-format=json --duration=1
	expect_status 0 && expect_tenant all 400 400 0 0
}
claim 'the flush at the start keeps a capture' keeps_the_capture

# Link type 101, raw IP, instead of 1, in the head of the capture.
warns_of_other_links()
{
	cp "$WORK/burst.pcap" "$WORK/raw.pcap"
	printf '\x65' | dd of="$WORK/raw.pcap" bs=1 seek=20 conv=notrunc status=none
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/raw.pcap,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --max-packets=400 "${BURST[@]}"
	expect_status 0 && expect_message 'raw.pcap have link type RAW, not Ethernet' || return 1
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/burst.pcap,rx_pcap=$WORK/raw.pcap,`
		`tx_pcap=$WORK/out.pcap,tx_pcap=$WORK/out2.pcap" -- --rxq=2 --txq=2 \
		--port-topology=loop --duration=1
	expect_status 0 && expect_message 'raw.pcap have link type RAW, not Ethernet' &&
		[[ $(grep -c 'link type' "$WORK/err") -eq 1 ]] || return 1
	# Another format: pcapng with one section and one interface.
	printf '\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0' >"$WORK/raw.pcapng"
	printf '\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0' >>"$WORK/raw.pcapng"
	printf '\x01\0\0\0\x14\0\0\0\x65\0\0\0\0\0\x04\0\x14\0\0\0' >>"$WORK/raw.pcapng"
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/raw.pcapng,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --duration=1
	expect_status 0 && expect_message 'raw.pcapng have link type RAW, not Ethernet'
}
claim 'a capture that is not Ethernet is worth a warning' warns_of_other_links

measures_latency()
{
	replay "$WORK/burst.pcap" "${HOLD[@]}" --latency --budget="$WORK/budget.yaml" &&
		expect_json 'all(.tenants[]; .latency_us | .count >= 0 and .p50 <= .p99 and
			.p99 <= .p999 and .p999 <= .max)' &&
		expect_json 'all(.tenants[]; .latency_us.count == .delivered)' &&
		expect_json 'all(.tenants[] | select(.delivered > 0); .latency_us.max > 0)'
}
claim 'hold: the latency of each delivered packet is measured' measures_latency

# There are far fewer mbufs than packets, therefore the replay ends only if dropped packets are
# freed.
frees_what_it_drops()
{
	replay "$WORK/long.pcap" "${HOLD[@]}" --total-num-mbufs=3000 "$@" &&
		expect_json '([.tenants[] | .refused + .lost] | add) > 3000'
}
budget packets 4 4 4
claim 'hold: refused packets are freed' frees_what_it_drops --budget="$WORK/budget.yaml"
budget packets 1k 1k 1k
claim 'hold: lost packets are freed' frees_what_it_drops --service-rate=1000 --hold-size=8 \
	--classify="$WORK/budget.yaml"

# The second port has no peer, therefore its TX queue accepts no packet.
loses_what_cannot_be_sent()
{
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$WORK/long.pcap,tx_pcap=$WORK/out.pcap" \
		--vdev="net_memif0,role=server,socket=$WORK/memif,socket-abstract=no" -- \
		--disable-link-check --no-flush-rx --total-num-mbufs=3000 --stats-format=json \
		--max-packets=20000 "$@"
	expect_status 0 && expect_all_accounted &&
		expect_json '[.tenants[].offered] | add == 20000' &&
		expect_json 'all(.tenants[]; .delivered == 0)' &&
		expect_json '.ports[1] | .tx == 0 and .tx_dropped > 0'
}
claim 'io: packets that cannot be sent are lost' loses_what_cannot_be_sent
claim 'io: none of the packets could be sent' expect_json '.ports[1].tx_dropped == 20000'
claim 'io with budgets: packets that cannot be sent are lost and uncharged' \
	loses_what_cannot_be_sent --budget="$WORK/budget.yaml"
claim 'io with budgets: none of the packets could be sent' \
	expect_json '.ports[1].tx_dropped == 20000 and all(.tenants[]; .lost == .offered)'
claim 'hold with budgets: packets that cannot be sent are lost and uncharged' \
	loses_what_cannot_be_sent "${HOLD[@]}" --hold-size=64 --budget="$WORK/budget.yaml"

# greedy sends eight of ten packets, which is more than the queue can hold.
protects_the_others()
{
	budget packets 256 256 256
	replay "$DEMO" --forward-mode=hold --service-rate=10000 --hold-size=1024 \
		--budget="$WORK/budget.yaml" &&
		expect_delivered "$DEMO" &&
		expect_tenant edge/gold 240 240 0 0 && expect_tenant edge/silver 240 240 0 0 &&
		expect_json '.tenants[] | select(.name == "edge/greedy") | .lost == 0'
}
claim 'demo capture: with budgets gold and silver lose no packets' protects_the_others

makes_demo_capture()
{
	"$CAPTURE" make "$WORK/demo.pcap" 2400 && cmp "$WORK/demo.pcap" "$DEMO"
}
claim 'demo capture: the test program writes an identical file' makes_demo_capture

asks_for_queues()
{
	pmd "${EAL[@]}" --vdev="net_pcap0,rx_pcap=$DEMO,tx_pcap=$WORK/out.pcap" -- \
		--port-topology=loop --rxq=2 --txq=2
	expect_status 1 && expect_message 'port 0 (net_pcap0) supports 1 rx queues, but --rxq is 2'
}
claim 'more queues than the device supports' asks_for_queues

conclude
