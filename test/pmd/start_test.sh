#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# If ration-pmd cannot start, it prints one line that names the reason, and its status is 1.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# fails MESSAGE ARG...: ration-pmd fails with this message, status 1 and no statistics.
fails()
{
	local message=$1

	shift
	pmd "$@"
	expect_status 1 && expect_message "$message" || return 1
	[[ ! -s $WORK/out ]] || { echo 'stdout is not empty'; return 1; }
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
	fails 'EAL could not start' "${EAL[@]}" --nonsense -- --stats-format=json
claim 'an argument among the EAL options that is not an option' \
	fails "'leftover': not an EAL option" "${EAL[@]}" "${NULLS[@]}" leftover --
claim 'a port in --portmask does not exist' fails 'selects port 2, which does not exist' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=0x5
claim 'an odd number of ports cannot be paired' fails 'needs an even number of ports, not 1' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=1
claim 'fewer mbufs than the mempool caches can contain' \
	fails '--total-num-mbufs: 100 are too few for --mbcache' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=100
claim 'the hold queue is larger than the pool' fails 'are too few for --hold-size=100000' \
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

conclude
