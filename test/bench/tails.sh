#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Quick runs of hiccup and latency: rows, histograms and plots exist, with the verdict of
# isolate.sh. The figures themselves are not judged.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

# This script replaces isolate.sh, which a test must not run on a shared machine. It records its
# arguments.
cat > "$TMP/isolate.sh" << 'END'
#!/bin/sh
echo "$*" >> "$ISOLATE_LOG"
verdict=wrong
# The first check may find a better verdict.
[ -z "${ISOLATE_FIRST:-}" ] || [ "$(grep -c '^check' "$ISOLATE_LOG")" -gt 1 ] ||
	verdict=$ISOLATE_FIRST
case $1 in
check) echo '{"cpus": "1", "verdict": "'"$verdict"'", "checks": [{"name": "isolcpus", "state":
	"'"${ISOLATE_STATE:-wrong}"'", "value": "isolated: 1"}, {"name": "swap", "state": "weak"},
	{"name": "ksm", "state": "ok"}]}'; exit 2 ;;
enter) exit "${ISOLATE_ENTER:-0}" ;;
esac
END
chmod +x "$TMP/isolate.sh"
RATION_ISOLATE=$TMP/isolate.sh
ISOLATE_LOG=$TMP/isolate.log
export RATION_ISOLATE ISOLATE_LOG

holds()
{
	jq -e "$1" "$TMP/$2.json"
}

has_lines()
{
	test -s "$TMP/plots/$1" && tail -n 3 "$TMP/plots/$1" | head -n 1 | grep -q '^#\[Mean '
}

# The title says what is shown, the key is not on the curves, and the last label has space.
has_plots()
{
	grep -q "^set title '[A-Z][^']* [^']*' noenhanced" "$TMP/plots/$1.gp" &&
		grep -q '^set key below ' "$TMP/plots/$1.gp" &&
		grep -q '^set rmargin ' "$TMP/plots/$1.gp" || return
	grep -q '<svg' "$TMP/plots/$1.svg" && file_begins_as_png "$TMP/plots/$1.png"
}

file_begins_as_png()
{
	test "$(head -c 4 "$1" | tail -c 3)" = PNG
}

# A CPU is isolated only by root, and only if the main lcore and the measured lcore have a CPU each.
can_isolate()
{
	test "$(id -u)" = 0 && test "$(nproc)" -gt 1
}

prints_obstacle()
{
	grep -q 'no comparison with an isolated CPU: --isolate was not given' "$TMP/hiccup.txt"
}

prints_verdict()
{
	verdict='(wrong; wrong: isolcpus; weak: swap|unknown)'
	grep -qE "^isolation of CPU [0-9?]+ \(lcore 1\): $verdict\$" "$TMP/hiccup.txt"
}

respects_seconds()
{
	start=$(date +%s)
	bench 2 --test=hiccup --quick --seconds 2 || return 1
	test $(($(date +%s) - start)) -ge 2
}

enters_and_leaves()
{
	: > "$ISOLATE_LOG"
	bench 2 --test=latency --quick --isolate --json "$TMP/isolated.json" || return 1
	cat "$ISOLATE_LOG"
	can_isolate || return 0
	test "$(grep -c '^enter [0-9]*$' "$ISOLATE_LOG")" = 2 &&
		test "$(grep -c '^leave$' "$ISOLATE_LOG")" = 2 &&
		test "$(tail -n 1 "$ISOLATE_LOG")" = leave
}

rows_come_in_pairs()
{
	can_isolate || return 0
	holds '[.rows[] | select(.params.isolated)] | length == 60' isolated &&
		holds '[.rows[] | select(.params.isolated | not)] | length == 60' isolated &&
		holds '.rows | map(.params) | map(select(has("isolated_by")))
			| all(.isolated == (.isolated_by | startswith("enter")))' isolated &&
		holds '[.ratios[] | select(.name | test("isolated / as it is$"))]
			| length == 7 and all(.target == null)' isolated
}

# The replacement of isolate.sh does nothing, so the noisy neighbors may use any CPU.
free_neighbors_end_comparison()
{
	: > "$ISOLATE_LOG"
	bench 2 --test=hiccup --quick --isolate --json "$TMP/large.json" \
		2> "$TMP/large.txt" || return 1
	can_isolate || return 0
	grep 'threads that ask for the CPU may run on it' "$TMP/large.txt" &&
		test "$(grep -cx leave "$ISOLATE_LOG")" = 1 &&
		holds '.rows | length > 9 and all(.params.isolated == false)' large
}

