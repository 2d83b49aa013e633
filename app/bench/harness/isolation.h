/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_ISOLATION_H_
#define BENCH_ISOLATION_H_

/**
 * @file
 * How well the CPU of an lcore is isolated, as the script isolate.sh says, and isolating it for a
 * while. The script is the one that RATION_ISOLATE names, or that of the build tree that this
 * program lies in, or the installed one.
 */

#include <jansson.h>

#include "harness/bench.h"

/** An lcore whose gaps and delays are measured. */
struct isolation {
	unsigned int lcore_id;
	char cpu[16]; /**< Its CPU, or empty if it may run on several. */
	const char *found; /**< What isolates it without us: "boot", "cpuset", or NULL. */
	const char *obstacle; /**< Why it cannot be isolated by us; NULL: it can. */
	bool entered;
	int alive; /**< While this pipe is open, the CPU stays isolated. */
	int watcher; /**< Process that takes the isolation back. */
};

/** Look at the lcore's CPU, and say on stdout what was seen. */
void isolation_look(struct isolation *iso, const struct bench *b, unsigned int lcore_id);

/**
 * Isolate the lcore's CPU, and look and tell again. It is taken back however this process ends.
 *
 * @return
 *   0, or -1 after a message: nothing is changed then, and the obstacle is set
 */
int isolation_enter(struct isolation *iso);

/** Take that back. @return 0, or -1 after a message: it may still be isolated */
int isolation_leave(struct isolation *iso);

/** Take that back, and say that there is no comparison, and why. */
void isolation_give_up(struct isolation *iso, const char *obstacle);

/** Look again, for machines change: at the beginning of each round after the first one. */
void isolation_look_again(struct isolation *iso);

/** Do both lcores have to share one CPU? */
bool isolation_one_cpu(unsigned int lcore_a, unsigned int lcore_b);

/**
 * Mark a row with what is known about the isolation just now, and whether lcores share a CPU:
 * "isolated", "isolated_by" ("none", "boot", "cpuset", "enter", or "enter, PID namespace" if it is
 * kept free of the threads of our own only) and "check", the worst verdict of all looks at the CPU
 * in that state, also of those still to come.
 */
void isolation_mark_row(const struct isolation *iso, struct row *row);

#endif /* BENCH_ISOLATION_H_ */
