/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_ISOLATION_H_
#define BENCH_ISOLATION_H_

/**
 * @file
 * How well the CPU of an lcore is isolated, according to the script isolate.sh, and how to isolate
 * it for some time. The script is the one in RATION_ISOLATE, or the one of the build tree that
 * contains this program, or the installed one.
 */

#include <jansson.h>

#include "harness/bench.h"

/** An lcore whose gaps and delays are measured. */
struct isolation {
	unsigned int lcore_id;
	char cpu[16]; /**< Its CPU, or empty if it may run on several CPUs. */
	const char *found; /**< Isolation without this program: "boot", "cpuset", or NULL. */
	const char *obstacle; /**< Why this program cannot isolate it; NULL: it can. */
	bool entered;
	int alive; /**< The CPU stays isolated while this pipe is open. */
	int watcher; /**< Process that undoes the isolation. */
};

/** Check the CPU of the lcore, and print the result to stdout. */
void isolation_check(struct isolation *iso, const struct bench *b, unsigned int lcore_id);

/**
 * Isolate the CPU of the lcore, and check it again. Isolation is undone however this process ends.
 *
 * @return
 *   0, or -1 after a message: then nothing has changed, and the obstacle is set
 */
int isolation_enter(struct isolation *iso);

/** Undo the isolation. @return 0, or -1 after a message: the CPU may still be isolated */
int isolation_leave(struct isolation *iso);

/** Undo the isolation, and print why there is no comparison. */
void isolation_abort(struct isolation *iso, const char *obstacle);

/** Check again, because machines change. Call it at the start of each round after the first one. */
void isolation_check_again(struct isolation *iso);

/** Do both lcores share one CPU? */
bool isolation_one_cpu(unsigned int lcore_a, unsigned int lcore_b);

/**
 * Add the parameters of the current isolation to a row, and mark it if the lcores share a CPU:
 * "isolated"; "isolated_by" ("none", "boot", "cpuset", "enter", or "enter, PID namespace" if only
 * threads of the own namespace were moved); and "check", the worst verdict of all checks in that
 * state, including later ones.
 */
void isolation_mark_row(const struct isolation *iso, struct row *row);

#endif /* BENCH_ISOLATION_H_ */
