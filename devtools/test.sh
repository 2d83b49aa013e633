#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Installs missing packages, builds, runs all tests and checks, and counts them.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/packages.sh
. "$ROOT/devtools/packages.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"
# shellcheck source=devtools/netns.sh
. "$ROOT/devtools/netns.sh"

usage()
{
	cat <<-'END'
		Usage: [sudo] devtools/test.sh [--quick] [--keep]

		Installs what is missing, builds, runs all tests and checks, and ends with the
		line "N passed, N failed, N skipped". The status is 0 if none failed. A plain
		user installs nothing and skips what needs root.

		  --quick  only the gcc build and the unit tests
		  --keep   keep the build folder build-test, or use it again if it is there
		  --help   this text
	END
}

# Of the sample of run_mutation.
MUTATION_SEED=5

PASSED=0
FAILED=0
SKIPPED=0

# outcome passed|failed|skipped NAME [REASON]: count one test. Passed tests print no line.
outcome()
{
	case $1 in
	passed) PASSED=$((PASSED + 1)) ;;
	failed) FAILED=$((FAILED + 1)); echo "  FAILED: $2${3:+ ($3)}" ;;
	skipped) SKIPPED=$((SKIPPED + 1)); echo "  skipped: $2${3:+ ($3)}" ;;
	esac
}

# test_step NAME LIMIT COMMAND ARG...: a test that is one command.
test_step()
{
	local name=$1 limit=$2

	shift 2
	if step "$name" "$limit" "$WORKDIR/step.log" "$@"; then
		outcome passed "$name"
	else
		outcome failed "$name"
		return 1
	fi
}

# count_tap PREFIX: count lines of TAP from stdin.
count_tap()
{
	local line name

	while read -r line; do
		name="$1: $(sed -E 's/^(not )?ok [0-9]* *(- )?//; s/# SKIP *//' <<<"$line")"
		case $line in
		ok\ *'# SKIP'* | not\ ok\ *'# SKIP'*) outcome skipped "$name" ;;
		'ok '*) outcome passed "$name" ;;
		'not ok '*) outcome failed "$name" ;;
		esac
	done
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
meson_tests()
{
	local name=$1 limit=$2 build=$3 logs="$3/meson-logs" log start=$SECONDS status=0

	shift 3
	rm -f "$logs"/counted*.json
	spawn meson test -C "$build" --logbase counted --print-errorlogs --num-processes 2 "$@" \
		>"$WORKDIR/$name.log" 2>&1
	wait_child "$CHILD" "$name" "$limit" last_line "$WORKDIR/$name.log" || status=$?
	printf '  %s: ran %d s\n' "$name" "$((SECONDS - start))"
	if ((status != 0)); then
		grep -avE '^(ninja: | *[0-9]+/[0-9]+ .* (OK|SKIP) )' "$WORKDIR/$name.log" |
			tail -n 150 | sed 's/^/    | /'
	fi
	# With a wrapper, meson adds its name.
	log=$(find "$logs" -name "counted*.json" -size +0)
	if [[ -z $log ]]; then
		outcome failed "$name" "status $status, no test has run"
		return 1
	fi
	((status != 124)) || outcome failed "$name" "not finished after $limit s"
	count_tap "$name" < <(jq -r "$MESON_TAP" "$log")
}

# suite_programs BUILD SUITE: print the programs of the tests of a suite.
suite_programs()
{
	meson introspect --tests "$1" | jq -r --arg suite "libration:$2" \
		'.[] | select(.suite | index($suite)) | .cmd[0]'
}

# build NAME CC ARG...: configure and build below build-test; BUILT is the directory.
build()
{
	local name=$1 cc=$2

	shift 2
	BUILT=$BUILD/$name
	mkdir -p "$BUILD"
	if [[ ! -f $BUILT/build.ninja ]]; then
		rm -rf "$BUILT"
		test_step "$name: configure" 120 env CC="$cc" CFLAGS= LDFLAGS= \
			meson setup --werror "$BUILT" "$ROOT" "$@" || return 1
	fi
	test_step "$name: build without warnings" 600 ninja -C "$BUILT" -j 2
}

run_gcc()
{
	build gcc gcc -Dbuildtype=debugoptimized || return
	GCC_BUILD=$BUILT
	# Only processes with common hugepages can share a domain.
	if is_root && reserve_hugepages 128; then
		export RATION_HUGE_DIR=$HUGE_DIR
	else
		echo '  no hugepages available: tests with a true secondary process do not run'
	fi
	meson_tests 'unit tests' 900 "$GCC_BUILD" --no-suite e2e --no-suite install \
		--no-suite model
}

run_models()
{
	[[ -z $GCC_BUILD ]] || meson_tests 'models' 600 "$GCC_BUILD" --suite model
}

