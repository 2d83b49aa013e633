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
# shellcheck source=devtools/outcome.sh
. "$ROOT/devtools/outcome.sh"

usage()
{
	cat <<-'END'
		Usage: devtools/test.sh [--quick] [--keep] [--plain-user]

		Installs what is missing, builds, runs all tests and checks, and ends with the
		line "N passed, N failed, N skipped". The status is 0 if none failed. The logs
		of what failed are kept in build-logs, and named. Takes half an hour on two
		CPUs; with --quick a third of that.

		Not started by root, it starts itself again through sudo, if there is one. A
		plain user installs nothing and skips what needs root.

		  --quick       only the gcc build and the unit tests
		  --keep        keep the build folder build-test, or use it again if it is there
		  --plain-user  without sudo
		  --help        this text

		Environment: RATION_PATIENCE, by what all limits of time are multiplied
		(default 4); RATION_LOGS, the folder for the logs of what failed.
	END
}

# Of the sample of run_mutation.
MUTATION_SEED=1

# configure NAME CC ARG...: a build directory below build-test; BUILT is its path.
configure()
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
}

# compile NAME TARGET...: all of it without targets.
compile()
{
	local name=$1

	shift
	test_step "$name: build without warnings" 600 ninja -C "$BUILT" -j 2 "$@"
}

