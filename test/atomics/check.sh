#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Compiles the library with shared words that only the atomic layer can access: any other access is
# an error. Builds nothing.
# Usage: check.sh FOLDER-OF-THE-LIBRARY FILE.c...

set -u
LIB=$1
shift
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
read -ra DPDK < <(pkg-config --cflags libdpdk)

n=0
failed=0

tell()
{
	n=$((n + 1))
	if (($1 == 0)); then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$WORK/log"
		failed=1
	fi
}

compiles()
{
	gcc -fsyntax-only -std=gnu11 -D_GNU_SOURCE -DRATION_ALLOW_EXPERIMENTAL \
		-DALLOW_EXPERIMENTAL_API= -Werror -DRTE_LOG_DEFAULT_LOGTYPE=lib.ration \
		-I"$HERE" -I"$HERE/../internal" -I"$LIB" "${DPDK[@]}" \
		-include check_atomics.h "$1" \
		>"$WORK/log" 2>&1
}

# snippet STATEMENT: compiles a function with a statement on a counter and a stock entry.
snippet()
{
	printf '%s\n' '#include "ration_pvt.h"' \
		'uint64_t snippet(struct counter *c, struct ration_stock *s);' \
		'uint64_t snippet(struct counter *c, struct ration_stock *s)' \
		"{ (void)c; (void)s; $1; return 0; }" >"$WORK/snippet.c"
}

for file; do
	compiles "$file"
	tell $? "$(basename "$file") has no access outside the atomic layer"
done
snippet 'ration_store(&s->units, (uint32_t)ration_load(&c->usage, relaxed), relaxed)'
compiles "$WORK/snippet.c"
tell $? 'an access through the layer compiles'
for statement in 'return c->usage' 'c->max = 1' 's->units++' \
	'uint32_t *word = &s->limit; *word = 0' 'if (c->flags & COUNTER_DYING) return 1' \
	'__atomic_store_n(&c->gen, 1, __ATOMIC_RELAXED)'; do
	snippet "$statement"
	! compiles "$WORK/snippet.c"
	tell $? "found: $statement"
done
echo "1..$n"
exit "$failed"
