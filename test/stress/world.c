/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_memory.h>

#include "eal.h"
#include "world.h"

int
world_make(struct world *w, const char *name, uint64_t max)
{
	const struct ration_domain_params params = {
		.max_counters = WORLD_COUNTERS,
		.max_members = WORLD_WORKERS + 1,
		.socket_id = SOCKET_ID_ANY,
		.max = max,
		.timeout_us = 60000000,
	};

	memset(w, 0, sizeof(*w));
	w->d = ration_domain_create(name, &params);
	w->handover =
		rte_ring_create(name, 256, SOCKET_ID_ANY, RING_F_MP_RTS_ENQ | RING_F_MC_RTS_DEQ);
	if (w->d == NULL || w->handover == NULL) {
		fprintf(stderr, "%s: %s\n", name, rte_strerror(rte_errno));
		return -1;
	}
	w->nothing = ration_counter_create(w->d, ration_domain_root(w->d), "nothing", NULL);
	w->c[0].handle = ration_domain_root(w->d);
	w->c[0].parent = -1;
	w->c[0].max = max;
	w->nb_counters = 1;
	return 0;
}

int
world_free(struct world *w)
{
	int rc;

	if (w->running)
		world_end(w);
	rte_ring_free(w->handover);
	rc = ration_domain_free(w->d);
	w->d = NULL;
	w->handover = NULL;
	return rc == 0 ? 0 : -1;
}

int
world_add(struct world *w, int parent, const char *name, uint64_t max, uint32_t batch)
{
	const struct ration_counter_params params = {.max = ration_params_max(max),
						     .batch = ration_params_batch(batch)};
	struct world_counter *c = &w->c[w->nb_counters];

	c->handle = ration_counter_create(w->d, w->c[parent].handle, name, &params);
	if (c->handle == RATION_COUNTER_NONE) {
		fprintf(stderr, "counter %s: %s\n", name, rte_strerror(rte_errno));
		return -1;
	}
	c->parent = parent;
	c->max = max;
	c->chargeable = true;
	return w->nb_counters++;
}

void
world_log_error(struct world *w, const char *format, ...)
{
	va_list ap;

	if (ration_fetch_add(&w->wrong, 1, acq_rel) > 0)
		return;
	va_start(ap, format);
	vsnprintf(w->error, sizeof(w->error), format, ap);
	va_end(ap);
}

void
world_hold(struct world *w, uint32_t which, uint64_t n)
{
	struct world_counter *c;
	int i;

	for (i = which; i >= 0; i = c->parent) {
		uint64_t held;

		c = &w->c[i];
		held = ration_fetch_add(&c->held, n, acq_rel) + n;
		if (held > c->max)
			world_log_error(w, "P1: %" PRIu64 " units held of counter %d, max %" PRIu64,
					held, i, c->max);
	}
}

void
world_let_go(struct world *w, uint32_t which, uint64_t n)
{
	int i;

	for (i = which; i >= 0; i = w->c[i].parent)
		ration_fetch_sub(&w->c[i].held, n, acq_rel);
}

void
world_start_phase(struct world *w)
{
	ration_fetch_add(&w->phase, 1, acq_rel);
}

bool
world_is_still(const struct world *w)
{
	const uint32_t phase = ration_load(&w->phase, relaxed);
	unsigned int i;

	for (i = 0; i < WORLD_WORKERS; i++)
		/* Pairs with the release at the end of a worker's phase. */
		if (ration_load(&w->workers[i].finished, acquire) != phase)
			return false;
	return true;
}

void
world_end(struct world *w)
{
	unsigned int i;

	ration_store(&w->phase, UINT32_MAX, release);
	for (i = 0; i < WORLD_WORKERS; i++)
		test_wait(i + 1);
	w->running = false;
}
