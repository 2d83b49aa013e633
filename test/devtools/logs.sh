#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# How the test script counts tests, says how many are done, and keeps the logs of those that failed:
# tried with a small project of a good and a bad test.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../devtools/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"
# shellcheck source=devtools/outcome.sh
. "$ROOT/devtools/outcome.sh"
# shellcheck source=test/devtools/lib.sh
. "$ROOT/test/devtools/lib.sh"

make_project()
{
	mkdir "$WORKDIR/small" && cd "$WORKDIR/small" || return 1
	cat >meson.build <<-'END'
		project('libration', meson_version: '>= 0.61.0')
		test('good', find_program('good.sh'), suite: 'small', protocol: 'tap')
		test('bad', find_program('bad.sh'), suite: 'small', protocol: 'tap')
		test('silent', find_program('silent.sh'), suite: 'small')
	END
	printf '#!/bin/sh\necho ok 1 - first; echo ok 2 - second; echo 1..2\n' >good.sh
	printf '#!/bin/sh\necho "# the reason"; echo not ok 1 - third; echo 1..1; exit 1\n' >bad.sh
	printf '#!/bin/sh\nexit 3\n' >silent.sh
	chmod +x ./*.sh
	env CC=false meson setup build >"$WORKDIR/setup.log" 2>&1
}

# The functions change variables, so they run in this shell, with their output in a file.
try()
{
	"$@" >"$WORKDIR/said" 2>&1
	cat "$WORKDIR/said"
}

said()
{
	cat "$WORKDIR/said"
	grep -qF -- "$1" "$WORKDIR/said"
}

counts_are()
{
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	[[ "$PASSED $FAILED $SKIPPED" == "$*" ]]
}

failures_are()
{
	printf '%s\n' "${FAILURES[@]}"
	[[ "${FAILURES[*]}" == "$*" ]]
}

# The line that names a log is true, and the log has that text.
keeps()
{
	local log

	log=$(sed -n 's/^  log: //p' "$WORKDIR/said")
	echo "log: '$log'"
	[[ -s $log ]] && grep -F -- "$1" "$log"
}

keeps_nothing()
{
	! grep '^  log: ' "$WORKDIR/said"
}

progress_is()
{
	printf '%b' "$2" >"$WORKDIR/log"
	echo "says: $(tests_done "$WORKDIR/log")"
	[[ $(tests_done "$WORKDIR/log") == "$1" ]]
}

shows_progress()
{
	TERM=dumb show_progress unit 10 "$1" | grep -qx "  unit: 10 s$2"
}

make_workdir
RATION_LOGS=$WORKDIR/logs
make_project || die "cannot make the small project: $(cat "$WORKDIR/setup.log")"

try test_step 'a good step' 60 true >/dev/null
claim 'a step that succeeds is counted' counts_are 1 0 0
claim 'its log is not kept' keeps_nothing
try test_step 'a bad step' 60 sh -c 'echo because; exit 5' >/dev/null
claim 'a step that fails is counted' counts_are 1 1 0
claim 'and named' said 'FAILED: a bad step'
claim 'its log is kept and named' keeps because
try meson_tests 'small tests' 60 build --suite small >/dev/null
claim 'cases are counted, and a test without cases as one' counts_are 3 3 0
claim 'a case that fails is named' said 'FAILED: small tests: bad: third'
claim 'the log of the test is kept and named' keeps 'the reason'
try tap_step 'pages' 60 sh -c 'echo ok 1 - a; echo not ok 2 - b; echo "# why"; echo 1..2' >/dev/null
claim 'TAP is counted' counts_are 4 4 0
claim 'its log is kept and named' keeps why
try tap_step 'skips' 60 printf 'ok 1 - c # SKIP no fan\nok 2 d # SKIP\n1..2\n' >/dev/null
claim 'skipped ones are counted' counts_are 4 4 2
claim 'and say why' said 'skipped: skips: c no fan'
claim 'all failures are known at the end' failures_are 'a bad step small tests: bad: third' \
	'small tests: silent: FAIL, status 3' 'pages: b'
claim 'progress of meson' progress_is '12 of 95 tests done' ' 1/95 a OK\n12/95 b OK\n▶ 13/95 x\n'
claim 'progress of TAP' progress_is '2 of 3 tests done' '1..3\nok 1 - a\nnot ok 2 - b\n'
claim 'a build shows its last line' progress_is '[3/9] Compiling' '[2/9] x\n[3/9] Compiling\n'
claim 'without a terminal the number of tests is shown' shows_progress '2 of 3 tests done' \
	', 2 of 3 tests done'
claim 'but no other line of a log' shows_progress '[3/9] Compiling' ''
PARTS=7
try part Models >/dev/null
claim 'a part says how far the script is' said '[1/7] Models (4 passed, 4 failed so far)'
conclude
