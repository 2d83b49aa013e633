#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Runs the fuzz targets of a build directory for some time, two at a time, one line of TAP each.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage()
{
	cat <<-'END'
		Usage: devtools/fuzz.sh [--seconds N] [--seed N] [--corpus FOLDER] BUILD [TARGET...]

		Runs all fuzz targets of a build folder that was made by clang with

		  meson setup -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false BUILD
		  ninja -C BUILD fuzz

		or those named. What makes a target fail is printed, with how to try it again.

		  --seconds N      how long each target runs (default 30)
		  --seed N         where its random numbers begin (default 1)
		  --corpus FOLDER  keep what is found worth keeping there, to go on with later
		  --help           this text
	END
}

ALL_TARGETS=(image api classify budget eal_args pmd_options bench_options name number)
SECONDS_EACH=30
SEED=1
CORPUS=
BUILD=
TARGETS=()
BAD=0
NUMBER=0

verdict()
{
	NUMBER=$((NUMBER + 1))
	echo "$1 $NUMBER - $2"
}

# Directories with initial inputs. The planted error uses those of its target.
seeds_of()
{
	echo "$ROOT/test/fuzz/corpus/${1/planted/classify}"
	[[ $1 != budget ]] || printf '%s\n' "$ROOT/test/budget/good" "$ROOT/test/budget/bad"
}

# start TARGET: CHILD is its pid.
start()
{
	local target=$1 out=${CORPUS:-$WORKDIR}/$1 seeds

	mkdir -p "$out"
	mapfile -t seeds < <(seeds_of "$target")
	# Hide the output of the targets, but show the output of libFuzzer and ASan.
	spawn "$BUILD/test/fuzz/fuzz_$target" -max_total_time="$SECONDS_EACH" -seed="$SEED" \
		-timeout=10 -rss_limit_mb=2048 -close_fd_mask=3 -print_final_stats=1 \
		-artifact_prefix="$WORKDIR/$target-" "$out" "${seeds[@]}" \
		>"$WORKDIR/$target.log" 2>&1
}

# summary TARGET: runs and coverage.
summary()
{
	local runs places

	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$WORKDIR/$1.log")
	places=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$WORKDIR/$1.log" | tail -n 1)
	echo "${runs:-?} runs, coverage ${places:-unknown}"
}

# The error, and how to reproduce it.
explain()
{
	local target=$1 input

	grep -vE '^#[0-9]+[[:space:]]|^	NEW_FUNC|^stat::' "$WORKDIR/$target.log" | head -n 40 |
		sed 's/^/# /'
	for input in "$WORKDIR/$target"-*; do
		[[ -s $input ]] || continue
		echo "# the input, ${input##*/}, and how to try it again:"
		echo "# base64 -d <<<'$(base64 -w 0 "$input")' >input &&" \
			"$BUILD/test/fuzz/fuzz_$target input"
	done
}

# finish TARGET PID
finish()
{
	local target=$1 status=0

	wait_child "$2" "fuzzing $target" "$((SECONDS_EACH + 60))" summary "$target" >&2 ||
		status=$?
	if ((status == 0)); then
		verdict ok "$target: $(summary "$target")"
		return
	fi
	BAD=1
	verdict 'not ok' "$target: status $status after $(summary "$target")"
	explain "$target"
}

# The planted error must be found; otherwise the method would prove nothing.
finish_planted()
{
	local status=0

	wait_child "$1" 'fuzzing planted' "$((SECONDS_EACH + 60))" summary planted >&2 ||
		status=$?
	if ((status != 0)) && grep -q 'AddressSanitizer: heap-buffer-overflow' \
		"$WORKDIR/planted.log"; then
		verdict ok 'planted: the overread is found'
		return
	fi
	BAD=1
	verdict 'not ok' "planted: the overread is not found: $(summary planted)"
}

fuzz_two()
{
	local first=$1 second=${2:-} pid

	start "$first"
	pid=$CHILD
	if [[ -n $second ]]; then
		start "$second"
		set -- "$CHILD"
	fi
	finish "$first" "$pid"
	[[ -z $second ]] || finish "$second" "$1"
}

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--seconds) SECONDS_EACH=${2:?--seconds needs a number}; shift ;;
	--seed) SEED=${2:?--seed needs a number}; shift ;;
	--corpus) CORPUS=${2:?--corpus needs a folder}; shift ;;
	-*) usage >&2; die "unknown option '$1'" ;;
	*)
		if [[ -z $BUILD ]]; then
			BUILD=$1
		else
			TARGETS+=("$1")
		fi
		;;
	esac
	shift
done
[[ -x $BUILD/test/fuzz/fuzz_image ]] || die "no fuzz targets in '$BUILD' (--help says how)"

make_workdir
echo "# seed $SEED, $SECONDS_EACH s each"
if ((${#TARGETS[@]} == 0)); then
	TARGETS=("${ALL_TARGETS[@]}")
	start planted
	finish_planted "$CHILD"
fi
for ((i = 0; i < ${#TARGETS[@]}; i += 2)); do
	fuzz_two "${TARGETS[@]:i:2}"
done
echo "1..$NUMBER"
exit "$BAD"
