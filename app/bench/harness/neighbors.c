/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include "harness/neighbors.h"

/* More than most second-level caches hold. */
#define MEMORY_SIZE (4u << 20)

static void *
burn(void *arg)
{
	struct neighbors *n = arg;
	unsigned char *memory = malloc(MEMORY_SIZE);
	int value = 0;

	/* Pairs with the release in neighbors_stop(). */
	while (!ration_load(&n->quit, acquire)) {
		if (memory != NULL)
			memset(memory, value++, MEMORY_SIZE);
	}
	free(memory);
	return NULL;
}

static int
start_one(struct neighbors *n)
{
	rte_cpuset_t cpus, a = rte_lcore_cpuset(n->lcores[0]), b = rte_lcore_cpuset(n->lcores[1]);
	int rc = pthread_create(&n->threads[n->nb], NULL, burn, n);

	if (rc != 0) {
		warnx("cannot start a noisy neighbor: %s", strerror(rc));
		return -1;
	}
	CPU_OR(&cpus, &a, &b);
	/* If a cpuset keeps the thread away from one of them, this call does not change that. */
	pthread_setaffinity_np(n->threads[n->nb], sizeof(cpus), &cpus);
	n->nb++;
	return 0;
}

int
neighbors_start(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b)
{
	ration_store(&n->quit, 0, relaxed);
	n->nb = 0;
	n->lcores[0] = lcore_a;
	n->lcores[1] = lcore_b;
	while (n->nb < NEIGHBORS) {
		if (start_one(n) < 0) {
			neighbors_stop(n);
			return -1;
		}
	}
	return 0;
}

void
neighbors_stop(struct neighbors *n)
{
	/* Pairs with the acquire in burn(). */
	ration_store(&n->quit, 1, release);
	while (n->nb > 0)
		pthread_join(n->threads[--n->nb], NULL);
}

static bool
may_run_on(pthread_t thread, const rte_cpuset_t *cpus)
{
	rte_cpuset_t own, both;

	if (pthread_getaffinity_np(thread, sizeof(own), &own) != 0)
		return true;
	CPU_AND(&both, &own, cpus);
	return CPU_COUNT(&both) > 0;
}

bool
neighbors_kept_away(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b)
{
	const rte_cpuset_t cpus = rte_lcore_cpuset(lcore_b);
	bool away = true;
	unsigned int i;

	if (neighbors_start(n, lcore_a, lcore_b) < 0)
		return false;
	for (i = 0; i < n->nb; i++)
		away = away && !may_run_on(n->threads[i], &cpus);
	neighbors_stop(n);
	return away;
}
