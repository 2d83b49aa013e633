/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>

#include <rte_cycles.h>

#include "tests/limit_split.h"

/** One of this many bursts has only packets of the bystander. */
#define PURE_EVERY 8
/** If the mixes of the bursts differ by less than this part, they are alike. */
#define ALIKE 1e-3

void
limit_hold_timed(struct worker *wk)
{
	struct limit_lcore *l = wk->task_arg;
	const bool pure = l->setup->c->load == LIMIT_HALF_FULL && l->bursts++ % PURE_EVERY == 0;
	const struct backend_work work = {.order = pure ? l->own : l->order,
					  .nb_order = BURST_SIZE,
					  .units = 1,
					  .pairs = BURST_SIZE};
	uint64_t before = rte_rdtsc_precise(), start = rte_rdtsc_precise(), ticks, granted, refused;

	refused = wk->workers->impl->loop[l->pattern](wk->ctx, &work);
	ticks = rte_rdtsc_precise() - start;
	/* Without the time that it takes to read the clock. */
	l->reading = RTE_MIN(l->reading, start - before);
	ticks -= RTE_MIN(l->reading, ticks);
	granted = BURST_SIZE - refused;
	l->split.gg += granted * granted;
	l->split.gr += granted * refused;
	l->split.rr += refused * refused;
	l->split.tg += ticks * granted;
	l->split.tr += ticks * refused;
}

void
limit_split_sum(const struct limit_run *r, struct limit_split *sum)
{
	const struct limit_split *s;
	uint32_t i;

	for (i = 0; i < r->workers.nb; i++) {
		s = &r->lcores[i].split;
		sum->gg += s->gg;
		sum->gr += s->gr;
		sum->rr += s->rr;
		sum->tg += s->tg;
		sum->tr += s->tr;
	}
}

void
limit_split_solve(const struct limit_split *sum, double *granted, double *refused)
{
	const double gg = (double)sum->gg, gr = (double)sum->gr, rr = (double)sum->rr;
	const double tg = (double)sum->tg, tr = (double)sum->tr, det = gg * rr - gr * gr;

	*granted = *refused = NAN;
	if (sum->rr == 0 || sum->gg == 0) {
		if (sum->gg > 0)
			*granted = tg / gg;
		if (sum->rr > 0)
			*refused = tr / rr;
		return;
	}
	if (det < ALIKE * gg * rr)
		return;
	*granted = (tg * rr - tr * gr) / det;
	*refused = (tr * gg - tg * gr) / det;
}
