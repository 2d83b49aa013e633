# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Counts tests and keeps the logs of those that failed. Sourced after common.sh; the logs of
# the steps are in WORKDIR.

PASSED=0
FAILED=0
SKIPPED=0
# The names of the tests that failed, and why.
FAILURES=()

# All limits are for a machine that does nothing else. A busy one takes several times as long, and
# no limit decides a test: they only end what hangs.
PATIENCE=${RATION_PATIENCE:-4}

# The parts of the script, to say how far it is: part TITLE.
PARTS=0
PART=0

part()
{
	local so_far=''

	PART=$((PART + 1))
	((PASSED + FAILED == 0)) || so_far=" ($PASSED passed, $FAILED failed so far)"
	echo "[$PART/$PARTS] $1$so_far"
}

# outcome passed|failed|skipped NAME [REASON]: count one test. Passed tests print no line.
outcome()
{
	case $1 in
	passed) PASSED=$((PASSED + 1)) ;;
	failed)
		FAILED=$((FAILED + 1))
		FAILURES+=("$2${3:+ ($3)}")
		echo "  FAILED: ${FAILURES[-1]}"
		;;
	skipped) SKIPPED=$((SKIPPED + 1)); echo "  skipped: $2${3:+ ($3)}" ;;
	esac
}

KEPT=

# A directory for the logs of this run: in the source tree if that is writable.
make_kept()
{
	local name

	name=$(date +%Y%m%d-%H%M%S)-$$
	if [[ -n ${RATION_LOGS:-} ]]; then
		KEPT=$RATION_LOGS
		mkdir -p "$KEPT"
	elif [[ -w $ROOT ]] && mkdir -p "$ROOT/build-logs/$name" 2>/dev/null; then
		KEPT=$ROOT/build-logs/$name
		! is_root || at_exit give_to_owner "$ROOT/build-logs"
	else
		KEPT=$(mktemp -d "${TMPDIR:-/tmp}/ration-logs-XXXXXX")
	fi
}

# keep_logs NAME FILE...: keep the logs of a test that failed, as one file, and print its name.
keep_logs()
{
	local name=${1//[^A-Za-z0-9.-]/-}

	shift
	[[ -n $KEPT ]] || make_kept || return
	cat "$@" >"$KEPT/$name.log" 2>/dev/null
	echo "  log: $KEPT/$name.log"
}

# test_step NAME LIMIT COMMAND ARG...: a test that is one command.
test_step()
{
	local name=$1 limit=$2

	shift 2
	if step "$name" "$((limit * PATIENCE))" "$WORKDIR/step.log" "$@"; then
		outcome passed "$name"
	else
		outcome failed "$name"
		keep_logs "$name" "$WORKDIR/step.log"
		return 1
	fi
}

# count_tap PREFIX: count lines of TAP from stdin. There are thousands: no line starts a program.
count_tap()
{
	local line name pattern='^(not )?ok [0-9]* *(- )?(.*)$'

	while read -r line; do
		[[ $line =~ $pattern ]] || continue
		name=${BASH_REMATCH[3]/'# SKIP '/}
		name="$1: ${name%'# SKIP'}"
		case $line in
		ok\ *'# SKIP'* | not\ ok\ *'# SKIP'*) outcome skipped "$name" ;;
		'ok '*) outcome passed "$name" ;;
		'not ok '*) outcome failed "$name" ;;
		esac
	done
}

# tap_step NAME LIMIT COMMAND ARG...: a command that prints TAP.
tap_step()
{
	local name=$1 limit=$2 log=$WORKDIR/tap.log failed=$FAILED

	shift 2
	spawn "$@" >"$log" 2>&1
	wait_child "$CHILD" "$name" "$((limit * PATIENCE))" tests_done "$log"
	grep -q '^1\.\.' "$log" || outcome failed "$name" 'did not finish'
	count_tap "$name" <"$log"
	((FAILED == failed)) && return
	grep -v '^ok' "$log" | tail -n 60 | sed 's/^/    | /'
	keep_logs "$name" "$log"
}

