# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Opens /dev/null on each standard descriptor that is closed. Otherwise the next file that a script
# or one of its commands opens gets its number, and receives what is meant for stdout or stderr.
# Sourced by all scripts in this directory, before anything else.

[[ -e /proc/self/fd/0 ]] || exec 0</dev/null
[[ -e /proc/self/fd/1 ]] || exec 1>/dev/null
# Without stderr bash keeps the script itself open there.
[[ -e /proc/self/fd/2 && ! /proc/self/fd/2 -ef $0 ]] || exec 2>/dev/null
