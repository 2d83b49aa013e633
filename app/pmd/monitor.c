/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <signal.h>
#include <string.h>
#include <time.h>

#include "monitor.h"
#include "report.h"

/* Longest sleep, and so longest delay of a stop. */
#define TICK 0.05
/* --max-packets is to end soon after. */
#define TICK_COUNTING 0.002

static volatile sig_atomic_t stop_asked;

static void
ask_to_stop(int signal)
{
	(void)signal;
	stop_asked = 1;
}

void
monitor_catch_signals(void)
{
	struct sigaction action = {.sa_handler = ask_to_stop};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A reader that has gone away shows as a failed write, and we still stop in order. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

int
monitor_stop_asked(void)
{
	return stop_asked;
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

static double
until(double event, double now, double otherwise)
{
	return event > 0 && event - now < otherwise ? event - now : otherwise;
}

/* Whether it is time to end; --max-packets ends in its own way. */
static bool
is_over(const struct lcores *lcores, const struct options *o, double now)
{
	if (stop_asked || (o->duration != 0 && now >= (double)o->duration))
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
      double begin)
{
	double period = (double)o->stats_period, next = period, now;
	int rc;

	while (now = seconds() - begin, !is_over(lcores, o, now)) {
		if (period > 0 && now >= next) {
			stats_collect(s, now);
			rc = report_write(reports, s, REPORT_PERIOD, 0);
			if (rc < 0)
				return rc;
			next += period;
			continue;
		}
		sleep_for(until((double)o->duration, now,
				until(next, now, o->max_packets != 0 ? TICK_COUNTING : TICK)));
	}
	return 0;
}

int
monitor_run(struct lcores *lcores, const struct options *o, struct stats *s, FILE *reports)
{
	double begin = seconds();
	int rc, ended;

	rc = lcores_launch(lcores);
	if (rc == 0)
		rc = watch(lcores, o, s, reports, begin);
	ration_store(&forward_state, FORWARD_STOP, relaxed);
	ended = lcores_wait(lcores);
	stats_collect(s, seconds() - begin);
	stats_average(s);
	return rc != 0 ? rc : ended;
}
