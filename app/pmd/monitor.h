/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MONITOR_H_
#define MONITOR_H_

/**
 * @file
 * What the main lcore does while the others forward: wait for the end, and print statistics.
 */

#include <stdio.h>

#include "lcores.h"
#include "options.h"
#include "stats.h"

/** Let SIGINT and SIGTERM ask for a clean stop from now on. */
void monitor_catch_signals(void);

/** Whether a signal has asked to stop. */
int monitor_stop_asked(void);

/**
 * Run the loops until a signal, --duration, --max-packets or a loop that fails ends them. On
 * return all loops have ended and `s` holds the final figures, whatever the result.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int monitor_run(struct lcores *lcores, const struct options *o, struct stats *s, FILE *reports);

#endif /* MONITOR_H_ */
