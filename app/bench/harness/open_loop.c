/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdbool.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include "harness/open_loop.h"

/* The interval is random by 10 %, so that starts do not synchronize with anything. */
static double
next_start(const struct open_loop *l, double start)
{
	return start + l->interval * (0.95 + (double)rte_rand_max(1024) / 10240);
}

/* Run one operation. @return 0, or a negative errno */
static int
run_one(const struct open_loop *l, struct open_loop_result *result, double start, uint64_t *end)
{
	bool early = (double)rte_rdtsc() < start;
	int rc = l->prepare != NULL ? l->prepare(l->arg) : 0;

	if (rc < 0)
		return rc;
	result->unready += early && (double)rte_rdtsc() > start;
	while ((double)rte_rdtsc() < start)
		l->wait(l->arg);
	rc = l->operate(l->arg);
	*end = rte_rdtsc_precise();
	if (rc < 0)
		return rc;
	histogram_record(&result->delays, *end - (uint64_t)start);
	result->granted += rc == 0;
	result->refused += rc == OPEN_LOOP_REFUSED;
	return l->clean_up != NULL ? l->clean_up(l->arg) : 0;
}

/* Record the remaining planned starts with the delay that they have now. */
static void
give_up(const struct open_loop *l, struct open_loop_result *result, double start, uint64_t last)
{
	const uint64_t now = rte_rdtsc();

	while (start < (double)last) {
		histogram_record(&result->delays, now - (uint64_t)start);
		result->cut++;
		start = next_start(l, start);
	}
}

void
open_loop_add(struct open_loop_result *sum, const struct open_loop_result *part)
{
	histogram_add(&sum->delays, &part->delays);
	sum->granted += part->granted;
	sum->refused += part->refused;
	sum->unready += part->unready;
	sum->cut += part->cut;
}

int
open_loop_run(const struct open_loop *l, struct open_loop_result *result)
{
	const uint64_t origin = rte_rdtsc(), last = origin + l->length;
	double start = next_start(l, (double)origin);
	uint64_t end = origin;
	int rc;

	while (start < (double)last && end <= last + l->patience) {
		rc = run_one(l, result, start, &end);
		if (rc < 0)
			return rc;
		start = next_start(l, start);
	}
	give_up(l, result, start, last);
	return 0;
}
