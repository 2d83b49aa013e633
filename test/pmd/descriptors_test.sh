#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd starts, reports and ends whichever standard descriptors are closed.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# With the shared files of EAL, one of which would get the number of a closed descriptor.
SHARED=(--no-huge --no-pci -m 64 --log-level='*:error' "--file-prefix=rationpmd$$"
	--lcores "0@0,1@$(($(nproc) > 1))")
mkdir -m 700 "$WORK/run"
export RUNTIME_DIRECTORY=$WORK/run

# closed DESCRIPTORS: run with these closed; the others are files.
closed()
{
	local redirect='' fd

	for fd in $1; do
		redirect+=" $fd>&-"
	done
	: >"$WORK/out"
	: >"$WORK/err"
	# The redirections that follow the descriptors close them again.
	eval 'timeout -k 5 "$DEADLINE" "$PMD" "${SHARED[@]}" "${NULLS[@]}" -- --duration=1' \
		'--stats-format="${FORMAT:-json}" </dev/null >"$WORK/out" 2>"$WORK/err"' \
		"$redirect"
	STATUS=$?
	cat "$WORK/err"
	expect_status 0 || return 1
	[[ $1 == *1* ]] || grep -q total "$WORK/out" || { echo 'no report'; return 1; }
	[[ $1 == *2* ]] || grep -q 'mode io' "$WORK/err" || { echo 'no banner'; return 1; }
	[[ -z $(find "$WORK/run" -type f) ]] || { find "$WORK/run"; return 1; }
}

for fds in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
	claim "descriptors $fds are closed" closed "$fds"
	FORMAT=text claim "descriptors $fds are closed, and the report is text" closed "$fds"
done

# What is opened on a closed descriptor is /dev/null, and it stays there.
is_dev_null()
{
	local link

	no_output
	"$PMD" "${SHARED[@]}" "${NULLS[@]}" -- --duration="$DEADLINE" 2>"$WORK/err" <&- >&- &
	CHILD=$!
	for ((i = 0; i < DEADLINE * 10; i++)); do
		! grep -q 'mode io' "$WORK/err" || break
		sleep 0.1
	done
	link="$(readlink "/proc/$CHILD/fd/0") $(readlink "/proc/$CHILD/fd/1")"
	kill -INT "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	expect_status 0 || return 1
	[[ $link == '/dev/null /dev/null' ]] || { echo "$link"; return 1; }
}
claim 'a closed descriptor is /dev/null' is_dev_null

conclude
