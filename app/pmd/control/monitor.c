/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <rte_common.h>

#include "budget/loading.h"
#include "control/monitor.h"
#include "forward/state.h"
#include "measure/clock.h"
#include "measure/period.h"
#include "message.h"
#include "report/report.h"

/* Longest sleep in seconds, which is the longest delay of a stop. */
#define TICK 0.05
/* The same with --max-packets, which has to be detected sooner. */
#define TICK_COUNTING 0.002
/* Seconds between two looks at the links of the ports. */
#define LINK_PERIOD 1.0
/* Seconds between two lines about the progress of loading. */
#define LOADING_PERIOD 1.0

/* Signals that users and supervisors send, and whose default is to kill the process. */
static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

static volatile sig_atomic_t stop_requested;
/* Set when --duration is over. */
static volatile sig_atomic_t time_is_over;

/*
 * The handlers stop the forwarding loops themselves, because the main lcore may be busy, or blocked
 * by the reader of its reports. A store of 32 bits is safe in a signal handler.
 */
static void
request_stop(int signal)
{
	(void)signal;
	stop_requested = 1;
	ration_store(&forward_state, FORWARD_STOP, relaxed);
}

static void
end_time(int signal)
{
	(void)signal;
	time_is_over = 1;
	ration_store(&forward_state, FORWARD_STOP, relaxed);
}

/* nohup(1) starts programs with SIGHUP ignored, so that they survive the end of the session. */
static bool
is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void
monitor_catch_signals(void)
{
	struct sigaction action = {.sa_handler = request_stop};
	unsigned int i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < RTE_DIM(stop_signals); i++)
		if (stop_signals[i] != SIGHUP || !is_ignored(SIGHUP))
			sigaction(stop_signals[i], &action, NULL);
	/* If the reader of stdout exits, a write fails and the program stops cleanly. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

int
monitor_stop_requested(void)
{
	return stop_requested;
}

/* Let SIGALRM end the forwarding after --duration. 0 disarms the timer. */
static void
set_timer(uint64_t duration)
{
	struct sigaction action = {.sa_handler = end_time};
	const struct itimerval timer = {.it_value.tv_sec = (time_t)duration};

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* A line after each second, none if loading is faster than that. */
static int
watch_loading(const char *what, uint64_t done, uint64_t total)
{
	static double last;
	double now = clock_seconds();

	if (last == 0)
		last = now;
	if (done > 0 && now - last >= LOADING_PERIOD) {
		last = now;
		if (total > 0)
			log_error("loading budgets: %s: %" PRIu64 " of %" PRIu64, what, done,
				  total);
		else
			log_error("loading budgets: %s", what);
	}
	return stop_requested;
}

void
monitor_watch_loading(void)
{
	loading_watch(watch_loading);
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

/* A signal handler may have stopped the loops meanwhile: that stays. */
static void
finish(void)
{
	uint32_t state = FORWARD_RUN;

	ration_cas(&forward_state, &state, FORWARD_FINISH, relaxed);
}

/* Returns whether forwarding has to end. After --max-packets the loops end by themselves. */
static bool
is_over(const struct lcores *lcores, const struct options *o, double now)
{
	if (stop_requested || time_is_over || (o->duration != 0 && now >= (double)o->duration))
		return true;
	if (ration_load(&forward_state, relaxed) == FORWARD_FINISH)
		return lcores_running(lcores) == 0;
	if (o->max_packets != 0 && lcores_received(lcores) >= o->max_packets)
		finish();
	else if (lcores_running(lcores) < lcores->nb)
		return true;
	return false;
}

static void
count_missed(struct stats *s, uint64_t missed)
{
	if (missed > 0 && s->periods_missed == 0)
		log_error("--stats-period: %" PRIu64 " reports were due while the program did "
			  "not run or a report was written; they are skipped and counted",
			  missed);
	s->periods_missed += missed;
}

/*
 * Report, and set `next` to the time of the next report. Periods that have passed meanwhile are
 * skipped: reports that follow each other at once would contain nothing.
 */
static int
report_period(struct stats *s, struct reports *reports, double now, double *next)
{
	count_missed(s, period_advance(next, (double)s->options->stats_period, now));
	stats_collect(s, now);
	return report_write(reports, s, REPORT_PERIOD, 0);
}

/* Sleep, or wait for the reader of the statistics. */
static int
pass_time(struct reports *reports, double duration)
{
	if (report_pending(reports))
		return report_flush(reports, (unsigned int)ceil(duration * 1e3));
	sleep_for(duration);
	return 0;
}

static int
watch(const struct lcores *lcores, const struct options *o, struct stats *s,
      struct reports *reports, double start, double *next_report)
{
	double tick = o->max_packets != 0 ? TICK_COUNTING : TICK;
	double next = *next_report, look = LINK_PERIOD, now;
	int rc = 0;

	while (now = clock_seconds() - start, rc == 0 && !is_over(lcores, o, now)) {
		if (now >= look) {
			period_advance(&look, LINK_PERIOD, now);
			links_update(&s->links, s->from_ports);
		}
		if (next > 0 && now >= next)
			rc = report_period(s, reports, now, &next);
		else
			rc = pass_time(reports, time_until((double)o->duration, now,
							   time_until(next, now, tick)));
	}
	*next_report = next;
	return rc;
}

/* The total takes the place of a report that is due at the end, not of those before. */
static void
count_missed_at_the_end(struct stats *s, double next, double end)
{
	if (next > 0 && end > next)
		count_missed(s, period_advance(&next, (double)s->options->stats_period, end));
}

int
monitor_run(struct lcores *lcores, const struct options *o, struct stats *s,
	    struct reports *reports)
{
	double start = clock_seconds(), end, next = (double)o->stats_period;
	int rc, ended;

	time_is_over = 0;
	stats_start(s);
	rc = lcores_launch(lcores);
	set_timer(o->duration);
	if (rc == 0)
		rc = watch(lcores, o, s, reports, start, &next);
	ration_store(&forward_state, FORWARD_STOP, relaxed);
	ended = lcores_wait(lcores);
	set_timer(0);
	/* Not now: this lcore may have been writing a report when the loops ended. */
	end = lcores_end(lcores);
	end = (end > 0 ? end : clock_seconds()) - start;
	count_missed_at_the_end(s, next, end);
	stats_collect(s, end);
	stats_average(s);
	return rc != 0 ? rc : ended;
}
