#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Run by "meson install": programs find a new shared library only after ldconfig has listed it. The
# argument is the directory of the library. Without root, or in a directory that the linker does not
# search, it says what to do instead.

PATH=$PATH:/usr/sbin:/sbin
command -v ldconfig >/dev/null || exit 0

[ "$(id -u)" -ne 0 ] || ldconfig
if ! ldconfig -p | grep -qF " => $1/libration.so."; then
	echo "The dynamic linker does not know $1: before you start a program with the shared"
	echo "library, run ldconfig as root, or set LD_LIBRARY_PATH=$1"
fi
