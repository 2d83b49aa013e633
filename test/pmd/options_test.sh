#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd refuses each wrong command line with one line that names the error, and status 2.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# refused MESSAGE ARG...: ration-pmd refuses the arguments before it starts EAL, with one line on
# stderr and nothing on stdout.
refused()
{
	local message=$1

	shift
	pmd "$@"
	expect_status 2 && expect_message "$message" || return 1
	if [[ $(wc -l <"$WORK/err") != 1 || -s $WORK/out ]]; then
		echo 'stderr has more than one line, or stdout is not empty'
		return 1
	fi
}

# Message and options of the application. The shell splits the options.
while IFS='@' read -r message options; do
	# shellcheck disable=SC2086
	claim "$options: $message" refused "$message" -- $options
done <<'END'
'--nonsense': unknown option@--nonsense
'-x': unknown option@-x
'--rx=1': unknown option or ambiguous@--rx=1
'-xh': unknown option@-xh
'leftover': not an option@--rxq=1 leftover
'leftover': not an option@leftover --rxq=1
--burst: needs a value@--burst
--budget: needs a value@--latency --budget
--latency: takes no value@--latency=yes
--burst: 0 is out of range (1 to 512@--burst=0
--burst: 513 is out of range (1 to 512@--burst 513
--burst: '-1' is not a number@--burst=-1
--burst: '+1' is not a number@--burst=+1
--burst: '32x' is not a number@--burst=32x
--burst: '0x20' is not a number@--burst=0x20
--burst: '' is not a number@--burst=
--burst: '--latency' is not a number@--burst --latency
--burst: 18446744073709551648 is out of range@--burst=18446744073709551648
--nb-cores: 0 is out of range@--nb-cores=0
--rxq: 0 is out of range@--rxq=0
--txq: 1025 is out of range@--txq=1025
--txq: 1 is less than --rxq, which is 2@--rxq=2
--rxd: 65536 is out of range@--rxd=65536
--txd: 0 is out of range@--txd=0
--mbcache: 513 is out of range (0 to 512@--mbcache=513
--total-num-mbufs: 0 is out of range@--total-num-mbufs=0
--mbuf-size: 255 is out of range (256 to 65535@--mbuf-size=255
--portmask: '0' is not a mask@--portmask=0
--portmask: 'zero' is not a mask@--portmask=zero
--portmask: '-1' is not a mask@--portmask=-1
--portmask: '1ffffffffffffffff' is not a mask@--portmask=1ffffffffffffffff
--forward-mode: 'fast' is unknown (io|mac|macswap|rxonly|hold is allowed)@--forward-mode=fast
--port-topology: 'ring' is unknown (paired|chained|loop is allowed)@--port-topology=ring
--stats-format: 'xml' is unknown (text|json is allowed)@--stats-format=xml
--stats-period: 0 is out of range@--stats-period=0
--duration: 0 is out of range@--duration=0
--duration: '0.5' is not a number@--duration=0.5
--max-packets: 0 is out of range@--max-packets=0
--service-rate: 0 is out of range@--forward-mode=hold --service-rate=0
--hold-size: 0 is out of range@--forward-mode=hold --service-rate=1 --hold-size=0
--hold-size: 1 is less than@--forward-mode=hold --service-rate=1 --hold-size=1 --nb-cores=2
--service-rate: allowed only with --forward-mode=hold@--service-rate=1000
--hold-size: allowed only with --forward-mode=hold@--forward-mode=io --hold-size=10
--latency: allowed only with --forward-mode=hold@--latency
--forward-mode=hold needs --service-rate@--forward-mode=hold
--budget and --classify cannot be combined@--budget=a.yaml --classify=a.yaml
--budget: the file name is empty@--budget=
--stats-rows: 0 is out of range@--stats-rows=0
--stats-filter: the pattern is empty@--stats-filter=
--stats-changed: takes no value@--stats-changed=1
END

# Without -- the option is among those of EAL.
claim 'an option without --' refused "--forward-mode: '--' is missing before it" \
	-l 0,1 --no-huge --forward-mode=io
claim 'an option without --, as two words' refused "--burst: '--' is missing before it" --burst 32
claim 'an abbreviation without --' refused "--stats-period: '--' is missing" --stats-p=1
claim 'a flag without --' refused "--latency: '--' is missing" --no-pci --latency
claim 'an option before --' refused "--budget: stands before '--'" --budget=x.yaml -- --rxq=1
claim '--help after an option without --' refused "--rxq: '--' is missing" --rxq=1 --help

for prefix in ../evil a/b '' . .. 'a b' 'ä'; do
	claim "--file-prefix='$prefix' is not a plain name" \
		refused '--file-prefix: ' "--file-prefix=$prefix" --
done
claim '--file-prefix ../evil as two words' refused "'../evil' is not a plain name" \
	--file-prefix ../evil --
claim '--file-prefix abbreviated' refused "'../evil' is not a plain name" --file-pre=../evil --
claim '--file-prefix of 33 characters' refused '--file-prefix: ' \
	--file-prefix=a23456789-123456789-123456789-123 --
claim '--file-prefix after a --file-prefix that is a value' \
	refused "'../evil' is not a plain name" --vdev --file-prefix --file-prefix ../evil --
claim '--file-prefix without a value' refused '--file-prefix: ' --file-prefix --

shows_help()
{
	local option

	pmd "$@"
	expect_status 0 || return 1
	if [[ -s $WORK/err ]]; then
		echo 'stderr is not empty'
		return 1
	fi
	for option in forward-mode nb-cores rxq txq rxd txd burst mbcache total-num-mbufs \
		mbuf-size portmask port-topology stats-period no-flush-rx disable-link-check \
		record-core-cycles budget classify duration max-packets stats-format service-rate \
		hold-size latency stats-rows stats-filter stats-changed help version; do
		grep -q -- "^  --$option" "$WORK/out" || { echo "no --$option"; return 1; }
	done
}

shows_version()
{
	pmd "$@"
	expect_status 0 || return 1
	[[ ! -s $WORK/err ]] &&
		grep -qxE 'ration-pmd [0-9]+\.[0-9]+\.[0-9]+ \(DPDK .*\)' "$WORK/out" &&
		[[ $(wc -l <"$WORK/out") == 1 ]]
}
claim '--version does not start EAL' shows_version --version
claim '--version among the options of EAL' shows_version -l 0,1 --version -- --rxq=2
claim '--version among the options of the application' shows_version -- --version

claim '--help without other arguments does not start EAL' shows_help --help
claim '-h without other arguments does not start EAL' shows_help -h
claim '--help among the options of the application does not start EAL' \
	shows_help --nonsense-for-eal -- --help
fails_to_write()
{
	"$PMD" "$@" >/dev/full 2>"$WORK/err"
	STATUS=$?
	expect_status 1 && expect_message 'cannot write to stdout: No space left on device'
}
claim '--help on a full device' fails_to_write --help
claim '--version on a full device' fails_to_write --version

claim 'an unambiguous abbreviation is accepted' shows_help -- --hel
claim 'so is one of --version' shows_version -- --vers

conclude
