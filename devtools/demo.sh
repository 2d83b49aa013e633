#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Shows the effect of budgets: three tenants share a slow stage, and one of them sends far too much.
# The demo runs once without and once with budgets.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/packages.sh
. "$ROOT/devtools/packages.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"
# shellcheck source=devtools/netns.sh
. "$ROOT/devtools/netns.sh"
# shellcheck source=devtools/forwarder.sh
. "$ROOT/devtools/forwarder.sh"
# shellcheck source=devtools/compare.sh
. "$ROOT/devtools/compare.sh"

TENANTS=(gold silver greedy)
# Packets per second that each tenant sends, and the rate of the slow stage.
declare -A RATE=([gold]=1500 [silver]=1500 [greedy]=40000)
SERVICE_RATE=20000
# Packets that can wait for the slow stage.
HOLD_SIZE=1024
BUDGET=$ROOT/config/tenants.yaml
CAPTURE=$ROOT/config/demo.pcap

usage()
{
	cat <<-END
		Usage: devtools/demo.sh [--seconds N]

		Three tenants send through ration-pmd, which holds packets for a slow next stage:
		$SERVICE_RATE packets per second, at most $HOLD_SIZE waiting. gold and silver send
		${RATE[gold]} packets per second each, greedy ${RATE[greedy]}. The demo runs once
		without and once with budgets (config/tenants.yaml) and compares the results.

		As root, the demo installs missing Debian packages, reserves hugepages, and sends
		real traffic through network namespaces. Not started by root, it starts itself again
		through sudo, if there is one. As a plain user, it replays a capture and uses no
		hugepages. The demo cleans up at the end, also after Ctrl-C. Its exit status is 0
		unless a step failed or the packets do not add up. With the build it takes about
		two minutes on two CPUs.

		  --seconds N      length of each run, 1 to 600 (default 10)
		  --build FOLDER   use this meson build folder instead of building
		  --replay         replay the capture even as root
		  --plain-user     without sudo
		  --help           print this help and exit
	END
}

build()
{
	choose_build_dir build-demo
	mkdir -p "$BUILD"
	if [[ ! -f $BUILD/build.ninja ]]; then
		step 'configure' 120 "$WORKDIR/setup.log" meson setup "$BUILD" "$ROOT" \
			-Dbuildtype=release -Dtests=false || die 'cannot configure the build'
	fi
	step 'build' 2400 "$WORKDIR/build.log" ninja -C "$BUILD" -j 2 app/pmd/ration-pmd ||
		die 'the build failed'
	PMD=$BUILD/app/pmd/ration-pmd
}

# Print the numbers of refused and lost packets of each tenant until now.
latest()
{
	query "$STATS" '[.tenants[] | select(.refused + .lost > 0)
		| "\(.name | split("/") | last) \(.refused + .lost)"]
		| if . == [] then "" else "refused or lost: " + join(", ") end'
}

# send_traffic LABEL: send from all tenants at the same time, and wait until no packet is held.
send_traffic()
{
	local n name pids=()

	for n in 1 2 3; do
		name=${TENANTS[n - 1]}
		spawn ip netns exec "$CLIENTS" taskset -c "$OTHER_CPU" iperf -u --no-udp-fin \
			-c "10.10.$n.2" -B "10.10.$n.1" -b "${RATE[$name]}pps" -l 100 -t "$TIME" \
			>"$WORKDIR/send-$name.log" 2>&1
		pids+=("$CHILD")
	done
	for n in "${pids[@]}"; do
		wait_child "$n" "$1" "$((TIME + 20))" latest ||
			die "a sender failed: $(tail -n 3 "$WORKDIR"/send-*.log)"
	done
	wait_until 20 nothing_held || die 'packets are still held 20 s after the last one was sent'
}

# run_live NAME LABEL ARG...: run with real traffic. NAME.json contains the statistics.
run_live()
{
	local name=$1 label=$2 before

	shift 2
	start_forwarder "$name" "$MEMORY" --forward-mode=hold --hold-size="$HOLD_SIZE" \
		--service-rate="$SERVICE_RATE" --latency "$@" || die 'cannot start ration-pmd'
	before=$(server_received)
	send_traffic "$label"
	stop_forwarder INT || die "ration-pmd failed: $(tail -n 5 "$MESSAGES")"
	ARRIVED[$name]=$(($(server_received) - before))
	echo "  $label: done"
}

# run_replay NAME LABEL ARG...: run with the capture, at the highest rate of net_pcap.
run_replay()
{
	local name=$1 label=$2

	shift 2
	eal_args "$name" no-huge
	spawn "$PMD" "${EAL_ARGS[@]}" "--vdev=net_pcap0,rx_pcap=$CAPTURE,infinite_rx=1" \
		--vdev=net_null0,no-rx=1 -- --total-num-mbufs=16384 --stats-format=json \
		--forward-mode=hold --hold-size="$HOLD_SIZE" --service-rate="$SERVICE_RATE" \
		--latency --duration="$TIME" "$@" \
		>"$WORKDIR/$name.json" 2>"$WORKDIR/$name.log"
	wait_child "$CHILD" "$label" "$((TIME + 30))" ||
		die "ration-pmd failed: $(tail -n 5 "$WORKDIR/$name.log")"
	echo "  $label: done"
}

TIME=10
GIVEN_BUILD=
REPLAY=
PLAIN_USER=
ARGS=("$@")
while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--seconds) TIME=${2:-}; shift ;;
	--seconds=*) TIME=${1#*=} ;;
	--build) GIVEN_BUILD=${2:-}; shift ;;
	--build=*) GIVEN_BUILD=${1#*=} ;;
	--replay) REPLAY=1 ;;
	--plain-user) PLAIN_USER=1 ;;
	*) usage >&2; die "unknown option '$1'" ;;
	esac
	(($# == 0)) || shift
done
if [[ ! $TIME =~ ^[1-9][0-9]{0,2}$ ]] || ((TIME > 600)); then
	die "--seconds: '$TIME' is not allowed (1 to 600)"
fi

[[ -n $PLAIN_USER ]] || become_root "${ARGS[@]}"

declare -A ARRIVED=()
export LC_ALL=C.UTF-8
make_workdir

echo 'Packages'
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TRAFFIC[@]}" ||
	echo '  cannot install all packages: trying without them'
need_commands jq

echo 'Build'
if [[ -n $GIVEN_BUILD ]]; then
	PMD=$GIVEN_BUILD/app/pmd/ration-pmd
	[[ -x $PMD ]] || die "--build: there is no $PMD"
else
	need_commands meson ninja gcc
	build
fi

if [[ -z $REPLAY ]] && can_make_namespaces; then
	need_commands ethtool iperf
	echo 'Network namespaces and hugepages'
	MEMORY=huge
	if ! reserve_hugepages 256; then
		MEMORY=no-huge
		echo '  cannot reserve hugepages: running without them'
	fi
	{ make_topology && silence_server; } || die 'cannot build the network namespaces'
	RUN=run_live JUDGE=judge_live
else
	echo 'Without root and network namespaces, the demo uses no hugepages, and replays a' \
		'capture instead of sending real traffic. Every tenant sends more than the slow' \
		'stage can serve. Packets that are held at the end of a run are lost.'
	RUN=run_replay JUDGE=judge_replay
fi

echo "Traffic, $TIME seconds without and $TIME seconds with budgets"
"$RUN" without 'without budgets' --classify="$BUDGET"
"$RUN" with 'with budgets' --budget="$BUDGET"

print_table
"$JUDGE"
check_accounting
