#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# A call of an experimental function is an error, unless the program allows such calls.
# Usage: experimental.sh FOLDER-OF-THE-LIBRARY

set -u

dpdk=$(pkg-config --cflags libdpdk | sed 's/-I *\([^ ]*\)/-isystem \1/g')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
failed=0

cat > "$work/stable.c" <<'END'
#include <ration.h>
int f(struct ration_domain *d);
int f(struct ration_domain *d) { return ration_domain_free(d); }
END
cat > "$work/experimental.c" <<'END'
#include <ration.h>
int f(struct ration_domain *d);
int f(struct ration_domain *d) { return ration_domain_verify(d, 1, NULL); }
END

# tell STATUS DESCRIPTION
tell() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/messages"
		failed=1
	fi
}

# compiles COMPILER PROGRAM FLAG...
compiles() {
	compiler=$1
	program=$work/$2.c
	shift 2
	# The flags are words.
	# shellcheck disable=SC2086
	"$compiler" -std=gnu11 -O2 -Wall -Werror "$@" -I"$library" $dpdk -c "$program" \
		-o "$work/unit.o" > "$work/messages" 2>&1
}

library=$1
for compiler in gcc clang; do
	command -v "$compiler" > "$work/which" || continue
	compiles "$compiler" stable
	tell $? "$compiler: a program of stable functions compiles"
	compiles "$compiler" experimental -DRATION_ALLOW_EXPERIMENTAL
	tell $? "$compiler: a program that allows it may call an experimental function"
	! compiles "$compiler" experimental && grep -q RATION_ALLOW_EXPERIMENTAL "$work/messages"
	tell $? "$compiler: else the call is an error that names what to define"
done

# Each function of the node EXPERIMENTAL has the marker in its header, and no other.
marked=$(sed -n '/^RATION_EXPERIMENTAL$/{n;N;p}' "$library"/ration_*.h |
	grep -oE '\bration_[a-z_]+\(' | tr -d '(' | sort)
listed=$(sed -n '/^EXPERIMENTAL/,/^}/s/^\t\(ration_[a-z_]*\);$/\1/p' "$library/version.map" | sort)
printf 'marked:\n%s\nlisted:\n%s\n' "$marked" "$listed" > "$work/messages"
[ -n "$marked" ] && [ "$marked" = "$listed" ]
tell $? 'the node EXPERIMENTAL has the functions that are marked'

echo "1..$n"
exit "$failed"