run_clang()
{
	if ! command -v clang >/dev/null; then
		outcome skipped 'clang: build without warnings' 'clang is not installed'
		return
	fi
	build clang clang -Dbuildtype=release
}

# Leak detection is off: EAL keeps memory until the process ends.
run_sanitizers()
{
	build sanitizers gcc -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
		-Dexplore=false \
		-Dc_args=-fno-sanitize-recover=undefined -Db_lundef=false || return
	# With sanitizers a call has many times the instructions, and each is a step. "Once" prints
	# the same text for every build, and a long script.
	RATION_TEST_KILLS=8 RATION_TEST_EFFORT=40 meson_tests 'unit tests with sanitizers' 500 \
		"$BUILT" --no-suite e2e --no-suite install --no-suite model --no-suite explore \
		--no-suite isolation --no-suite once --timeout-multiplier 4
}

# Without optimization, so that each branch in the code is a branch in the source.
run_coverage()
{
	if ! command -v gcovr >/dev/null; then
		outcome skipped 'coverage' 'gcovr is not installed'
		return
	fi
	build coverage gcc -Dbuildtype=debug -Dapps=false -Db_coverage=true \
		-Dc_args=-fprofile-update=atomic || return
	RATION_TEST_KILLS=4 meson_tests 'unit tests for coverage' 200 "$BUILT" --suite unit \
		--suite mp --timeout-multiplier 2
	if [[ -z ${RATION_HUGE_DIR:-} ]]; then
		outcome skipped 'coverage' 'without hugepages secondary processes do not run'
		return
	fi
	test_step 'coverage' 60 "$ROOT/devtools/coverage.sh" "$BUILT"
	grep -E '^(lines|branches):' "$WORKDIR/step.log" | sed 's/^/    /'
}

# Unit tests as an unprivileged user: copies, because that user may not be able to read the build
# directory.
run_plain_user()
{
	local home name status user=65534

	[[ -n $GCC_BUILD ]] && is_root || return 0
	home=$(mktemp -d "${TMPDIR:-/tmp}/ration-plain-$RATION_TAG-XXXXXX") || return
	at_exit rm -rf "$home"
	while read -r name; do
		cp "$name" "$home/"
	done < <(suite_programs "$GCC_BUILD" plain)
	chown -R "$user:$user" "$home"
	for name in "$home"/test_*; do
		status=0
		spawn setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs \
			env -i CMOCKA_MESSAGE_OUTPUT=TAP PATH="$PATH" HOME="$home" \
			XDG_RUNTIME_DIR="$home" TMPDIR="$home" "$name" >"$WORKDIR/plain.log" 2>&1
		wait_child "$CHILD" "plain user: ${name##*/}" 60 last_line "$WORKDIR/plain.log" ||
			status=$?
		count_tap "plain user: ${name##*/}" <"$WORKDIR/plain.log"
		if ((status != 0)) && ! grep -q '^not ok' "$WORKDIR/plain.log"; then
			outcome failed "plain user: ${name##*/}" "status $status"
			tail -n 20 "$WORKDIR/plain.log" | sed 's/^/    | /'
		fi
	done
}

# Fuzz all code that reads input for some time, and the planted error, which must be found.
run_fuzz()
{
	local log=$WORKDIR/fuzz.log

	if ! command -v clang >/dev/null; then
		outcome skipped 'fuzzing' 'clang is not installed'
		return
	fi
	BUILT=$BUILD/fuzz
	if [[ ! -f $BUILT/build.ninja ]]; then
		test_step 'fuzz: configure' 120 env CC=clang CFLAGS= LDFLAGS= \
			meson setup --werror "$BUILT" "$ROOT" -Dfuzz=true -Db_lundef=false \
			-Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
			-Dc_args=-fno-sanitize-recover=undefined || return
	fi
	test_step 'fuzz: build without warnings' 300 ninja -C "$BUILT" -j 2 fuzz || return
	spawn "$ROOT/devtools/fuzz.sh" --seconds 18 "$BUILT" >"$log" 2>"$log.progress"
	wait_child "$CHILD" 'fuzzing' 300 last_line "$log.progress"
	grep -E '^(#|ok|not ok)' "$log" | sed -E 's/^(ok [0-9]+ )?/  /'
	grep -q '^1\.\.' "$log" || outcome failed 'fuzzing' 'did not finish'
	count_tap 'fuzz' <"$log"
}

# Only tests with several threads, some of them with less effort. Fences order accesses of other
# processes, which ThreadSanitizer does not see: hence no warnings about them.
run_tsan()
{
	build tsan gcc -Dbuildtype=debugoptimized -Dapps=false -Ddefault_library=static \
		-Db_sanitize=thread -Db_lundef=false \
		-Dc_args='-DRTE_FORCE_INTRINSICS -DRTE_USE_C11_MEM_MODEL -Wno-tsan' || return
	if ! setarch -R true 2>/dev/null; then
		outcome skipped 'threads with ThreadSanitizer' 'setarch -R does not work'
		return
	fi
	RATION_TEST_EFFORT=10 meson_tests 'threads with ThreadSanitizer' 200 "$BUILT" \
		--wrapper 'setarch -R' --timeout-multiplier 4 --suite stress --suite threads
}

