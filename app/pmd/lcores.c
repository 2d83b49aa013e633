/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "lcores.h"
#include "message.h"
#include "streams.h"

RATION_ATOMIC(uint32_t) forward_state = FORWARD_STOP;

static const struct engine *const engines[] = {
	[FORWARD_IO] = &engine_io,	     [FORWARD_MAC] = &engine_mac,
	[FORWARD_MACSWAP] = &engine_macswap, [FORWARD_RXONLY] = &engine_rxonly,
	[FORWARD_HOLD] = &engine_hold,
};

static unsigned int
count_workers(void)
{
	unsigned int id, nb = 0;

	RTE_LCORE_FOREACH_WORKER(id)
		nb++;
	return nb;
}

int
lcores_count(const struct options *o, const struct ports *ports, unsigned int *nb)
{
	unsigned int there = count_workers();
	uint64_t streams = streams_count(o, ports);

	if (there == 0) {
		complain("only one lcore: the main lcore does not forward, give EAL at least two "
			 "(-l 0,1)");
		return -EINVAL;
	}
	if (o->nb_cores > there) {
		complain("--nb-cores: %" PRIu64 " is more than the %u lcores besides the main one",
			 o->nb_cores, there);
		return -EINVAL;
	}
	*nb = (unsigned int)RTE_MIN(o->nb_cores, streams);
	if (*nb < o->nb_cores)
		complain("%u RX queues in all: only %u of %" PRIu64 " lcores forward", *nb, *nb,
			 o->nb_cores);
	return 0;
}

static int
create_latencies(struct fwd_lcore *l, const struct tenants *t, int socket)
{
	uint32_t i;

	l->latencies = rte_zmalloc_socket(NULL, t->nb_nodes * sizeof(l->latencies[0]), 0, socket);
	for (i = 0; l->latencies != NULL && i < t->nb; i++) {
		struct latency *one =
			rte_zmalloc_socket(NULL, sizeof(*one), RTE_CACHE_LINE_SIZE, socket);

		if (one == NULL)
			return -ENOMEM;
		l->latencies[t->nodes[i]] = one;
	}
	return l->latencies != NULL ? 0 : -ENOMEM;
}

static int
create_memory(struct fwd_lcore *l, uint32_t nb_streams, const struct options *o,
	      const struct tenants *t, int socket)
{
	l->streams = rte_zmalloc_socket(NULL, nb_streams * sizeof(l->streams[0]),
					RTE_CACHE_LINE_SIZE, socket);
	l->rows = rte_zmalloc_socket(NULL, t->nb_nodes * sizeof(l->rows[0]), RTE_CACHE_LINE_SIZE,
				     socket);
	if (l->streams == NULL || l->rows == NULL)
		return -ENOMEM;
	return o->latency ? create_latencies(l, t, socket) : 0;
}

static void
free_lcore(struct fwd_lcore *l, const struct tenants *t)
{
	uint32_t i;

	for (i = 0; l->latencies != NULL && i < t->nb; i++)
		rte_free(l->latencies[t->nodes[i]]);
	rte_free(l->latencies);
	rte_free(l->rows);
	rte_free(l->streams);
	hold_free(&l->hold);
	rte_free(l);
}

/* The lcore in place `index`. Shares of streams differ by one at the most. */
static int
create_lcore(struct lcores *lcores, unsigned int index, const struct options *o,
	     const struct ports *ports, const struct tenants *t)
{
	uint32_t total = streams_count(o, ports);
	uint32_t first = (uint32_t)((uint64_t)total * index / lcores->nb);
	uint32_t end = (uint32_t)((uint64_t)total * (index + 1) / lcores->nb);
	struct fwd_lcore *l = lcores->lcore[index];

	if (create_memory(l, end - first, o, t, (int)rte_lcore_to_socket_id(l->lcore_id)) < 0) {
		complain("no memory for the figures of %u tenants on lcore %u", t->nb, l->lcore_id);
		return -ENOMEM;
	}
	streams_fill(l->streams, first, end - first, o, ports);
	l->nb_streams = (uint16_t)(end - first);
	l->burst = (uint16_t)o->burst;
	l->record_cycles = o->record_core_cycles;
	l->in_bytes = t->budget != NULL && t->budget->unit == BUDGET_BYTES;
	l->classifier = t->classifier;
	l->counters = t->counters;
	l->domain = t->domain;
	l->loop = lcores->loop;
	rte_spinlock_init(&l->stats_lock);
	return o->forward_mode == FORWARD_HOLD ? hold_create(&l->hold, o, index, lcores->nb) : 0;
}