# Threads were moved, but new threads may use the CPU.
weaker_isolation_ends_comparison()
{
	ISOLATE_ENTER=3 bench 2 --test=latency --quick --isolate --json "$TMP/weaker.json" \
		2> "$TMP/weaker.txt" || return 1
	can_isolate || return 0
	grep 'nothing keeps new threads away' "$TMP/weaker.txt" &&
		holds '.rows | length > 7 and all(.params.isolated == false)' weaker
}

# When the first process of a PID namespace ends, the kernel kills the watcher too.
first_process_does_not_isolate()
{
	can_isolate && unshare --pid --fork true || return 0
	: > "$ISOLATE_LOG"
	unshare --pid --fork "$BENCH" --lcores "$(first_cpus 2)" --no-huge --no-shconf -m 64 \
		--no-pci --file-prefix="bench-test-$$" -- --test=latency --quick --isolate \
		> "$TMP/first.txt" || return 1
	grep 'no process would be left in this PID namespace' "$TMP/first.txt" &&
		! grep enter "$ISOLATE_LOG"
}

# With a CPU isolated at boot there is no comparison, and all rows are of an isolated CPU.
isolation_at_boot_is_found()
{
	ISOLATE_STATE=ok bench 2 --test=latency --quick --isolate --json "$TMP/boot.json" \
		> "$TMP/boot.txt" || return 1
	! grep 'lcore 1): unknown' "$TMP/boot.txt" || return 0
	grep 'no comparison with an isolated CPU: it is isolated already' "$TMP/boot.txt" &&
		holds '.rows | length > 7 and all(.params.isolated == true and
			.params.isolated_by == "boot")' boot
}