# compile_suites NAME SUITE...: only what the tests of these suites need.
compile_suites()
{
	local name=$1
	local -a targets

	shift
	mapfile -t targets < <(suite_targets "$BUILT" "$@")
	((${#targets[@]} > 0)) || { outcome failed "$name" 'no targets'; return 1; }
	compile "$name" "${targets[@]}"
}

run_gcc()
{
	configure gcc gcc -Dbuildtype=debugoptimized && compile gcc || return
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

# The second compiler, for its warnings and its sanitizers. Little optimization finds the same
# sooner, and the explorer has the same sources. Leak detection is off: EAL keeps memory until the
# process ends. The compilers run beside the tests end to end, which mostly wait, and give way to
# them.
begin_sanitizers()
{
	local cc=clang

	SANITIZERS=
	if ! command -v clang >/dev/null; then
		cc=gcc
		outcome skipped 'build with clang' 'clang is not installed'
	fi
	configure sanitizers "$cc" -Dbuildtype=debugoptimized -Doptimization=1 -Dexplore=false \
		-Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=undefined \
		-Db_lundef=false || return
	SANITIZERS_BUILD=$BUILT
	spawn nice -n 19 ninja -C "$BUILT" -j 2 >"$WORKDIR/sanitizers.log" 2>&1
	SANITIZERS=$CHILD
}

end_sanitizers()
{
	local name='sanitizers: build without warnings' start=$SECONDS status=0

	[[ -n $SANITIZERS ]] || return
	wait_child "$SANITIZERS" "$name" "$((600 * PATIENCE))" last_line \
		"$WORKDIR/sanitizers.log" || status=$?
	if ((status != 0)); then
		tail -n 60 "$WORKDIR/sanitizers.log" | sed 's/^/    | /'
		outcome failed "$name" "status $status"
		keep_logs "$name" "$WORKDIR/sanitizers.log"
		return 1
	fi
	printf '  %s: done (%d s)\n' "$name" "$((SECONDS - start))"
	outcome passed "$name"
}

run_sanitizers()
{
	end_sanitizers || return
	# With sanitizers a call has many times the instructions, and each is a step. "Once" prints
	# the same text for every build, and a long script.
	TIMEOUTS=4 RATION_TEST_KILLS=8 RATION_TEST_EFFORT=40 meson_tests \
		'unit tests with sanitizers' 500 "$SANITIZERS_BUILD" --no-suite e2e \
		--no-suite install --no-suite model --no-suite explore --no-suite isolation \
		--no-suite once
}

# Without optimization, so that each branch in the code is a branch in the source.
run_coverage()
{
	if ! command -v gcovr >/dev/null; then
		outcome skipped 'coverage' 'gcovr is not installed'
		return
	fi
	configure coverage gcc -Dbuildtype=debug -Dapps=false -Dexplore=false -Db_coverage=true \
		-Dc_args=-fprofile-update=atomic && compile_suites coverage unit mp || return
	TIMEOUTS=2 RATION_TEST_KILLS=4 meson_tests 'unit tests for coverage' 200 "$BUILT" \
		--suite unit --suite mp
	if [[ -z ${RATION_HUGE_DIR:-} ]]; then
		outcome skipped 'coverage' 'without hugepages secondary processes do not run'
		return
	fi
	test_step 'coverage' 60 "$ROOT/devtools/coverage.sh" "$BUILT"
	grep -E '^(lines|branches):' "$WORKDIR/step.log" | sed 's/^/    /'
}

# The unit tests of the library with checked calls: those that obey the rules have no violations.
# Checked calls must not touch what rte_eal_cleanup() has unmapped either.
run_checked()
{
	configure checks gcc -Dbuildtype=debug -Dapps=false -Dexplore=false -Dchecks=true &&
		compile_suites checks unit && compile checks test/mp/test_shutdown || return
	meson_tests 'checked build' 300 "$BUILT" --suite unit
	meson_tests 'checked build, shutdown' 100 "$BUILT" shutdown
}

# The directory is not below TMPDIR: that user may not be able to enter it.
make_home()
{
	local above

	for above in "${TMPDIR:-/tmp}" /tmp /var/tmp /run; do
		home=$(mktemp -d "$above/ration-plain-$RATION_TAG-XXXXXX" 2>/dev/null) || continue
		at_exit rm -rf "$home"
		chown "$1:$1" "$home"
		! setpriv --reuid="$1" --clear-groups test -w "$home" 2>/dev/null || return 0
	done
	return 1
}

# begin_plain PROGRAM: CHILD is its pid.
begin_plain()
{
	local run

	# A short name: a path of a socket has at most 107 bytes, and EAL adds some levels.
	run=$(mktemp -d "$home/XXXX") || return
	chown "$user:$user" "$run"
	spawn setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs \
		env -i CMOCKA_MESSAGE_OUTPUT=TAP PATH="$PATH" HOME="$home" \
		XDG_RUNTIME_DIR="$run" TMPDIR="$run" "$1" >"$1.log" 2>&1
}

# end_plain PID PROGRAM
end_plain()
{
	local name="plain user: ${2##*/}" status=0 failed=$FAILED

	wait_child "$1" "$name" "$((60 * PATIENCE))" tests_done "$2.log" || status=$?
	count_tap "$name" <"$2.log"
	if ((status != 0)) && ! grep -q '^not ok' "$2.log"; then
		outcome failed "$name" "status $status"
		tail -n 20 "$2.log" | sed 's/^/    | /'
	fi
	((FAILED == failed)) || keep_logs "$name" "$2.log"
}

# Unit tests as an unprivileged user, two at a time: copies, because that user may not be able to
# read the build directory.
run_plain_user()
{
	local home name before='' before_name user=65534
	local -a programs

	[[ -n $GCC_BUILD ]] && is_root || return 0
	make_home "$user" ||
		{ outcome skipped 'plain user' 'no folder that another user can enter'; return; }
	mapfile -t programs < <(suite_programs "$GCC_BUILD" plain)
	cp "${programs[@]}" "$home/"
	chown -R "$user:$user" "$home"
	for name in "${programs[@]}"; do
		name=$home/${name##*/}
		begin_plain "$name"
		[[ -z $before ]] || end_plain "$before" "$before_name"
		before=$CHILD
		before_name=$name
	done
	[[ -z $before ]] || end_plain "$before" "$before_name"
}

# Fuzz all code that reads input for some time, and the planted error, which must be found.
run_fuzz()
{
	local log=$WORKDIR/fuzz.log failed=$FAILED

	if ! command -v clang >/dev/null; then
		outcome skipped 'fuzzing' 'clang is not installed'
		return
	fi
	configure fuzz clang -Dfuzz=true -Db_lundef=false -Dbuildtype=debugoptimized \
		-Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=undefined || return
	compile fuzz fuzz || return
	spawn "$ROOT/devtools/fuzz.sh" --seconds 12 "$BUILT" >"$log" 2>"$log.progress"
	wait_child "$CHILD" 'fuzzing' "$((300 * PATIENCE))" last_line "$log.progress"
	grep -E '^(#|ok|not ok)' "$log" | sed -E 's/^(ok [0-9]+ )?/  /'
	grep -q '^1\.\.' "$log" || outcome failed 'fuzzing' 'did not finish'
	count_tap 'fuzz' <"$log"
	((FAILED == failed)) || keep_logs fuzzing "$log" "$log.progress"
}

# Only tests with several threads, some of them with less effort. Fences order accesses of other
# processes, which ThreadSanitizer does not see: hence no warnings about them.
run_tsan()
{
	configure tsan gcc -Dbuildtype=debugoptimized -Dapps=false -Dexplore=false \
		-Ddefault_library=static -Db_sanitize=thread -Db_lundef=false \
		-Dc_args='-DRTE_FORCE_INTRINSICS -DRTE_USE_C11_MEM_MODEL -Wno-tsan' &&
		compile_suites tsan stress threads || return
	if ! setarch -R true 2>/dev/null; then
		outcome skipped 'threads with ThreadSanitizer' 'setarch -R does not work'
		return
	fi
	TIMEOUTS=4 RATION_TEST_EFFORT=10 meson_tests 'threads with ThreadSanitizer' 200 "$BUILT" \
		--wrapper 'setarch -R' --suite stress --suite threads
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
	TIMEOUTS=4 RATION_TEST_EFFORT=5 meson_tests 'unit tests with valgrind' 200 "$GCC_BUILD" \
		--wrapper "$(printf '%q ' "${valgrind[@]}")" "${tests[@]}"
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
	local failed=$FAILED

	wait_child "$CHECKS" 'style and static checks' "$((400 * PATIENCE))" tests_done \
		"$WORKDIR/checks.log" || grep -vE '^(ok|1\.\.)' "$WORKDIR/checks.log"
	if ! grep -q '^1\.\.' "$WORKDIR/checks.log"; then
		outcome failed 'style and static checks' 'did not run'
	fi
	count_tap 'check' <"$WORKDIR/checks.log"
	((FAILED == failed)) || keep_logs checks "$WORKDIR/checks.log"
}

# A sample of small defects in the library, always the same: the tests must notice each. Of files in
# which the first tests find most.
run_mutation()
{
	local file files=()

	[[ -n $GCC_BUILD ]] || return 0
	for file in lcore/{stock,give_back,requests}.c tree/{gather,hierarchy,links}.c \
		control/limits.c view/find.c; do
		files+=(--file "$file")
	done
	test_step 'planted defects: a sample' 300 "$ROOT/devtools/mutation.sh" --count 4 \
		--seed "$MUTATION_SEED" --target 100 "${files[@]}" "$GCC_BUILD"
	grep '^seed ' "$WORKDIR/step.log" | sed 's/^/    /'
}

# Guide and API pages: each warning of Sphinx or Doxygen is an error.
run_docs()
{
	if ! command -v sphinx-build >/dev/null || ! command -v doxygen >/dev/null; then
		outcome skipped 'guide and API pages' 'Sphinx or Doxygen is not installed'
		return
	fi
	# Only the pages: the other builds have compiled the library.
	if configure docs gcc -Ddocs=true -Dapps=false -Dtests=false &&
			compile docs doc/html doc/api; then
		tap_step 'pages' 60 "$ROOT/test/install/docs.sh" "$BUILT"
		meson_tests 'tables of the guide' 60 "$BUILT" --no-rebuild --suite doc
	fi
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
PLAIN_USER=
for option; do
	case $option in
	-h | --help) usage; exit 0 ;;
	--quick) QUICK=1 ;;
	--keep) KEEP=1 ;;
	--plain-user) PLAIN_USER=1 ;;
	*) usage >&2; die "unknown option '$option'" ;;
	esac
done
[[ -n $PLAIN_USER ]] || become_root "$@"

GCC_BUILD=
export LC_ALL=C.UTF-8
# How long the shell tests of ration-pmd wait for a program, in seconds.
export DEADLINE=$((60 * PATIENCE))
cd "$ROOT" || exit 1
make_workdir
choose_build_dir build-test
[[ -n $KEEP ]] || { rm -rf "$BUILD"; at_exit rm -rf "$BUILD"; }
PARTS=$(grep -cE '^\s*part ' "$0")
[[ -z $QUICK ]] || PARTS=2

part 'Packages'
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TRAFFIC[@]}" "${PACKAGES_TEST[@]}" \
	"${PACKAGES_DOCS[@]}" ||
	echo '  continuing without the missing packages'
need_commands jq meson ninja gcc

part 'Build and unit tests'
! is_root || at_exit remove_namespaces "ration-$RATION_TAG-"
run_gcc
if [[ -z $QUICK ]]; then
	begin_checks
	part 'Outside program against the installed library'
	run_install
	part 'Models'
	run_models
	part 'Checked build'
	run_checked
	part 'Guide'
	run_docs
	part 'Checks'
	end_checks
	part 'End to end'
	begin_sanitizers
	run_e2e
	part 'Sanitizers'
	run_sanitizers
	part 'Coverage'
	run_coverage
	part 'Plain user'
	run_plain_user
	part 'Fuzzing'
	run_fuzz
	part 'ThreadSanitizer'
	run_tsan
	part 'valgrind'
	run_valgrind
	part 'Planted defects'
	run_mutation
fi

# Again at the end, where a reader of a long log looks first.
((FAILED == 0)) || printf 'FAILED: %s\n' "${FAILURES[@]}"
[[ -z $KEPT ]] || echo "Logs of what failed: $KEPT"
echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
((FAILED == 0))
