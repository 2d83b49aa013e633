#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Style and static checks of all files, one line of TAP each.

set -u -o pipefail
# shellcheck source=devtools/descriptors.sh
. "$(dirname "${BASH_SOURCE[0]}")/descriptors.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

usage()
{
	cat <<-'END'
		Usage: devtools/check-style.sh [--build FOLDER] [CHECK...]

		Runs all checks, or those named, and prints a line of TAP for each.

		  --build FOLDER  a meson build folder of gcc, for clang-tidy and what looks at
		                  the library as it is built (else skipped)

		Checks: spdx markers line-length forbidden-in-lib forbidden-api shared-code
		        clang-format shellcheck codespell python cppcheck clang-tidy analyzer
		        symbols hardening hardening-control layout layout-control abi abi-control
		        rooms rooms-control
	END
}

# Files in the repository, or in the directory if it is no repository.
list_files()
{
	{ git -c safe.directory='*' ls-files -co --exclude-standard 2>/dev/null ||
		find . -type f -not -path './build*' -not -path './.git/*' | sed 's|^\./||'; } |
		while read -r file; do
			[[ ! -f $file ]] || printf '%s\n' "$file"
		done
}

need()
{
	command -v "$1" >/dev/null && return 0
	echo "$1 is not installed"
	return 77
}

need_build()
{
	[[ -f $BUILD/compile_commands.json ]] && return 0
	echo 'no build folder given'
	return 77
}

check_spdx()
{
	local file files=()

	for file in "${ALL[@]}"; do
		case $file in
		LICENSE | *.md | *.map | *.pcap | *.svg | *.png | *.git[ai]* | *.abi) continue ;;
		# Written by a program.
		doc/guide/results/*) continue ;;
		# Input files of tests have the style that the test needs.
		test/*/bad/* | test/*/good/* | test/fuzz/corpus/*) continue ;;
		esac
		files+=("$file")
	done
	! awk 'FNR <= 5 && /SPDX-License-Identifier: BSD-3-Clause/ { seen[FILENAME] = 1 }
		END {
			for (i = 1; i < ARGC; i++)
				if (!seen[ARGV[i]])
					print ARGV[i] ": no license (SPDX) in its first lines"
		}' "${files[@]}" | grep .
}

check_markers()
{
	# The words are assembled, so that this file does not match.
	! grep -nE "\b(TO""DO|FIX""ME|XX""X|HA""CK)\b" "${C[@]}" "${SCRIPTS[@]}" "${MESON[@]}"
}

check_line_length()
{
	# A tab ends at the next multiple of 8.
	awk 'function columns(line,   parts, n, i, all) {
			n = split(line, parts, "\t")
			for (i = 1; i < n; i++)
				all += length(parts[i]) + 8 - length(parts[i]) % 8
			return all + length(parts[n])
		}
		columns($0) > 100 {
			printf "%s:%d: %d columns\n", FILENAME, FNR, columns($0)
			bad = 1
		}
		/[ \t]$/ { printf "%s:%d: blank at the end\n", FILENAME, FNR; bad = 1 }
		END { exit bad }' "${C[@]}" "${SCRIPTS[@]}" "${MESON[@]}"
}

# Greps in C files for code only, without comments and strings.
grep_code()
{
	local pattern=$1 file found=1
	local -a files

	shift
	# Without the comments a file has no more matches than with them.
	mapfile -t files < <(grep -lE "$pattern" "$@")
	for file in "${files[@]}"; do
		gcc -fpreprocessed -dD -E -P -x c "$file" 2>/dev/null |
			sed 's/"\([^"\\]\|\\.\)*"/""/g' | grep -E "$pattern" | sed "s|^|$file: |" &&
			found=0
	done
	return "$found"
}

check_forbidden_in_lib()
{
	local calls='v?printf|puts|putchar|perror|exit|_exit|quick_exit|abort|assert'

	need gcc || return
	calls+='|rte_exit|rte_panic|RTE_VERIFY|system|signal|sigaction'
	! grep_code "\b($calls)[[:space:]]*\(|\b(stdout|stderr)\b" "${LIB[@]}"
}

# No code is called through shared memory: another process has it at another address, and a stray
# write could redirect a call. So structures in the library's headers, which include all shared
# ones, must have no pointers to functions.
check_shared_code()
{
	local file found=0

	need gcc || return
	for file in "${LIB[@]}"; do
		[[ $file == *.h ]] || continue
		gcc -fpreprocessed -dD -E -P -x c "$file" 2>/dev/null | awk -v file="$file" '
			/(^|[[:space:]])(struct|union)[^;()]*\{/ && !/#define/ { inside = 1 }
			inside { depth += gsub(/\{/, "{") - gsub(/\}/, "}") }
			inside && /\( *\*[^)]*\) *\(|_(cb|fn|hook)_?t?[[:space:]]/ {
				printf "%s: %s\n", file, $0
				bad = 1
			}
			depth == 0 { inside = 0 }
			END { exit bad }' || found=1
	done
	return "$found"
}

check_forbidden_api()
{
	local api='rte_atomic(16|32|64)|rte_smp_[rw]?mb|__sync_|q_[io](packets|bytes|errors)'
	local file files=()

	need gcc || return
	api+='|RTE_STD_C11|rte_ctrl_thread_create|rte_thread_setname|cmdline_poll|\b__atomic_'
	for file in "${C[@]}"; do
		# The only files that may name the compiler's builtins: the atomic layer and its
		# copy.
		[[ $file == */ration_compat.h || $file == */check_atomics.h ]] || files+=("$file")
	done
	! grep_code "$api" "${files[@]}"
}

