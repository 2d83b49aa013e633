/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Calls of each lcore on the tree. */

#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include "eal.h"
#include "world.h"

#define BURST 32

static void
give_back(struct worker *k, const struct holding *h)
{
	int rc;

	world_let_go(k->w, h->which, h->n);
	rc = ration_uncharge(k->lc, h->c, h->n);
	if (rc != 0)
		world_log_error(k->w, "uncharge of %u units of counter %u: %d", h->n, h->which, rc);
}

static void
give_back_one(struct worker *k)
{
	struct holding h;
	uint32_t i;

	if (k->nb_held == 0)
		return;
	i = prng_below(&k->prng, k->nb_held);
	h = k->held[i];
	k->held[i] = k->held[--k->nb_held];
	give_back(k, &h);
}

/* A holding fits into two ring elements: {counter and units, handle}. */
static bool
hand_over(struct worker *k, const struct holding *h)
{
	void *objs[2] = {(void *)((uintptr_t)h->which << 32 | h->n), (void *)(uintptr_t)h->c};

	return rte_ring_enqueue_bulk(k->w->handover, objs, 2, NULL) == 2;
}

static bool
take_over(struct worker *k, struct holding *h)
{
	void *objs[2];

	if (rte_ring_dequeue_bulk(k->w->handover, objs, 2, NULL) != 2)
		return false;
	h->which = (uintptr_t)objs[0] >> 32;
	h->n = (uint32_t)(uintptr_t)objs[0];
	h->c = (uintptr_t)objs[1];
	return true;
}

static void
charge_one(struct worker *k)
{
	struct world *w = k->w;
	struct holding h = {.which = prng_below(&k->prng, w->nb_counters)};
	int rc;

	/* Acquire: pairs with the release when a new counter is stored. */
	h.c = ration_load(&w->c[h.which].handle, acquire);
	if (!w->c[h.which].chargeable || h.c == RATION_COUNTER_NONE || k->nb_held == WORLD_HELD)
		return;
	h.n = 1 + prng_below(&k->prng, prng_below(&k->prng, 50) == 0 ? 200 : 8);
	rc = ration_try_charge(k->lc, h.c, h.n);
	if (rc == 0) {
		world_hold(w, h.which, h.n);
		k->granted++;
		if (prng_below(&k->prng, 4) != 0 || !hand_over(k, &h))
			k->held[k->nb_held++] = h;
		return;
	}
	k->refused++;
	/* Only a counter that is being replaced may be reported as missing. */
	if (rc != -EDQUOT && rc != -ENOENT && rc != -ESTALE)
		world_log_error(w, "charge of %u units of counter %u: %d", h.n, h.which, rc);
	give_back_one(k);
}

static void
one_operation(struct worker *k)
{
	struct holding h;

	switch (prng_below(&k->prng, 8)) {
	case 0:
		if (take_over(k, &h))
			give_back(k, &h);
		break;
	case 1:
	case 2:
	case 3:
		give_back_one(k);
		break;
	default:
		charge_one(k);
		break;
	}
}

static void
register_worker(struct worker *k)
{
	if (!k->unregistered)
		k->lc = ration_lcore_register(k->w->d);
	if (k->lc != NULL)
		return;
	k->lc = ration_lcore_shared(k->w->d);
	if (!k->unregistered)
		world_log_error(k->w, "register");
}

/* Go offline, or unregister and register again, now and then. */
static void
change_membership(struct worker *k)
{
	if (k->unregistered)
		return;
	switch (prng_below(&k->prng, 200)) {
	case 0:
		if (ration_lcore_offline(k->lc) != 0)
			world_log_error(k->w, "offline");
		sched_yield();
		if (ration_lcore_online(k->lc) != 0)
			world_log_error(k->w, "online");
		break;
	case 1:
		if (ration_lcore_unregister(k->lc) != 0)
			world_log_error(k->w, "unregister");
		sched_yield();
		register_worker(k);
		break;
	default:
		break;
	}
}

static void
one_phase(struct worker *k)
{
	uint32_t i, j;

	for (i = 0; i < k->w->bursts; i++) {
		for (j = 0; j < BURST; j++)
			one_operation(k);
		ration_quiescent(k->lc);
		change_membership(k);
		/* Many lcores share a CPU: let the next one run. */
		if (prng_below(&k->prng, 16) == 0)
			sched_yield();
	}
}

static int
work(void *arg)
{
	struct worker *k = arg;
	uint32_t phase;

	register_worker(k);
	while ((phase = ration_load(&k->w->phase, acquire)) != UINT32_MAX) {
		if (phase != k->finished) {
			one_phase(k);
			ration_store(&k->finished, phase, release);
		}
		ration_quiescent(k->lc);
		sched_yield();
	}
	while (k->nb_held > 0)
		give_back_one(k);
	if (!k->unregistered && ration_lcore_unregister(k->lc) != 0)
		world_log_error(k->w, "unregister");
	return 0;
}

void
world_empty_handover(struct world *w)
{
	struct worker last = {.w = w, .lc = ration_lcore_shared(w->d)};
	struct holding h;

	while (take_over(&last, &h))
		give_back(&last, &h);
}

int
world_start(struct world *w, uint64_t seed)
{
	unsigned int i;

	w->running = true;
	for (i = 0; i < WORLD_WORKERS; i++) {
		w->workers[i].w = w;
		w->workers[i].unregistered = i >= WORLD_UNREGISTERED;
		w->workers[i].prng.state = seed * WORLD_WORKERS + i;
		if (test_launch(work, &w->workers[i], i + 1) != 0)
			return -1;
	}
	return 0;
}
