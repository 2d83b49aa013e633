#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# beside.sh PROGRAM ARG...: run a program while stress-ng uses the same CPUs from time to time.

if ! command -v stress-ng >/dev/null; then
	echo '# stress-ng is not installed: the program runs alone'
	exec "$@"
fi
# stress-ng writes temporary files: not in the build directory.
stress-ng --temp-path "${TMPDIR:-/tmp}" --cpu 1 --cpu-load 50 --switch 1 --cache 1 --timer 1 \
	>/dev/null 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null; wait "$beside"' EXIT
trap 'exit 143' HUP INT TERM
"$@" &
program=$!
status=0
wait "$program" || status=$?
exit "$status"
