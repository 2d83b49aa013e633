/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <signal.h>
#include <string.h>
#include <time.h>

#include "control/monitor.h"
#include "forward/state.h"
#include "report/report.h"

/* Longest sleep in seconds, which is the longest delay of a stop. */
#define TICK 0.05
/* The same with --max-packets, which has to be detected sooner. */
#define TICK_COUNTING 0.002

static volatile sig_atomic_t stop_requested;

static void
request_stop(int signal)
{
	(void)signal;
	stop_requested = 1;
}

void
monitor_catch_signals(void)
{
	struct sigaction action = {.sa_handler = request_stop};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* If the reader of stdout exits, a write fails and the program stops cleanly. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

int
monitor_stop_requested(void)
{
	return stop_requested;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
sleep_for(double duration)
{
	struct timespec t;

	if (duration <= 0)
		return;
	t.tv_sec = (time_t)duration;
	t.tv_nsec = (long)((duration - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

/* Seconds until an event (0: none), at most `longest`. */
static double
time_until(double event, double now, double longest)
{
	return event > 0 && event - now < longest ? event - now : longest;
}

/* Returns whether forwarding has to end. After --max-packets the loops end by themselves. */
static bool
is_over(const struct lcores *lcores, const struct options *o, double now)
{
	if (stop_requested || (o->duration != 0 && now >= (double)o->duration))
		return true;
	if (ration_load(&forward_state, relaxed) == FORWARD_FINISH)
		return lcores_running(lcores) == 0;
	if (o->max_packets != 0 && lcores_received(lcores) >= o->max_packets)
		ration_store(&forward_state, FORWARD_FINISH, relaxed);
	else if (lcores_running(lcores) < lcores->nb)
		return true;
	return false;
}

static int
watch(const struct lcores *lcores, const struct options *o, struct stats *s, FILE *reports,
      double start)
{
	double period = (double)o->stats_period, next = period, now;
	int rc;

	while (now = seconds() - start, !is_over(lcores, o, now)) {
		if (period > 0 && now >= next) {
			stats_collect(s, now);
			rc = report_write(reports, s, REPORT_PERIOD, 0);
			if (rc < 0)
				return rc;
			next += period;
			continue;
		}
		sleep_for(time_until(
			(double)o->duration, now,
			time_until(next, now, o->max_packets != 0 ? TICK_COUNTING : TICK)));
	}
	return 0;
}

int
monitor_run(struct lcores *lcores, const struct options *o, struct stats *s, FILE *reports)
{
	double start = seconds();
	int rc, ended;

	rc = lcores_launch(lcores);
	if (rc == 0)
		rc = watch(lcores, o, s, reports, start);
	ration_store(&forward_state, FORWARD_STOP, relaxed);
	ended = lcores_wait(lcores);
	stats_collect(s, seconds() - start);
	stats_average(s);
	return rc != 0 ? rc : ended;
}
