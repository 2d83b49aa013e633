# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions for tests of ration-pmd, which print TAP. A test is a function that returns 0 if its
# claim holds. Its output is printed if the claim does not hold.

PMD=$1
WORK=$(mktemp -d) || exit 1
CHILD=
TESTS=0
BAD=0
# Seconds after which a wait fails.
DEADLINE=${DEADLINE:-60}

# Without hugepages and shared files, any user can run any number of tests at the same time. The
# table of source prefixes takes 64 MiB.
# shellcheck disable=SC2034
EAL=(--no-huge --no-shconf --no-pci -m 192 --log-level=*:error "--file-prefix=rationpmd$$"
	--lcores "0@0,(1-3)@$(($(nproc) > 1))")
# shellcheck disable=SC2034
NULLS=(--vdev=net_null0 --vdev=net_null1)

clean_up()
{
	# A child that receives a signal before exec() runs this trap too.
	[[ $BASHPID == "$$" ]] || return
	[[ -z $CHILD ]] || kill -KILL "$CHILD" 2>/dev/null
	# With its peer; a test that was interrupted has left it.
	[[ ! -e /sys/class/net/rp$$a ]] || ip link del "rp$$a"
	rm -rf "$WORK"
}
trap clean_up EXIT

# no_output: forget what the program before has written. A program in the background empties its
# files after the fork, so a wait for a line could find the line of the one before.
no_output()
{
	: >"$WORK/out"
	: >"$WORK/err"
}

# claim TEXT FUNCTION ARG...: run a test and print its result.
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

# Print the TAP plan and exit. Every test script ends with this.
conclude()
{
	echo "1..$TESTS"
	exit "$((BAD > 0))"
}

# pmd ARG...: run ration-pmd and wait for its end. Sets STATUS, and writes $WORK/out and $WORK/err,
# which the functions below use.
pmd()
{
	timeout -k 5 "$DEADLINE" "$PMD" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
	echo "ran: ration-pmd $*"
	echo "status $STATUS"
	cat "$WORK/err"
}

# expect_status N: the exit status is N.
expect_status()
{
	[[ $STATUS == "$1" ]] || { echo "status $STATUS, expected $1"; return 1; }
}

# expect_message TEXT: a message of ration-pmd on stderr contains TEXT.
expect_message()
{
	grep '^ration-pmd: ' "$WORK/err" | grep -qF -- "$1" || { echo "no message: $1"; return 1; }
}

# eventually COMMAND...: wait until the command succeeds.
eventually()
{
	local end=$((SECONDS + DEADLINE))

	until "$@"; do
		((SECONDS < end)) || { echo "did not succeed within $DEADLINE s: $*"; return 1; }
		sleep 0.05
	done
}

# last_is FILTER: the jq filter is true for the last line on stdout. With -s, because otherwise jq
# succeeds if there is no line.
last_is()
{
	tail -n 1 "$WORK/out" | jq -es "length == 1 and (.[0] | $1)" >/dev/null 2>&1
}

# expect_json FILTER: like last_is, with a message.
expect_json()
{
	last_is "$1" && return 0
	echo "not true: $1"
	tail -n 1 "$WORK/out"
	return 1
}

# expect_every FILTER: the jq filter is true for every line on stdout.
expect_every()
{
	jq -es "length > 0 and all(.[]; $1)" "$WORK/out" >/dev/null && return 0
	echo "not true for every report: $1"
	jq -c "select($1 | not)" "$WORK/out" | head -n 3
	return 1
}

# tenant NAME MEMBER: print a member of a tenant from the last line.
tenant()
{
	tail -n 1 "$WORK/out" | jq -r --arg name "$1" \
		".tenants[] | select(.name == \$name).$2"
}

# The run has ended, every packet has a verdict, and the usage of every counter is 0.
expect_all_accounted()
{
	expect_json '.type == "total"' && expect_json '.check == {"ok": true, "violations": 0}' &&
		expect_json 'all(.tenants[]; .offered == .delivered + .refused + .lost)' &&
		expect_json 'all(.tenants[]; .held == 0 and (.usage == null or .usage == 0))'
}
