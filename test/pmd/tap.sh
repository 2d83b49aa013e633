# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Claims about ration-pmd, told as TAP. A test is a function that returns 0 if its claim holds; what
# it prints is shown when it does not.

PMD=$1
WORK=$(mktemp -d) || exit 1
CHILD=
TESTS=0
BAD=0
# Seconds after which something that has to happen has failed to.
DEADLINE=${DEADLINE:-60}

# No hugepages, no shared files: as any user, as many at once as one likes. Tables for source
# prefixes take 64 MiB.
# shellcheck disable=SC2034
EAL=(--no-huge --no-shconf --no-pci -m 192 --log-level=*:error "--file-prefix=rationpmd$$"
	--lcores "0@0,(1-3)@$(($(nproc) > 1))")
# shellcheck disable=SC2034
NULLS=(--vdev=net_null0 --vdev=net_null1)

clean_up()
{
	# A child that a signal hits before it has become another program comes here too.
	[[ $BASHPID == "$$" ]] || return
	[[ -z $CHILD ]] || kill -KILL "$CHILD" 2>/dev/null
	rm -rf "$WORK"
}
trap clean_up EXIT

# claim TEXT FUNCTION ARG...
claim()
{
	local text=$1

	shift
	TESTS=$((TESTS + 1))
	if "$@" >"$WORK/claim.log" 2>&1; then
		echo "ok $TESTS - $text"
	else
		echo "not ok $TESTS - $text"
		sed 's/^/# /' "$WORK/claim.log"
		BAD=$((BAD + 1))
	fi
}

# End of a test script.
conclude()
{
	echo "1..$TESTS"
	exit "$((BAD > 0))"
}

# pmd ARG...: runs it to its end; STATUS, $WORK/out and $WORK/err are what it left. Later calls of
# a test see the figures of the last one.
pmd()
{
	timeout -k 5 "$DEADLINE" "$PMD" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
	echo "ran: ration-pmd $*"
	echo "status $STATUS"
	cat "$WORK/err"
}

# expect_status N
expect_status()
{
	[[ $STATUS == "$1" ]] || { echo "status $STATUS, expected $1"; return 1; }
}

# expect_message TEXT: one of its own lines on stderr contains TEXT.
expect_message()
{
	grep '^ration-pmd: ' "$WORK/err" | grep -qF -- "$1" || { echo "no message: $1"; return 1; }
}

# last_is FILTER: holds for the last line on stdout. Slurped, because jq takes no input for success.
last_is()
{
	tail -n 1 "$WORK/out" | jq -es "length == 1 and (.[0] | $1)" >/dev/null 2>&1
}

# expect_json FILTER
expect_json()
{
	last_is "$1" && return 0
	echo "does not hold: $1"
	tail -n 1 "$WORK/out"
	return 1
}

# tenant NAME MEMBER: a figure of the last line.
tenant()
{
	tail -n 1 "$WORK/out" | jq -r --arg name "$1" \
		".tenants[] | select(.name == \$name).$2"
}

# Every packet has had its fate, and every counter is back to zero.
expect_books()
{
	expect_json '.type == "total"' && expect_json '.check == {"ok": true, "violations": 0}' &&
		expect_json 'all(.tenants[]; .offered == .delivered + .refused + .lost)' &&
		expect_json 'all(.tenants[]; .held == 0 and (.usage == null or .usage == 0))'
}
