#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Checks the Spin models: each unchanged model must pass, and each of its mutants must fail for the
# reason that the table names. Writes one line of TAP for each line of the table.

set -u -o pipefail
export LC_ALL=C.UTF-8

usage()
{
	cat <<-'END'
		Usage: test/model/run.sh [--jobs N] [--keep] [--list] [MODEL[:CASE]...]

		Checks the named models of test/model/table, or all models, with all their mutants.
		Works in a new folder below the current one and removes it at the end.

		  --jobs N  number of checks at one time (default 2)
		  --keep    keep the folder: verifiers, logs and trails
		  --list    list the cases of the table and exit
	END
}

# Limits of one search: depth, memory and time. A search that reaches a limit has failed.
DEPTH=2000000
MEGABYTES=1500
SECONDS_MAX=600

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
QUICK_CC=$(command -v tcc || echo gcc)
export SOURCE DEPTH MEGABYTES SECONDS_MAX QUICK_CC

# read_table: fills the arrays MODEL CASE DEFINES MODE EXPECTED SENTENCE. Bars with blanks around
# separate the fields.
read_table()
{
	local line model name defines mode expected sentence

	while read -r line; do
		[[ -n $line && $line != '#'* ]] || continue
		IFS='|' read -r model name defines mode expected sentence <<<"$line"
		read -r model <<<"$model"
		read -r name <<<"$name"
		read -r defines <<<"$defines"
		read -r mode <<<"$mode"
		read -r expected <<<"$expected"
		read -r sentence <<<"$sentence"
		MODEL+=("$model") CASE+=("$name") DEFINES+=("$defines") MODE+=("$mode")
		EXPECTED+=("$expected") SENTENCE+=("$sentence")
	done <"$SOURCE/table"
}

# make_verifier MODEL DEFINES MODE: builds ./pan from the model.
make_verifier()
{
	local flags=(-w -DCOLLAPSE "-DMEMLIM=$MEGABYTES") compiler=$QUICK_CC
	local -a defines

	read -r -a defines <<<"${2#-}"
	case $3 in
	safety*) flags+=(-DSAFETY -DNOCLAIM) ;;
	live:*) flags+=(-DNFAIR=4) ;;
	esac
	# For a short search the optimizer costs more time than it saves.
	[[ $3 != *-long ]] || { compiler=gcc; flags+=(-O2); }
	spin "${defines[@]/#/-D}" -a "$SOURCE/$1.pml" &&
		"$compiler" "${flags[@]}" -o pan pan.c
}

# search MODE: runs ./pan.
search()
{
	local -a options=("-m$DEPTH" -w20)

	[[ $1 == safety* ]] || options+=(-a -f -N "${1#live:}")
	timeout "$SECONDS_MAX" ./pan "${options[@]}"
}

# replay MODEL DEFINES: prints the steps of the trail that the search has left.
replay()
{
	local -a defines

	read -r -a defines <<<"${2#-}"
	spin "${defines[@]/#/-D}" -t -k "$1.pml.trail" -p -g "$SOURCE/$1.pml" 2>&1
}

# finding: prints the result of the search, in the words of the table.
finding()
{
	local log text

	log=$(<search.log)
	case $log in
	*'max search depth too small'* | *'out of memory'* | *'memory exhausted'*)
		echo 'search not complete' ;;
	*'pan:1: acceptance cycle'*) echo 'cycle' ;;
	*'pan:1: invalid end state'*) echo 'deadlock' ;;
	*'pan:1: assertion violated'*)
		text=${log#*pan:1: assertion violated }
		text=${text%% \(at depth*}
		echo "assertion ${text//[() ]/}"
		;;
	*'Search not completed'*) echo 'search not complete' ;;
	*'errors: 0'*) echo 'pass' ;;
	*) echo 'no search' ;;
	esac
}

# source_lines MODEL: prints the line numbers that pan names on stdin, sorted, with repetitions.
source_lines()
{
	sed -nE "s|^.*[[:space:]/]$1\\.pml:([0-9]+)[, ].*|\\1|p" | sort
}

# unreached MODEL: prints the lines that a complete search has reached in no process: the search has
# proved less than the table claims. A line that no correct run reaches says "not reached".
unreached()
{
	local line all unseen

	awk '/^unreached in/ { on = !/ auditor$/ } on' search.log | source_lines "$1" |
		uniq -c >unseen.count
	./pan -d | source_lines "$1" | uniq -c >lines.count
	while read -r unseen line; do
		all=$(awk -v line="$line" '$2 == line { print $1 }' lines.count)
		((unseen < ${all:-0})) || sed -n "${line}p" "$SOURCE/$1.pml" |
			grep -vE '^}|not reached' | sed "s/^/$line: /"
	done <unseen.count
}

