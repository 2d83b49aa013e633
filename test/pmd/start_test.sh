#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# What ration-pmd needs to start; without it, one clear line and status 1.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# fails MESSAGE ARG...: with status 1 and no statistics.
fails()
{
	local message=$1

	shift
	pmd "$@"
	expect_status 1 && expect_message "$message" || return 1
	[[ ! -s $WORK/out ]] || { echo 'not silent on stdout'; return 1; }
}

PLAIN=("--file-prefix=rationpmd$$" --no-huge --no-shconf --no-pci -m 64 --log-level='*:error')
claim 'one lcore is too few' fails 'only one lcore: the main lcore does not forward' \
	"${PLAIN[@]}" -l 0 "${NULLS[@]}" --
claim 'more lcores asked for than there are' fails '--nb-cores: 4 is more than the 3 worker lcores' \
	"${EAL[@]}" "${NULLS[@]}" -- --nb-cores=4
claim 'no ports' fails 'no ports' "${EAL[@]}" --
claim 'a device that EAL goes on without is named' fails '--vdev net_pcap7: no such port' \
	"${EAL[@]}" "${NULLS[@]}" --vdev="net_pcap7,rx_pcap=$WORK/missing.pcap" --
claim 'EAL refuses a device' fails 'EAL could not start' "${EAL[@]}" --vdev=net_nonsense0 --
claim 'EAL refuses an option, and what it says does not mix with JSON' \
	fails 'EAL could not start' "${EAL[@]}" --nonsense -- --stats-format=json
claim 'a word among the EAL options' fails "'leftover': not an EAL option" \
	"${EAL[@]}" "${NULLS[@]}" leftover --
claim 'a port of the mask is missing' fails 'selects port 2, which does not exist' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=0x5
claim 'an odd number of ports in pairs' fails 'needs an even number of ports, not 1' \
	"${EAL[@]}" "${NULLS[@]}" -- --portmask=1
claim 'fewer mbufs than the caches take' fails '--total-num-mbufs: 100 are too few for --mbcache' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=100
claim 'a hold queue larger than the pool' fails 'are too few for --hold-size=100000' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=16384 --forward-mode=hold \
	--service-rate=1000 --hold-size=100000
claim 'more mbufs than memory' fails 'no memory for 10000000 mbufs' \
	"${EAL[@]}" "${NULLS[@]}" -- --total-num-mbufs=10000000
claim 'the budget file is missing' fails "$WORK/missing.yaml" \
	"${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK/missing.yaml"
claim 'the budget file is a directory' fails "$WORK" "${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK"
echo 'unit: pears' >"$WORK/bad.yaml"
claim 'the budget file is wrong' fails "$WORK/bad.yaml:1" \
	"${EAL[@]}" "${NULLS[@]}" -- --budget="$WORK/bad.yaml"
claim 'the classify file is wrong' fails "$WORK/bad.yaml:1" \
	"${EAL[@]}" "${NULLS[@]}" -- --classify="$WORK/bad.yaml"

conclude
