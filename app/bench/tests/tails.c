/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <time.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include <ration.h>

#include "baselines/stock_v4.h"
#include "harness/progress.h"
#include "tests/tails.h"

#define DRAIN_TIMEOUT_US 1000000

static const struct backend *const impls[TAILS_NB_BACKENDS] = {
	[TAILS_RATION] = &backend_ration,
	[TAILS_ATOMIC] = &backend_atomic_tree,
	[TAILS_SPINLOCK] = &backend_spinlock_tree,
	[TAILS_SLOTS] = &backend_slots_7_rr,
	[TAILS_V4] = &backend_stock_v4,
};

int
tails_create(struct tails_backend *backends, const char *test)
{
	const struct backend_tree tree = {
		.counters = TAILS_COUNTERS,
		.depth = TAILS_DEPTH,
		.max = TAILS_MAX,
		.lcores = TAILS_LCORES,
	};
	struct tails_backend *p;
	uint32_t i;

	for (p = backends; p < backends + TAILS_NB_BACKENDS; p++) {
		p->impl = impls[p - backends];
		p->self = p->impl->create(&tree);
		if (p->self == NULL) {
			warnx("%s: cannot create %s", test, p->impl->name);
			tails_destroy(backends);
			return -1;
		}
		for (i = 0; i < TAILS_ORDER; i++)
			p->order[i] = p->impl->counter(p->self, i % TAILS_COUNTERS);
	}
	return 0;
}

void
tails_destroy(struct tails_backend *backends)
{
	struct tails_backend *p;

	for (p = backends; p < backends + TAILS_NB_BACKENDS && p->self != NULL; p++)
		p->impl->destroy(p->self);
}

static int
drain_ration(const struct tails_backend *p, bool all, uint64_t *units)
{
	struct ration_domain *d = backend_ration_domain(p->self);
	ration_counter_t c = all ? ration_domain_root(d) : p->order[0];
	struct ration_drain_report report = {.rows = NULL};
	int rc = ration_drain(d, c, DRAIN_TIMEOUT_US, &report);

	*units = report.units;
	return rc;
}

int
tails_drain(const struct tails_backend *p, bool all, uint64_t *units)
{
	uint32_t nb = all ? TAILS_COUNTERS : 1, i;
	uint64_t ignored;

	if (units == NULL)
		units = &ignored;
	if (p->impl == &backend_ration)
		return drain_ration(p, all, units);
	*units = 0;
	for (i = 0; i < nb; i++)
		*units += stock_v4_drain(p->self, p->order[i]);
	return 0;
}

json_t *
tails_params(uint32_t counters, const char *mix, double warm_up_ms)
{
	return json_pack("{s:i,s:i,s:i,s:s,s:f}", "counters", (int)counters, "depth", TAILS_DEPTH,
			 "batch", (int)BACKEND_BATCH, "mix", mix, "warm_up_ms", warm_up_ms);
}

struct tails_clock
tails_clock_start(const struct bench *b, uint32_t wanted, double share)
{
	return (struct tails_clock){
		.b = b,
		.start = rte_rdtsc(),
		.wanted = wanted,
		.seconds = b->seconds * share,
	};
}

/* The first and the last step are always shown, so each must occur once. */
static void
show(const struct tails_clock *c, const char *what, double passed, bool more)
{
	const uint32_t total = (uint32_t)RTE_MAX(c->seconds, 1.0);

	if (c->seconds == 0)
		progress_of(what, "windows", c->windows, c->wanted);
	else if (c->windows == 0)
		progress_of(what, "seconds", 0, total);
	else if (!more)
		progress_of(what, "seconds", total, total);
	else if (passed >= 1 && passed < total)
		progress_of(what, "seconds", (uint32_t)passed, total);
}

bool
tails_clock_next(struct tails_clock *c, const char *what)
{
	double passed = (double)(rte_rdtsc() - c->start) / (double)rte_get_tsc_hz();
	bool more = c->windows < c->wanted || passed < c->seconds;

	show(c, what, passed, more);
	c->windows++;
	return more && !bench_stops(c->b);
}

void
tails_sleep(double ns)
{
	struct timespec pause = {.tv_sec = (time_t)(ns / 1e9), .tv_nsec = (long)ns % 1000000000};

	nanosleep(&pause, NULL);
}
