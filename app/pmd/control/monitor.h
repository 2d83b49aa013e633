/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CONTROL_MONITOR_H_
#define CONTROL_MONITOR_H_

/**
 * @file
 * The loop of the main lcore: it prints statistics and stops the forwarding lcores.
 *
 * All functions: main lcore only.
 */

#include "forward/lcores.h"
#include "options/options.h"
#include "report/report.h"
#include "stats/stats.h"

/**
 * Install signal handlers: SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 request a clean stop, and
 * stop the forwarding loops whatever the main lcore does. SIGHUP is left alone if it is ignored.
 * SIGPIPE is ignored.
 */
void monitor_catch_signals(void);

/**
 * Watch the loading of budgets: a step that takes longer than a second tells on stderr how far it
 * is, and a signal that requests a stop ends it.
 */
void monitor_watch_loading(void);

/** Return 1 if a signal has requested a stop, else 0. */
int monitor_stop_requested(void);

/**
 * Launch the forwarding loops and wait until a signal, --duration, --max-packets or an error of a
 * loop ends them. On return, also after an error, all loops have ended and `s` contains the final
 * statistics.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int monitor_run(struct lcores *lcores, const struct options *o, struct stats *s,
		struct reports *reports);

#endif /* CONTROL_MONITOR_H_ */