# A program in a build tree uses the script of the build tree. Any verdict is accepted.
build_script_is_found()
{
	case $BENCH in
	*app/bench/*) ;;
	*) return 0 ;;
	esac
	(unset RATION_ISOLATE && bench 2 --test=latency --quick > "$TMP/build.txt") || return 1
	grep '^isolation of CPU' "$TMP/build.txt"
	grep -qE '^isolation of CPU (\?|.*: (ok|weak|wrong)(;|$))' "$TMP/build.txt"
}

# A machine may change between the rounds.
the_worst_verdict_counts()
{
	: > "$ISOLATE_LOG"
	ISOLATE_FIRST=weak bench 2 --test=latency --quick --json "$TMP/worse.json" \
		> "$TMP/worse.txt" || return 1
	! grep 'lcore 1): unknown' "$TMP/worse.txt" || return 0
	grep 'lcore 1): weak' "$TMP/worse.txt" && grep 'lcore 1): wrong' "$TMP/worse.txt" &&
		holds '[.rows[].params | select(has("check"))]
			| length > 3 and all(.check == "wrong")' worse
}

failed_enter_ends_comparison()
{
	: > "$ISOLATE_LOG"
	ISOLATE_ENTER=1 bench 2 --test=latency --quick --isolate --json "$TMP/failed.json" \
		2> "$TMP/failed.txt" || return 1
	can_isolate || return 0
	grep 'isolate.sh enter failed' "$TMP/failed.txt" &&
		holds '.rows | length == 60 and all(.params.isolated == false)' failed
}

PLOT=
! command -v gnuplot > /dev/null || PLOT="--plot $TMP/plots"
for test in hiccup latency; do
	# shellcheck disable=SC2086 # nothing, or an option and its value
	check "$test runs" bench 2 --test=$test --quick --json "$TMP/$test.json" $PLOT
	cp "$TMP/check.log" "$TMP/$test.txt"
done
check 'the verdict is printed' prints_verdict
check 'the reason for no comparison is printed' prints_obstacle
check 'rows of hiccup' holds '["ration", "atomic-tree", "spinlock-tree", "slots-7-rr", "stock-v4"]
	as $all | [.rows[] | select(.unit == "us") | [.impl, .case]] == [
		["machine", "largest gap, empty loop, before"],
		($all[] | [., "largest gap, idle"]),
		(("1", "10", "100") as $khz | ("ration", "stock-v4")
			| [., "largest gap, drained at \($khz) kHz"]),
		($all[] | [., "largest gap, noisy neighbors"]),
		["machine", "largest gap, empty loop, after"]]' hiccup
check 'shares of hiccup' holds '[.rows[] | select(.unit == "ppm")] | length == 16
	and all(.min >= 0 and .max <= 1000000)' hiccup
check 'rows of latency' holds '["ration", "atomic-tree", "spinlock-tree", "slots-7-rr", "stock-v4"]
	as $all | ["ration", "stock-v4"] as $drained
	| [.rows[] | select(.impl != "machine" and (.case | test("worst") | not))
		| [.impl, .case]] == [
		($all[] | [., "1,000 operations"]),
		($all[] | [., "1,000 operations, near the limit"]),
		(("1", "10", "100") as $khz | $drained[]
			| [., "1,000 operations, drained at \($khz) kHz"]),
		($all[] | [., "one refill"]), ($all[] | [., "one charge, near the limit"]),
		($drained[] | [., "one drain"]), ["ration", "one sync charge"]]' latency
check 'the empty loop comes first and last' holds '
	[.rows[0], .rows[-1]] | map(.impl + .case) == [
	"machinelargest gap, empty loop, before",
	"machinelargest gap, empty loop, after"]' latency
check 'each row has its parameters' holds '.rows | all(.impl == "machine" or ([.params
	| has("counters", "depth", "batch", "mix", "warm_up_ms")] | all))' latency
check 'every planned start is granted, refused or cut' holds '[.rows[].params | select(has("cut"))]
	| length == 29 and all(.granted + .refused + .cut == .values and .cut < .values)' latency
# Starts have random intervals, but 0.5 % at most of their number is chance. The warm-up would add a
# sixth.
check 'the values are those of the counted blocks, without a warm-up' holds '
	[.rows[] | select(.params.cut != null)
	| .samples == 12 and (.params.values
		/ (.samples * .params.warm_up_ms * 1000 / .params.interval_us)
		| . > 0.9 and . < 1.1)] | length == 29 and all' latency
check 'a percentile needs ten values above it' holds '[.rows[] | select(.params.cut != null)
	| .params | ((.values >= 1000) == has("p99")) and ((.values >= 10000) == has("p99.9"))]
	| length == 29 and all' latency
check 'starts that were not ready in time are among all starts' holds '[.rows[].params
	| select(has("unready"))] | length == 29 and all(.unready <= .values)' latency
check 'only cases near the limit are refused' holds '[.rows[] | select(.params.refused > 0)]
	| length > 0 and all(.case | test("near the limit|sync charge"))' latency
for test in hiccup latency; do
	check "$test: enough samples, in order" holds '.rows
		| all(.samples >= 11 and .min <= .median and .median <= .max)' $test
	check "$test: each row has the isolation of the CPU" holds '.rows
		| all((.params.isolated == false) and (.params.check | length > 0))' $test
	check "$test: percentiles rise" holds '[.rows[].params | select(has("p50"))]
		| length > 3 and all([.smallest, .p50, (.p99, .["p99.9"], .["p99.99"], .["p99.999"]
			| values), .largest] as $all | $all == ($all | sort) and .values > 0)' \
		$test
	[ -z "$PLOT" ] || check "$test: plots" has_plots $test
done
check 'the largest window has the largest gap' holds '.rows
	| map(select(.unit == "us")) | length == 18
	and all((.max - .params.largest | fabs) < 0.01)' hiccup
check 'cases with drains drained' holds '[.rows[] | select(.params.drains) | (.params.drains > 0)
	== (.case | test("drained"))] | length == 16 and all' hiccup
for file in hiccup-idle hiccup-empty-loop-after hiccup-drained-at-100-kHz \
		hiccup-noisy-neighbors latency-1000-operations \
		latency-one-sync-charge latency-drained-1000-operations-drained-at-1-kHz \
		latency-backends-one-refill-slots-7-rr; do
	[ -z "$PLOT" ] || check "$file.hgrm" has_lines $file.hgrm
done
check '--seconds is respected' respects_seconds
check 'the CPU is isolated twice, and isolation is undone' enters_and_leaves
check 'rows timed by the main lcore are marked' holds '[.rows[].params | select(.timed_on)
	| .timed_on] | length == 3 and all(. == "main lcore")' latency
check 'rows of both states come in pairs' rows_come_in_pairs
check 'a failed enter ends the comparison' failed_enter_ends_comparison
check 'free neighbors end the comparison' free_neighbors_end_comparison
check 'weaker isolation ends the comparison' weaker_isolation_ends_comparison
check 'the script of the build tree is found' build_script_is_found
check 'the worst verdict of all rounds counts' the_worst_verdict_counts
check 'a CPU that was isolated at boot is found' isolation_at_boot_is_found
check 'the first process of a namespace does not isolate' first_process_does_not_isolate
finish
