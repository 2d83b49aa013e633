/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <inttypes.h>
#include <string.h>

#include "baselines/xorshift.h"
#include "tests/limit_cases.h"

/** A limit that no lcore gets near. */
#define FAR (UINT64_C(1) << 20)

#define NAMES(name) name ", single calls", name ", bursts of 32"

const struct limit_case limit_cases[LIMIT_CASES] = {
	{NAMES("all refused"), LIMIT_FULL, 0},	 {NAMES("half refused"), LIMIT_HALF_FULL, 0},
	{NAMES("limit 75 %"), LIMIT_HOLD, 75},	 {NAMES("limit 99 %"), LIMIT_HOLD, 99},
	{NAMES("limit 150 %"), LIMIT_HOLD, 150}, {NAMES("limit 400 %"), LIMIT_HOLD, 400},
	{NAMES("limit far"), LIMIT_HOLD, 0},
};

bool
limit_can_run(const struct backend *impl, const struct limit_case *c)
{
	return c->load != LIMIT_HOLD || !(impl->flags & BACKEND_NO_RETURN);
}

/* At 99 % a single unit is missing, so that the case is near the limit with many lcores, too. */
uint64_t
limit_of(const struct limit_setup *s)
{
	const uint64_t held = (uint64_t)s->nb * BURST_SIZE;

	if (s->c->percent == 0)
		return FAR;
	return s->c->percent == 99 ? held - 1 : held * s->c->percent / 100;
}

const char *
limit_name(const struct limit_setup *s)
{
	return s->bursts ? s->c->bursts : s->c->singles;
}

/* Units of the shared counter that are charged before the lcores start. */
static uint64_t
filled(const struct limit_setup *s)
{
	return s->c->load == LIMIT_HOLD ? 0 : limit_of(s);
}

/* Counter 0 is shared; each lcore has one more for its tenant. */
static void
init_lcore(struct limit_run *r, const struct limit_setup *s, uint32_t id)
{
	struct limit_lcore *l = &r->lcores[id];
	uint32_t i;

	l->setup = s;
	l->shared = s->impl->counter(r->workers.self, 0);
	l->room = limit_of(s) - filled(s);
	l->pattern = s->bursts ? BACKEND_BURSTS : BACKEND_SINGLES;
	l->random = XORSHIFT_SEED + id;
	l->reading = UINT64_MAX;
	for (i = 0; i < BURST_SIZE; i++) {
		l->own[i] = s->impl->counter(r->workers.self, 1 + id);
		l->order[i] = s->c->load == LIMIT_HALF_FULL && i % 2 == 1 ? l->own[i] : l->shared;
	}
	r->workers.task_args[id] = l;
}

/* The main lcore charges or uncharges all units of the shared counter. */
static int
change_filled(struct limit_run *r, int (*change)(void *ctx, uint64_t c, uint64_t n))
{
	const struct limit_setup *s = r->lcores[0].setup;
	const uint64_t units = filled(s);
	void *ctx;
	int rc;

	if (units == 0)
		return 0;
	ctx = s->impl->join(r->workers.self, 0);
	if (ctx == NULL)
		return -1;
	rc = change(ctx, r->lcores[0].shared, units);
	s->impl->leave(ctx);
	if (rc != 0)
		warnx("limit: %s cannot change its usage by %" PRIu64 " units", s->impl->name,
		      units);
	return rc != 0 ? -1 : 0;
}

void
limit_hold(struct worker *wk)
{
	const struct limit_lcore *l = wk->task_arg;
	const struct backend_work work = {
		.order = l->order, .nb_order = BURST_SIZE, .units = 1, .pairs = BURST_SIZE};
	const uint64_t refused = wk->workers->impl->loop[l->pattern](wk->ctx, &work);

	worker_add(&wk->refused, refused);
	worker_add(&wk->progress, BURST_SIZE - refused);
}

int
limit_start(struct limit_run *r, const struct limit_setup *s)
{
	const struct backend_tree tree = {
		.counters = 1 + s->nb,
		.depth = DEPTH_OF_THREE,
		.max = limit_of(s),
		.lcores = s->nb,
		.first_dry = true,
	};
	uint32_t i;

	memset(r, 0, sizeof(*r));
	r->workers.impl = s->impl;
	r->workers.task = limit_hold;
	r->workers.nb = s->nb;
	r->workers.self = s->impl->create(&tree);
	if (r->workers.self == NULL)
		return -1;
	for (i = 0; i < s->nb; i++)
		init_lcore(r, s, i);
	if (change_filled(r, s->impl->charge) == 0 && workers_start(&r->workers) == 0)
		return 0;
	s->impl->destroy(r->workers.self);
	return -1;
}

int
limit_stop(struct limit_run *r)
{
	int rc = workers_stop(&r->workers);

	if (change_filled(r, r->workers.impl->uncharge) < 0)
		rc = -1;
	r->workers.impl->destroy(r->workers.self);
	return rc;
}