# matches FINDING EXPECTED: an assertion matches if it contains the expected text.
matches()
{
	[[ $1 == "$2" || $1 == pass && $2 == 'pass, in part' ]] && return 0
	[[ $2 == 'assertion '* && $1 == 'assertion '*"${2#assertion }"* ]]
}

# check NUMBER MODEL CASE DEFINES MODE EXPECTED SENTENCE: writes ./NUMBER.tap
check()
{
	local number=$1 model=$2 case=$3 mode=$5 expected=$6 sentence=$7 found states rest=''
	local start=$EPOCHREALTIME

	mkdir "$number" && cd "$number" || return
	make_verifier "$model" "$4" "$mode" >make.log 2>&1
	search "$mode" >search.log 2>&1
	found=$(finding)
	states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' search.log)
	# The search of a claim checks only that: other searches check end states and assertions.
	if [[ $found == pass && $expected == pass && $mode == safety* ]]; then
		rest=$(unreached "$model")
		[[ -z $rest ]] || found='pass, but code not reached'
	fi
	if matches "$found" "$expected"; then
		echo "ok $number - $model $case: $sentence"
	else
		echo "not ok $number - $model $case: $sentence"
		echo "# expected: $expected; found: $found"
		printf '%s' "${rest:+$rest$'\n'}" | sed 's/^/# /'
		{ cat make.log; grep -v '^Depth=' search.log | head -n 16; } | sed 's/^/# | /'
		[[ ! -f $model.pml.trail ]] ||
			replay "$model" "$4" | tail -n 60 | sed 's/^/# > /'
	fi >"../$number.tap"
	echo "$start $EPOCHREALTIME $model $case ${states:-0}" >"../$number.time"
	echo "$model ${expected%%[ ,]*} ${states:-0}" >"../$number.states"
}
export -f check make_verifier search replay finding source_lines unreached matches

# selected NUMBER ARG...: whether the command line names this case, or no case.
selected()
{
	local number=$1 arg

	shift
	(($# > 0)) || return 0
	for arg; do
		[[ $arg != "${MODEL[number]}" && $arg != "${MODEL[number]}:${CASE[number]}" ]] ||
			return 0
	done
	return 1
}

summary()
{
	echo '# model: states (largest complete search), mutants'
	cat "$WORK"/*.states | awk '
		$2 == "pass" && $3 > states[$1] { states[$1] = $3 }
		{ mutants[$1] += $2 != "pass" }
		END { for (m in mutants) printf "#   %-14s %9d %3d\n", m, states[m], mutants[m] }' |
		sort
}

JOBS=2
KEEP=
NAMED=()
MODEL=() CASE=() DEFINES=() MODE=() EXPECTED=() SENTENCE=()
read_table
while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--jobs) JOBS=${2:?--jobs needs a number}; shift ;;
	--keep) KEEP=1 ;;
	--list) paste -d: <(printf '%s\n' "${MODEL[@]}") <(printf '%s\n' "${CASE[@]}"); exit 0 ;;
	-*) echo "run.sh: unknown option '$1'" >&2; exit 2 ;;
	*) NAMED+=("$1") ;;
	esac
	shift
done

for command in spin gcc; do
	command -v "$command" >/dev/null && continue
	echo "1..0 # SKIP $command is not installed"
	exit 0
done

WORK=$(mktemp -d "$PWD/models-XXXXXX") || exit 1
[[ -n $KEEP ]] || trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' HUP INT TERM
NUMBER=0
for i in "${!MODEL[@]}"; do
	selected "$i" "${NAMED[@]}" || continue
	NUMBER=$((NUMBER + 1))
	printf '%s\0' "$NUMBER" "${MODEL[i]}" "${CASE[i]}" "${DEFINES[i]}" "${MODE[i]}" \
		"${EXPECTED[i]}" "${SENTENCE[i]}"
done >"$WORK/cases"
NUMBER=$(($(tr -cd '\0' <"$WORK/cases" | wc -c) / 7))
if ((NUMBER == 0)); then
	echo "run.sh: the table has no such case" >&2
	exit 2
fi
# shellcheck disable=SC2016 # expanded by the child shell
(cd "$WORK" && xargs -0 -n 7 -P "$JOBS" bash -c 'check "$@"' check <cases)
echo "1..$NUMBER"
FAILED=0
for ((i = 1; i <= NUMBER; i++)); do
	if [[ ! -s $WORK/$i.tap ]]; then
		echo "not ok $i - has not run"
		FAILED=1
		continue
	fi
	cat "$WORK/$i.tap"
	! grep -q '^not ok' "$WORK/$i.tap" || FAILED=1
done
summary
[[ -z $KEEP ]] || echo "# kept: $WORK"
exit "$FAILED"
