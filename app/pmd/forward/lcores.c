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

#include "forward/lcores.h"
#include "forward/state.h"
#include "measure/clock.h"
#include "message.h"
#include "ports/streams.h"

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
	unsigned int available = count_workers();
	uint64_t streams = streams_count(o, ports);

	if (available == 0) {
		log_error("only one lcore: the main lcore does not forward, give EAL at "
			  "least two lcores (-l 0,1)");
		return -EINVAL;
	}
	if (o->nb_cores > available) {
		log_error("--nb-cores: %" PRIu64 " is more than the %u worker lcores", o->nb_cores,
			  available);
		return -EINVAL;
	}
	*nb = (unsigned int)RTE_MIN(o->nb_cores, streams);
	if (*nb < o->nb_cores)
		log_error("only %u of %" PRIu64
			  " lcores forward, because there are only %u RX queues",
			  *nb, o->nb_cores, *nb);
	return 0;
}

static int
create_latencies(struct fwd_lcore *l, const struct tenants *t, int socket)
{
	uint32_t i;

	l->latencies = rte_zmalloc_socket(NULL, t->nb_nodes * sizeof(l->latencies[0]), 0, socket);
	for (i = 0; l->latencies != NULL && i < t->nb; i++) {
		struct latency *latency =
			rte_zmalloc_socket(NULL, sizeof(*latency), RTE_CACHE_LINE_SIZE, socket);

		if (latency == NULL)
			return -ENOMEM;
		l->latencies[t->nodes[i]] = latency;
	}
	return l->latencies != NULL ? 0 : -ENOMEM;
}

static int
create_memory(struct fwd_lcore *l, uint32_t nb_streams, const struct options *o,
	      const struct tenants *t, int socket)
{
	l->streams = rte_zmalloc_socket(NULL, nb_streams * sizeof(l->streams[0]),
					RTE_CACHE_LINE_SIZE, socket);
	l->tenants = rte_zmalloc_socket(NULL, t->nb_nodes * sizeof(l->tenants[0]),
					RTE_CACHE_LINE_SIZE, socket);
	if (l->streams == NULL || l->tenants == NULL)
		return -ENOMEM;
	if (o->forward_mode == FORWARD_HOLD) {
		l->held = rte_zmalloc_socket(NULL, t->nb_nodes * sizeof(l->held[0]),
					     RTE_CACHE_LINE_SIZE, socket);
		if (l->held == NULL)
			return -ENOMEM;
	}
	return o->latency ? create_latencies(l, t, socket) : 0;
}

static void
free_lcore(struct fwd_lcore *l, const struct tenants *t)
{
	uint32_t i;

	for (i = 0; l->latencies != NULL && i < t->nb; i++)
		rte_free(l->latencies[t->nodes[i]]);
	rte_free(l->latencies);
	rte_free(l->held);
	rte_free(l->tenants);
	rte_free(l->streams);
	hold_queue_free(&l->hold);
	rte_free(l);
}

/* The numbers of streams of two lcores differ by one at most. */
static int
create_lcore(struct lcores *lcores, unsigned int index, const struct options *o,
	     const struct ports *ports, const struct tenants *t)
{
	uint32_t total = streams_count(o, ports);
	uint32_t first = (uint32_t)((uint64_t)total * index / lcores->nb);
	uint32_t end = (uint32_t)((uint64_t)total * (index + 1) / lcores->nb);
	struct fwd_lcore *l = lcores->lcore[index];

	if (create_memory(l, end - first, o, t, (int)rte_lcore_to_socket_id(l->lcore_id)) < 0) {
		log_error("no memory for the statistics of %u tenants on lcore %u", t->nb,
			  l->lcore_id);
		return -ENOMEM;
	}
	streams_fill(l->streams, first, end - first, o, ports);
	l->nb_streams = (uint16_t)(end - first);
	l->burst = (uint16_t)o->burst;
	l->record_cycles = o->record_core_cycles;
	l->charge_bytes = t->budget != NULL && t->budget->unit == BUDGET_BYTES;
	l->classifier = t->classifier;
	l->counters = t->counters;
	l->domain = t->domain;
	l->loop = lcores->loop;
	rte_spinlock_init(&l->stats_lock);
	return o->forward_mode == FORWARD_HOLD ? hold_queue_create(&l->hold, o, index, lcores->nb)
					       : 0;
}

static int
allocate(struct lcores *lcores, unsigned int nb)
{
	unsigned int id;

	RTE_LCORE_FOREACH_WORKER(id) {
		struct fwd_lcore *l;

		if (lcores->nb == nb)
			break;
		l = rte_zmalloc_socket(NULL, sizeof(*l), RTE_CACHE_LINE_SIZE,
				       (int)rte_lcore_to_socket_id(id));
		if (l == NULL) {
			log_error("no memory for lcore %u", id);
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
	rc = allocate(lcores, nb);
	for (i = 0; i < nb && rc == 0; i++)
		rc = create_lcore(lcores, i, o, ports, t);
	return rc;
}

static int
register_lcore(struct fwd_lcore *l)
{
	if (l->domain == NULL)
		return 0;
	l->lc = ration_lcore_register(l->domain);
	if (l->lc == NULL) {
		log_error("lcore %u cannot register with the domain: %s", l->lcore_id,
			  rte_strerror(rte_errno));
		return -rte_errno;
	}
	rte_spinlock_lock(&l->stats_lock);
	l->stats_lc = l->lc;
	rte_spinlock_unlock(&l->stats_lock);
	return 0;
}

/* Other threads must not read `lc` after unregistration: they get a copy of its statistics. */
static void
unregister_lcore(struct fwd_lcore *l)
{
	if (l->lc == NULL)
		return;
	rte_spinlock_lock(&l->stats_lock);
	ration_lcore_stats_get(l->lc, &l->final_stats);
	l->stats_lc = NULL;
	rte_spinlock_unlock(&l->stats_lock);
	ration_lcore_unregister(l->lc);
	l->lc = NULL;
}

static int
run(void *arg)
{
	struct fwd_lcore *l = arg;
	int rc;

	rc = register_lcore(l);
	if (rc == 0)
		l->loop(l);
	l->end = clock_seconds();
	unregister_lcore(l);
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
			log_error("cannot launch lcore %u: %s", lcores->lcore[i]->lcore_id,
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
		/* Pairs with the release in count_add(): what has been sent is included. */
		sum += ration_load(&lcores->lcore[i]->rx_packets, acquire);
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

double
lcores_end(const struct lcores *lcores)
{
	double end = 0;
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		end = RTE_MAX(end, lcores->lcore[i]->end);
	return end;
}

void
lcores_free(struct lcores *lcores)
{
	while (lcores->nb > 0)
		free_lcore(lcores->lcore[--lcores->nb], lcores->tenants);
}