# Read meson's log: for each test a line of TAP for each case, or one line if it has no cases. A
# test that failed although none of its cases failed counts as one more failure.
# shellcheck disable=SC2016 # jq's variables
MESON_TAP='
	def cases: [(.stdout // "") | split("\n")[] | select(test("^ *(not )?ok "))];
	def failures: map(select(test("^ *not ok ") and (test("# SKIP") | not)));
	def is_bad: .result as $r | ["OK", "SKIP", "EXPECTEDFAIL"] | index($r) == null;
	.name as $name | cases as $cases
	| ($cases[] | sub("^ *(?<ok>(not )?ok [0-9]* *-? *)"; "\(.ok)" + $name + ": ")),
	  if .result == "SKIP" and ($cases | length) == 0
	  then "ok 1 - \($name) # SKIP "
	       + ((.stdout // "") | split("\n") | map(select(. != "")) | last // "")
	  elif is_bad and ($cases | failures | length) == 0
	       and (.returncode != 0 or ($cases | map(select(test("# SKIP"))) | length) == 0)
	  then "not ok 1 - \($name): \(.result), status \(.returncode)"
	  elif ($cases | length) == 0 then "ok 1 - \($name)"
	  else empty end'

# meson_tests NAME LIMIT BUILD ARG...: run tests of a build directory and count their cases.
# TIMEOUTS multiplies the limits of single tests.
meson_tests()
{
	local name=$1 limit=$(($2 * PATIENCE)) build=$3 logs="$3/meson-logs" log status=0
	local start=$SECONDS failed=$FAILED

	shift 3
	rm -f "$logs"/counted*
	spawn meson test -C "$build" --logbase counted --print-errorlogs --num-processes 3 \
		--timeout-multiplier "$((PATIENCE * ${TIMEOUTS:-1}))" "$@" \
		>"$WORKDIR/$name.log" 2>&1
	wait_child "$CHILD" "$name" "$limit" tests_done "$WORKDIR/$name.log" || status=$?
	printf '  %s: ran %d s\n' "$name" "$((SECONDS - start))"
	if ((status != 0)); then
		grep -avE '^(ninja: | *[0-9]+/[0-9]+ .* (OK|SKIP) )' "$WORKDIR/$name.log" |
			tail -n 150 | sed 's/^/    | /'
	fi
	# With a wrapper, meson adds its name.
	log=$(find "$logs" -name "counted*.json" -size +0)
	if [[ -z $log ]]; then
		outcome failed "$name" "status $status, no test has run"
		keep_logs "$name" "$WORKDIR/$name.log"
		return 1
	fi
	((status != 124)) || outcome failed "$name" "not finished after $limit s"
	count_tap "$name" < <(jq -r "$MESON_TAP" "$log")
	# meson's own log has the whole output of each test.
	((FAILED == failed)) ||
		keep_logs "$name" "$WORKDIR/$name.log" "$logs"/counted*.txt
}

# suite_targets BUILD SUITE...: print what the tests of these suites need, for ninja.
suite_targets()
{
	local build=$1

	shift
	jq -rn --arg build "$(realpath "$build")/" \
		--argjson suites "$(printf '"libration:%s"\n' "$@" | jq -s .)" \
		--slurpfile tests <(meson introspect --tests "$build") \
		--slurpfile targets <(meson introspect --targets "$build") '
		[$tests[0][] | select(.suite - (.suite - $suites) != []) | .depends[]] as $needed
		| $targets[0][] | select(.id | IN($needed[])) | .filename[] | ltrimstr($build)'
}

# suite_programs BUILD SUITE: print the programs of the tests of a suite.
suite_programs()
{
	meson introspect --tests "$1" | jq -r --arg suite "libration:$2" \
		'.[] | select(.suite | index($suite)) | .cmd[0]'
}