check_clang_format()
{
	need clang-format || return
	clang-format --dry-run --Werror "${C[@]}" 2>&1 | sed -n '/: error: /p'
}

check_shellcheck()
{
	need shellcheck || return
	# SC2317: functions that are called by name seem unreachable to shellcheck.
	shellcheck -x -e SC2317 "${SCRIPTS[@]}"
}

check_codespell()
{
	need codespell || return
	codespell -L inflight "${TEXT[@]}"
}

check_python()
{
	need pyflakes3 || return
	pyflakes3 "${PYTHON[@]}"
}

# gcc's static analysis of each function of the library. It does not know that a member which is not
# free has an lcore area, nor which memory DPDK's rings leave uninitialized.
check_analyzer()
{
	local flags

	need gcc || return
	read -ra flags < <(pkg-config --cflags libdpdk)
	printf '%s\0' lib/ration/*/*.c | xargs -0 -n 1 -P 2 gcc -std=gnu11 -O1 -fanalyzer -Werror \
		-Wno-analyzer-null-dereference -Wno-analyzer-use-of-uninitialized-value \
		-D_GNU_SOURCE -Ilib/ration -DRTE_LOG_DEFAULT_LOGTYPE=lib.ration \
		-DRATION_ALLOW_EXPERIMENTAL "${flags[@]}" \
		-o /dev/null -c
}

# run_cppcheck FOLDER FILE...: check files of one program, whose headers are in the folder.
run_cppcheck()
{
	# cppcheck 2.10 takes "x ? p : &v" for a read of v; the compilers look for such reads too.
	cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
		--suppress='unknownMacro:*trace_points.h' \
		--inline-suppr --error-exitcode=1 -j 2 -I lib/ration -I app/common -I "$1" \
		--suppress=uninitvar -D'RTE_LOG_REGISTER_DEFAULT(a, b)=' \
		-D'RTE_STR(x)=""' "${@:2}"
}

# The two programs have functions of the same names.
check_cppcheck()
{
	local -a bench others

	need cppcheck || return
	mapfile -t bench < <(printf '%s\n' "${C[@]}" | grep -E '^(app|test)/bench/')
	mapfile -t others < <(printf '%s\n' "${C[@]}" | grep -vE '^(app|test)/bench/')
	run_cppcheck app/bench "${bench[@]}" && run_cppcheck app/pmd "${others[@]}"
}

check_clang_tidy()
{
	local file files=() work status
	# Clang's own limit for a function is three times as much. It doubles the time, for the few
	# functions with more states than this.
	local nodes=(--extra-arg=-Xclang --extra-arg=-analyzer-config
		--extra-arg=-Xclang --extra-arg=max-nodes=75000)

	need clang-tidy || return
	need jq || return
	need_build || return
	work=$(mktemp -d) || return
	# The tests compile most files of the library again: once is enough.
	jq '[.[] | select(.output | startswith("test/") | not)] | unique_by(.file)' \
		"$BUILD/compile_commands.json" >"$work/compile_commands.json"
	for file in "${C[@]}"; do
		# Headers are checked with the files that include them. Tests are excluded: cppcheck
		# does not know that cmocka's assertions end them.
		[[ $file == *.c && $file != test/* ]] || continue
		! grep -qF "/$file\"" "$work/compile_commands.json" || files+=("$file")
	done
	printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 clang-tidy -p "$work" --quiet \
		"${nodes[@]}" --config-file=devtools/clang-tidy.yaml 2>/dev/null |
		sed -n "s|^$PWD/||; s|^.*/\.\./||; /: \(warning\|error\): /p" | sort -u
	status=${PIPESTATUS[1]}
	rm -rf "$work"
	return "$status"
}

