/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BUDGET_H_
#define BENCH_BUDGET_H_

/**
 * @file
 * The time of a test, shared by its cases. More lcores make more and slower cases, and the test
 * still ends: each case gets an equal share of the time that is left, and what it does not use is
 * left for the cases after it. A case takes at least one sample.
 *
 * Times are ticks of the TSC.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_cycles.h>

#include "harness/bench.h"

/**
 * End of the next of `parts` equal parts of the time from now to `end`; `now` if there is no time
 * left.
 */
static inline uint64_t
budget_share(uint64_t now, uint64_t end, uint32_t parts)
{
	return now >= end || parts == 0 ? now : now + (end - now) / parts;
}

/** The same, from the current time. */
static inline uint64_t
budget_next(uint64_t end, uint32_t parts)
{
	return budget_share(rte_rdtsc(), end, parts);
}

static inline bool
budget_is_over(uint64_t end)
{
	return rte_rdtsc() >= end;
}

/**
 * End of a test that starts now: --seconds if given, otherwise its own default, and a tenth of it
 * in a quick run.
 */
static inline uint64_t
budget_of_test(const struct bench *b, double seconds)
{
	if (b->seconds > 0)
		seconds = b->seconds;
	else if (b->quick)
		seconds /= 10;
	return rte_rdtsc() + (uint64_t)(seconds * 1e9 * b->ticks_per_ns);
}

/** Note in a row how many samples were wanted, if it has fewer. */
static inline void
budget_note(struct row *row, uint32_t wanted)
{
	if (row->samples.nb < wanted)
		json_object_set_new(row->params, "samples_wanted", json_integer(wanted));
}

#endif /* BENCH_BUDGET_H_ */
