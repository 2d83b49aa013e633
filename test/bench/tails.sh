#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Quick runs of hiccup and latency: rows, histograms and plots are there, and what isolate.sh says
# is beside them. Never whether the figures are good.

# shellcheck disable=SC2016,SC2317 # jq's variables; check() calls all functions
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v jq > /dev/null; then
	echo '1..0 # SKIP jq is not installed'
	exit 0
fi

# A script in place of isolate.sh, which a test must not run on a machine that others use: it
# writes down what it was asked for.
cat > "$TMP/isolate.sh" << 'END'
#!/bin/sh
echo "$*" >> "$ISOLATE_LOG"
case $1 in
check) echo '{"cpus": "1", "verdict": "wrong", "checks": [{"name": "isolcpus", "state":
	"wrong"}, {"name": "swap", "state": "weak"}, {"name": "ksm", "state": "ok"}]}'; exit 2 ;;
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

has_plots()
{
	grep -q '<svg' "$TMP/plots/$1.svg" && file_begins_as_png "$TMP/plots/$1.png"
}

file_begins_as_png()
{
	test "$(head -c 4 "$1" | tail -c 3)" = PNG
}

# A CPU is isolated only if main and measured lcore need not share it, and root asks for it.
can_isolate()
{
	test "$(id -u)" = 0 && test "$(nproc)" -gt 1
}

tells_why_not()
{
	grep -q 'no comparison with an isolated CPU: --isolate was not given' "$TMP/hiccup.txt"
}

tells_what_is_wrong()
{
	told='(wrong; wrong: isolcpus; weak: swap|unknown)'
	grep -qE "^isolation of CPU [0-9?]+ \(lcore 1\): $told\$" "$TMP/hiccup.txt"
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
	holds '[.rows[] | select(.params.isolated)] | length == 8' isolated &&
		holds '[.rows[] | select(.params.isolated | not)] | length == 8' isolated &&
		holds '.ratios | length == 4 and all(.target == null)' isolated
}

a_failed_enter_is_told()
{
	: > "$ISOLATE_LOG"
	ISOLATE_ENTER=1 bench 2 --test=latency --quick --isolate --json "$TMP/failed.json" \
		2> "$TMP/failed.txt" || return 1
	can_isolate || return 0
	grep 'isolate.sh enter fails' "$TMP/failed.txt" &&
		holds '.rows | length == 8 and all(.params.isolated == false)' failed
}

PLOT=
! command -v gnuplot > /dev/null || PLOT="--plot $TMP/plots"
for test in hiccup latency; do
	# shellcheck disable=SC2086 # nothing, or an option and its value
	check "$test runs" bench 2 --test=$test --quick --json "$TMP/$test.json" $PLOT
	cp "$TMP/check.log" "$TMP/$test.txt"
done
check 'what is wrong is told' tells_what_is_wrong
check 'why there is no comparison is told' tells_why_not
check 'rows of hiccup' holds '[.rows[] | select(.unit == "us") | .case] == [
	"largest gap, idle", "largest gap, drained at 1 kHz", "largest gap, drained at 10 kHz",
	"largest gap, drained at 100 kHz", "largest gap, noisy neighbours"]' hiccup
check 'shares of hiccup' holds '[.rows[] | select(.unit == "ppm")] | length == 5
	and all(.min >= 0 and .max <= 1000000)' hiccup
check 'rows of latency' holds '[.rows[] | .case] == [
	"1,000 operations", "1,000 operations, worst", "one refill", "one refill, worst",
	"one drain", "one drain, worst", "one sync charge", "one sync charge, worst"]' latency
for test in hiccup latency; do
	check "$test: enough samples, in order" holds '.rows
		| all(.samples >= 11 and .min <= .median and .median <= .max)' $test
	check "$test: each row says how the CPU was" holds '.rows
		| all((.params.isolated == false) and (.params.check | length > 0))' $test
	check "$test: percentiles rise" holds '[.rows[].params | select(has("p50"))]
		| length > 3 and all(.p50 <= .p99 and .p99 <= .["p99.9"] and
			.["p99.99"] <= .["p99.999"] and .["p99.999"] <= .largest and .values > 0)' \
		$test
	[ -z "$PLOT" ] || check "$test: plots" has_plots $test
done
check 'the largest of all windows is the largest gap' holds '.rows
	| map(select(.unit == "us")) | all((.max - .params.largest | fabs) < 0.01)' hiccup
check 'drains were made' holds '[.rows[] | select(.unit == "us") | .params.drains]
	| .[0] == 0 and .[1] > 0 and .[2] > 0 and .[3] > 0 and .[4] == 0' hiccup
for file in hiccup-idle hiccup-drained-at-100-kHz hiccup-noisy-neighbours latency-1000-operations \
		latency-one-sync-charge; do
	[ -z "$PLOT" ] || check "$file.hgrm" has_lines $file.hgrm
done
check 'the CPU is isolated twice, and given back' enters_and_leaves
check 'isolated or not stand side by side' rows_come_in_pairs
check 'what cannot be isolated is told' a_failed_enter_is_told
finish
