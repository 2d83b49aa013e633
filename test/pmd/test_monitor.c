/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Signals and --duration stop the forwarding loops although the main lcore does something else. In
 * these tests it collects statistics and does not come back before the loops are stopped.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/loading.h"
#include "control/monitor.h"
#include "forward/state.h"
#include "measure/clock.h"
#include "report/report.h"

#define DEADLINE 20

void __wrap_stats_collect(struct stats *s, double seconds);
double __wrap_lcores_end(const struct lcores *lcores);
int __wrap_report_write(struct reports *r, struct stats *s, enum report_type type,
			uint64_t violations);

static bool stopped_in_time;
static double loops_end;

/* Time in seconds for which the main lcore is busy after that. */
#define LATE 1

/* The main lcore is busy until the loops are stopped, and longer. */
void
__wrap_stats_collect(struct stats *s, double seconds)
{
	time_t end = time(NULL) + DEADLINE;

	s->time = seconds;
	while (ration_load(&forward_state, relaxed) != FORWARD_STOP && time(NULL) < end)
		;
	stopped_in_time = stopped_in_time && time(NULL) < end;
	if (loops_end != 0)
		return;
	loops_end = clock_seconds();
	while (clock_seconds() < loops_end + LATE)
		;
}

double
__wrap_lcores_end(const struct lcores *lcores)
{
	RTE_SET_USED(lcores);
	return loops_end;
}

int
__wrap_report_write(struct reports *r, struct stats *s, enum report_type type, uint64_t violations)
{
	RTE_SET_USED(r);
	RTE_SET_USED(s);
	RTE_SET_USED(type);
	RTE_SET_USED(violations);
	return 0;
}

static struct stats
run(const struct options *o)
{
	static const struct ports ports;
	static struct lcores lcores;
	struct stats s = {.options = o, .from_ports = &ports, .from_lcores = &lcores};
	struct reports *reports = report_open(o);

	stopped_in_time = true;
	loops_end = 0;
	assert_non_null(reports);
	assert_int_equal(monitor_run(&lcores, o, &s, reports), 0);
	assert_true(stopped_in_time);
	report_close(reports);
	return s;
}

static void
duration_stops_forwarding_while_the_main_lcore_is_busy(void **state)
{
	const struct options o = {.duration = 2, .stats_period = 1};

	RTE_SET_USED(state);
	run(&o);
}

static void
the_total_ends_with_the_loops_and_counts_missed_reports(void **state)
{
	const struct options o = {.duration = 3, .stats_period = 1};
	double start = clock_seconds();
	struct stats s;

	RTE_SET_USED(state);
	s = run(&o);
	assert_true(loops_end != 0);
	assert_true(s.time <= loops_end - start);
	/* The report after 2 s; the total takes the place of the one after 3 s. */
	assert_true(s.periods_missed >= 1);
}

static void
each_signal_stops_forwarding_at_once(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
	size_t i;

	RTE_SET_USED(state);
	monitor_catch_signals();
	for (i = 0; i < RTE_DIM(signals); i++) {
		ration_store(&forward_state, FORWARD_RUN, relaxed);
		assert_int_equal(raise(signals[i]), 0);
		assert_int_equal(ration_load(&forward_state, relaxed), FORWARD_STOP);
	}
	assert_int_equal(monitor_stop_requested(), 1);
}

static void
loading_ends_after_a_signal(void **state)
{
	RTE_SET_USED(state);
	assert_int_equal(loading_step("a", 0, 0), 0);
	monitor_watch_loading();
	assert_int_equal(monitor_stop_requested(), 1);
	assert_int_equal(loading_step("a", LOADING_EVERY, 0), -EINTR);
	assert_int_equal(loading_step("a", LOADING_EVERY + 1, 0), 0);
	loading_watch(NULL);
}

/* nohup(1) ignores SIGHUP so that the program survives its terminal. */
static void
sighup_stays_ignored_if_it_was(void **state)
{
	RTE_SET_USED(state);
	signal(SIGHUP, SIG_IGN);
	monitor_catch_signals();
	ration_store(&forward_state, FORWARD_RUN, relaxed);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(ration_load(&forward_state, relaxed), FORWARD_RUN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, because a signal that has requested a stop cannot be taken back. */
		cmocka_unit_test(duration_stops_forwarding_while_the_main_lcore_is_busy),
		cmocka_unit_test(the_total_ends_with_the_loops_and_counts_missed_reports),
		cmocka_unit_test(each_signal_stops_forwarding_at_once),
		cmocka_unit_test(loading_ends_after_a_signal),
		cmocka_unit_test(sighup_stays_ignored_if_it_was),
	};

	return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