# The shared library in the build folder.
find_library()
{
	find "$BUILD/lib/ration" -name 'libration.so*' -type f -not -name '*.p' | head -n 1
}

# The undefined and the exported symbols of the compiled library.
check_symbols()
{
	local library bad=0
	local calls='v?printf|puts|putchar|perror|_?exit|abort|__assert_fail|rte_exit|__rte_panic'

	need nm || return
	need_build || return
	library=$(find_library)
	[[ -n $library ]] || { echo "no libration.so in $BUILD"; return 1; }
	calls+='|__v?printf_chk|stdout|stderr|system'
	if nm -D --undefined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' |
		grep -xE "$calls"; then
		echo "$library: a library must not call these"
		bad=1
	fi
	if nm -D --defined-only "$library" | awk '$2 != "A" { print $NF }' | sed 's/@.*//' |
		grep -vE '^(__)?ration_'; then
		echo "$library: exports these without the prefix ration_"
		bad=1
	fi
	# The static library shows the same and no more.
	if ! diff <(nm -D --defined-only "$library" | awk '$2 != "A" { print $NF }' |
		sed 's/@.*//' | sort) \
		<(readelf -sW "$BUILD/lib/ration/libration.a" |
			awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" { print $8 }' |
			sort); then
		echo 'libration.a: shows other symbols than the shared library'
		bad=1
	fi
	return "$bad"
}

check_hardening()
{
	need_build || return
	devtools/hardening.sh "$BUILD"
}

# The check must fail for a library that was built without these options.
check_hardening_control()
{
	local work found

	need gcc || return
	work=$(mktemp -d) || return
	echo 'int ration_f(void) { return 0; }' >"$work/soft.c"
	gcc -shared -fno-stack-protector -fcf-protection=none -Wl,-z,norelro -Wl,-z,lazy \
		-Wl,-z,execstack "$work/soft.c" -o "$work/soft.so"
	gcc -no-pie -x c - -o "$work/fixed" <<<'int main(void) { return 0; }'
	found=$(devtools/hardening.sh "$work/soft.so" "$work/fixed")
	rm -rf "$work"
	for fault in relocation lazily executable 'not position' protector checked pads; do
		grep -q "$fault" <<<"$found" || { echo "not found: $fault"; return 1; }
	done
}

check_layout()
{
	need_build || return
	devtools/layout.py "$(find_library)"
}

check_layout_control()
{
	need_build || return
	devtools/layout.py "$(find_library)" --control
}

check_abi()
{
	need_build || return
	devtools/abi.sh check "$BUILD" ||
		{ (($? != 77)) || return 77; echo 'if intended: devtools/abi.sh renew'; return 1; }
}

check_abi_control()
{
	need_build || return
	devtools/abi.sh controls "$BUILD"
}