# All unit tests of the library, the random ones with less effort.
run_valgrind()
{
	local -a valgrind=(valgrind --quiet --fair-sched=yes --error-exitcode=99 --leak-check=full
		--errors-for-leak-kinds=definite --show-leak-kinds=definite
		--suppressions="$ROOT/test/valgrind.supp")
	local -a tests

	if ! command -v valgrind >/dev/null; then
		outcome skipped 'unit tests with valgrind' 'valgrind is not installed'
		return
	fi
	[[ -n $GCC_BUILD ]] || return
	# Only the tests of the suite in the directory of that name: the others are shell scripts,
	# or tests of ration-pmd.
	mapfile -t tests < <(find "$GCC_BUILD/test/unit" -maxdepth 1 -name 'test_*' -type f \
		-perm -u+x -printf '%f\n' | sed 's/^test_//')
	RATION_TEST_EFFORT=5 meson_tests 'unit tests with valgrind' 200 "$GCC_BUILD" \
		--wrapper "$(printf '%q ' "${valgrind[@]}")" --timeout-multiplier 4 "${tests[@]}"
}

# The checks use one CPU, so that the tests can use the others meanwhile.
begin_checks()
{
	spawn "$ROOT/devtools/check-style.sh" ${GCC_BUILD:+--build "$GCC_BUILD"} \
		>"$WORKDIR/checks.log" 2>&1
	CHECKS=$CHILD
}

end_checks()
{
	wait_child "$CHECKS" 'style and static checks' 400 last_line "$WORKDIR/checks.log" ||
		grep -vE '^(ok|1\.\.)' "$WORKDIR/checks.log"
	if ! grep -q '^1\.\.' "$WORKDIR/checks.log"; then
		outcome failed 'style and static checks' 'did not run'
	fi
	count_tap 'check' <"$WORKDIR/checks.log"
}

# A sample of small defects in the library, always the same: the tests must notice each.
run_mutation()
{
	[[ -n $GCC_BUILD ]] || return 0
	test_step 'planted defects: a sample' 300 "$ROOT/devtools/mutation.sh" --count 6 \
		--seed "$MUTATION_SEED" --target 100 "$GCC_BUILD"
	grep '^seed ' "$WORKDIR/step.log" | sed 's/^/    /'
}

# Guide and API pages: each warning of Sphinx or Doxygen is an error.
run_docs()
{
	if ! command -v sphinx-build >/dev/null || ! command -v doxygen >/dev/null; then
		outcome skipped 'guide and API pages' 'Sphinx or Doxygen is not installed'
		return
	fi
	build docs gcc -Ddocs=true -Dapps=false -Dtests=false
	test_step 'figures of the guide' 60 "$ROOT/devtools/figures.sh" --check
}

run_install()
{
	[[ -z $GCC_BUILD ]] || meson_tests 'installed library' 200 "$GCC_BUILD" --suite install
}

run_e2e()
{
	[[ -z $GCC_BUILD ]] || meson_tests 'end to end' 400 "$GCC_BUILD" --suite e2e
}

QUICK=
KEEP=
for option; do
	case $option in
	-h | --help) usage; exit 0 ;;
	--quick) QUICK=1 ;;
	--keep) KEEP=1 ;;
	*) usage >&2; die "unknown option '$option'" ;;
	esac
done

GCC_BUILD=
export LC_ALL=C.UTF-8
cd "$ROOT" || exit 1
make_workdir
choose_build_dir build-test
[[ -n $KEEP ]] || { rm -rf "$BUILD"; at_exit rm -rf "$BUILD"; }

echo 'Packages'
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TRAFFIC[@]}" "${PACKAGES_TEST[@]}" \
	"${PACKAGES_DOCS[@]}" ||
	echo '  continuing without the missing packages'
need_commands jq meson ninja gcc

echo 'Build and unit tests'
! is_root || at_exit remove_namespaces "ration-$RATION_TAG-"
run_gcc
if [[ -z $QUICK ]]; then
	begin_checks
	echo 'Outside program against the installed library'
	run_install
	echo 'Models'
	run_models
	echo 'Other builds'
	run_clang
	echo 'Guide'
	run_docs
	echo 'Checks'
	end_checks
	run_sanitizers
	echo 'Coverage'
	run_coverage
	echo 'Plain user'
	run_plain_user
	echo 'Fuzzing'
	run_fuzz
	run_tsan
	run_valgrind
	echo 'Planted defects'
	run_mutation
	echo 'End to end'
	run_e2e
fi

echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
((FAILED == 0))