static int
reserve(struct lcores *lcores, unsigned int nb)
{
	unsigned int id;

	RTE_LCORE_FOREACH_WORKER(id) {
		struct fwd_lcore *l;

		if (lcores->nb == nb)
			break;
		l = rte_zmalloc_socket(NULL, sizeof(*l), RTE_CACHE_LINE_SIZE,
				       (int)rte_lcore_to_socket_id(id));
		if (l == NULL) {
			complain("no memory for lcore %u", id);
			return -ENOMEM;
		}
		l->lcore_id = id;
		lcores->lcore[lcores->nb++] = l;
	}
	return 0;
}

int
lcores_create(struct lcores *lcores, unsigned int nb, const struct options *o,
	      const struct ports *ports, const struct tenants *t)
{
	const struct engine *engine = engines[o->forward_mode];
	unsigned int i;
	int rc;

	*lcores = (struct lcores){0};
	lcores->plain = t->budget == NULL && engine->plain != engine->accounted;
	lcores->loop = lcores->plain ? engine->plain : engine->accounted;
	lcores->tenants = t;
	rc = reserve(lcores, nb);
	for (i = 0; i < nb && rc == 0; i++)
		rc = create_lcore(lcores, i, o, ports, t);
	return rc;
}

static int
go_online(struct fwd_lcore *l)
{
	if (l->domain == NULL)
		return 0;
	l->lc = ration_lcore_online(l->domain);
	if (l->lc == NULL) {
		complain("lcore %u cannot join the budgets: %s", l->lcore_id,
			 rte_strerror(rte_errno));
		return -rte_errno;
	}
	rte_spinlock_lock(&l->stats_lock);
	l->visible = l->lc;
	rte_spinlock_unlock(&l->stats_lock);
	return 0;
}

/* Nobody may look at `lc` any more once it has left, so its figures stay behind. */
static void
go_offline(struct fwd_lcore *l)
{
	if (l->lc == NULL)
		return;
	rte_spinlock_lock(&l->stats_lock);
	ration_lcore_stats_get(l->lc, &l->last_stats);
	l->visible = NULL;
	rte_spinlock_unlock(&l->stats_lock);
	ration_lcore_leave(l->lc);
	l->lc = NULL;
}

static int
run(void *arg)
{
	struct fwd_lcore *l = arg;
	int rc;

	rc = go_online(l);
	if (rc == 0)
		l->loop(l);
	go_offline(l);
	return rc;
}

int
lcores_launch(struct lcores *lcores)
{
	unsigned int i;
	int rc;

	ration_store(&forward_state, FORWARD_RUN, release);
	for (i = 0; i < lcores->nb; i++) {
		rc = rte_eal_remote_launch(run, lcores->lcore[i], lcores->lcore[i]->lcore_id);
		if (rc < 0) {
			complain("lcore %u cannot be started: %s", lcores->lcore[i]->lcore_id,
				 rte_strerror(-rc));
			return rc;
		}
	}
	return 0;
}

unsigned int
lcores_running(const struct lcores *lcores)
{
	unsigned int i, nb = 0;

	for (i = 0; i < lcores->nb; i++)
		nb += rte_eal_get_lcore_state(lcores->lcore[i]->lcore_id) == RUNNING;
	return nb;
}

uint64_t
lcores_received(const struct lcores *lcores)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		sum += ration_load(&lcores->lcore[i]->rx_packets, relaxed);
	return sum;
}

int
lcores_wait(const struct lcores *lcores)
{
	unsigned int i;
	int rc, first = 0;

	for (i = 0; i < lcores->nb; i++) {
		rc = rte_eal_wait_lcore(lcores->lcore[i]->lcore_id);
		if (first == 0)
			first = rc;
	}
	return first;
}

void
lcores_free(struct lcores *lcores)
{
	while (lcores->nb > 0)
		free_lcore(lcores->lcore[--lcores->nb], lcores->tenants);
}