# The rooms of the library and of both programs, computed from their code.
check_rooms()
{
	local which bad=0

	for which in lib bench pmd; do
		devtools/rooms.py "$which" || bad=1
	done
	return "$bad"
}

# rooms_find WHAT FILE TEXT: whether one more line in a copy of a folder is found to be wrong.
rooms_find()
{
	local work found folder=lib/ration which=lib

	case $2 in
	app/*) folder=${2%"${2#app/*/}"} which=${2#app/} which=${which%%/*} ;;
	esac
	work=$(mktemp -d) || return
	cp -r "$folder" "$work/copy"
	printf '%s\n' "$3" >>"$work/copy/${2#"$folder"}"
	found=$(devtools/rooms.py "$which" "$work/copy")
	rm -rf "$work"
	grep -q "$1" <<<"$found" || { echo "not found in $2: $1"; return 1; }
}

check_rooms_control()
{
	local bad=0

	rooms_find 'shm must not know drain' shm/layout.c \
		'int f(void) { return ration_drain(0); }' || bad=1
	rooms_find 'view must not know control' view/read.c '#include "control/lock.h"' || bad=1
	rooms_find 'cycle of files: lcore' lcore/entry.c 'void f(void) { ration_serve_own(); }' ||
		bad=1
	rooms_find 'cycle of rooms: ' tree/gate.c 'void f(void) { ration_walk_begin(0); }' || bad=1
	rooms_find 'cycle of public headers' ration_compat.h '#include <ration.h>' || bad=1
	rooms_find 'baselines must not know tests' app/bench/baselines/limit.c \
		'#include "tests/list.h"' || bad=1
	rooms_find 'cycle of files: .*main' app/pmd/budget/file.c \
		'void f(void) { main(); }' || bad=1
	return "$bad"
}

run_check()
{
	local name=$1 output status=0

	NUMBER=$((NUMBER + 1))
	output=$("check_${name//-/_}" 2>&1) || status=$?
	if ((status == 77)); then
		echo "ok $NUMBER - $name # SKIP $output"
		return 0
	fi
	if ((status == 0)); then
		echo "ok $NUMBER - $name"
		return 0
	fi
	echo "not ok $NUMBER - $name"
	tail -n 100 <<<"$output" | sed 's/^/# /'
	return 1
}

BUILD=
NUMBER=0
CHECKS=()
ALL_CHECKS=(spdx markers line-length forbidden-in-lib forbidden-api shared-code clang-format
	shellcheck codespell python cppcheck clang-tidy analyzer symbols hardening
	hardening-control layout layout-control abi abi-control rooms rooms-control)

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--build) BUILD=${2:?--build needs a folder}; shift ;;
	-*) echo "check-style.sh: unknown option '$1'" >&2; exit 2 ;;
	*)
		if [[ " ${ALL_CHECKS[*]} " != *" $1 "* ]]; then
			echo "check-style.sh: no check '$1' (there are: ${ALL_CHECKS[*]})" >&2
			exit 2
		fi
		CHECKS+=("$1")
		;;
	esac
	shift
done
((${#CHECKS[@]} > 0)) || CHECKS=("${ALL_CHECKS[@]}")

mapfile -t ALL < <(list_files)
mapfile -t C < <(printf '%s\n' "${ALL[@]}" | grep -E '\.[ch]$')
mapfile -t LIB < <(printf '%s\n' "${C[@]}" | grep '^lib/')
mapfile -t SCRIPTS < <(printf '%s\n' "${ALL[@]}" | grep -E '\.sh$|^\.ci/run$')
mapfile -t PYTHON < <(printf '%s\n' "${ALL[@]}" | grep -E '\.py$')
mapfile -t MESON < <(printf '%s\n' "${ALL[@]}" | grep -E '(^|/)meson(\.build|_options\.txt)$')
mapfile -t TEXT < <(printf '%s\n' "${ALL[@]}" | grep -vE '\.(pcap|png|svg|abi)$|^test/fuzz/corpus/')

FAILED=0
echo "1..${#CHECKS[@]}"
for check in "${CHECKS[@]}"; do
	run_check "$check" || FAILED=1
done
exit "$FAILED"
