#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# If ration-pmd cannot start, it prints one line that names the reason, and its status is 1, or 2 if
# the command line is wrong.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# fails_with STATUS MESSAGE ARG...: ration-pmd fails with this status and message, and prints no
# statistics.
fails_with()
{
	local status=$1 message=$2

	shift 2
	pmd "$@"
	expect_status "$status" && expect_message "$message" || return 1
	[[ ! -s $WORK/out ]] || { echo 'stdout is not empty'; return 1; }
}

fails()
{
	fails_with 1 "$@"
}

# Without --no-shconf EAL makes files; none is left.
leftover_leaves_nothing()
{
	local run=$WORK/run status

	mkdir -m 700 "$run"
	RUNTIME_DIRECTORY=$run fails_with 2 "'leftover': not an EAL option" -l 0,1 --no-huge -m 64 \
		--no-pci --file-prefix=leftover leftover --
	status=$?
	find "$run" ! -type d | grep . && status=1
	rm -rf "$run"
	return "$status"
}

PLAIN=("--file-prefix=rationpmd$$" --no-huge --no-shconf --no-pci -m 64 --log-level='*:error')
claim 'one lcore is too few' fails 'only one lcore: the main lcore does not forward' \
	"${PLAIN[@]}" -l 0 "${NULLS[@]}" --
claim '--nb-cores is above the number of worker lcores' \
	fails '--nb-cores: 4 is more than the 3 worker lcores' \
	"${EAL[@]}" "${NULLS[@]}" -- --nb-cores=4
claim 'there are no ports' fails 'no ports' "${EAL[@]}" --
claim 'a device that EAL cannot create, although it continues' \
	fails '--vdev net_pcap7: no such port' \
	"${EAL[@]}" "${NULLS[@]}" --vdev="net_pcap7,rx_pcap=$WORK/missing.pcap" --
claim 'EAL refuses a device' fails 'EAL could not start' "${EAL[@]}" --vdev=net_nonsense0 --
claim 'EAL refuses an option, and stdout for JSON stays empty' \
	fails_with 2 'EAL could not start' "${EAL[@]}" --nonsense -- --stats-format=json
claim 'an argument among the EAL options that is not an option' \
	fails_with 2 "'leftover': not an EAL option" "${EAL[@]}" "${NULLS[@]}" leftover --
claim 'and EAL leaves no files' leftover_leaves_nothing
names_unknown_option()
{
	fails_with 2 'EAL could not start' "${EAL[@]}" --nonsense -- &&
		grep -q "unrecognized option '--nonsense'" "$WORK/err" &&
		[[ $(wc -l <"$WORK/err") -le 6 ]]
}
claim 'EAL names the option that it refuses, and prints no help' names_unknown_option
claim 'a port in --portmask does not exist' fails 'selects port 2, which does not exist' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=0x5
claim 'an odd number of ports cannot be paired' fails 'needs an even number of ports, not 1' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=1
claim 'fewer mbufs than queues, bursts and mempool caches can contain' \
	fails '--total-num-mbufs: 400 are too few, at least 3054 are needed' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=400 --burst=256
claim 'the hold queue is larger than the pool' \
	fails 'are too few, at least 102830 are needed' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=16384 --forward-mode=hold \
	--service-rate=1000 --hold-size=100000
claim 'the mbufs do not fit into the memory' fails 'no memory for 10000000 mbufs' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=10000000
claim 'the budget file is missing' fails "$WORK/missing.yaml" \
	"${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK/missing.yaml"
claim 'the budget file is a directory' fails "$WORK" "${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK"
echo 'unit: pears' >"$WORK/bad.yaml"
claim 'the budget file has an error' fails "$WORK/bad.yaml:1" \
	"${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK/bad.yaml"
claim 'the classify file has an error' fails "$WORK/bad.yaml:1" \
	"${EAL[@]}" "${NULLS[@]}" -- --classify="$WORK/bad.yaml"

# says TEXT ARG...: the banner contains the text.
says()
{
	local text=$1

	shift
	pmd "${EAL[@]}" "${NULLS[@]}" -- --max-packets=64 "$@"
	expect_status 0 && expect_message "$text"
}
cat >"$WORK/good.yaml" <<'END'
default: other
budgets: [{name: gold, match: [vlan: 7]}, {name: other}]
END
claim 'the banner names ports and their drivers' says 'port 0: net_null0, driver net_null, MAC '
claim 'the banner says where packets go' says 'link up at 10000 Mbit/s, 1 rx and 1 tx queues, '`
	`'sends to port 0' --port-topology=loop
claim 'the banner says to which address mode mac sends' \
	says 'sends to port 1 with destination 02:00:00:00:00:01' --forward-mode=mac
claim 'the banner names mode and lcores' says 'mode macswap on lcores 1,2, bursts of 32 packets' \
	--forward-mode=macswap --nb-cores=2
claim 'the banner describes the budgets' says "budgets of $WORK/good.yaml: 4 counters, 1 rules, "`
	`"unit packets, default 'other', malformed frames 'malformed'" --budget="$WORK/good.yaml"

conclude
