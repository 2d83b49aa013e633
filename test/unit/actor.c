/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <sched.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "actor.h"
#include "eal.h"

/** Timeout of every wait in seconds; only a defect reaches it. */
#define DEADLINE 20

static void
run_task(struct actor *a, uint32_t posted)
{
	a->task(a->lc, a->arg);
	ration_store(&a->done, posted, release);
}

static int
act(void *arg)
{
	struct actor *a = arg;

	while (!ration_load(&a->quit, acquire)) {
		/* Pairs with the release in actor_post(). */
		uint32_t posted = ration_load(&a->posted, acquire);

		if (posted != a->done)
			run_task(a, posted);
		else if (a->lc != NULL && ration_load(&a->polls, acquire))
			ration_quiescent(a->lc);
		sched_yield();
	}
	return 0;
}

/* EAL has bound the thread of the test to one CPU, and new threads inherit that. */
static void
use_all_cpus(void)
{
	cpu_set_t all;
	int cpu;

	CPU_ZERO(&all);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	/* The kernel ignores CPUs that do not exist. On failure the thread stays where it is. */
	pthread_setaffinity_np(pthread_self(), sizeof(all), &all);
}

static void *
act_as_thread(void *arg)
{
	use_all_cpus();
	act(arg);
	return NULL;
}

int
actor_start(struct actor *a, struct ration_domain *d, enum actor_kind kind, unsigned int lcore_id)
{
	int rc;

	memset(a, 0, sizeof(*a));
	a->d = d;
	a->kind = kind;
	a->lcore_id = lcore_id;
	if (kind == ACTOR_WORKER)
		rc = rte_lcore_is_enabled(lcore_id) ? test_launch(act, a, lcore_id) : -1;
	else
		rc = pthread_create(&a->thread, NULL, act_as_thread, a);
	a->running = rc == 0;
	return rc == 0 ? 0 : -1;
}

static void
unregister_member(struct ration_lcore *lc, void *arg)
{
	struct actor *a = arg;

	if (lc != NULL)
		ration_lcore_unregister(lc);
	a->lc = NULL;
}

void
actor_stop(struct actor *a)
{
	if (!a->running)
		return;
	if (actor_wait(a))
		actor_do(a, unregister_member, a);
	actor_return(a);
}

void
actor_return(struct actor *a)
{
	if (!a->running)
		return;
	ration_store(&a->quit, 1, release);
	if (a->kind == ACTOR_WORKER)
		test_wait(a->lcore_id);
	else
		pthread_join(a->thread, NULL);
	a->running = false;
}

void
actor_poll(struct actor *a, bool polls)
{
	ration_store(&a->polls, polls, release);
}

void
actor_post(struct actor *a, actor_task task, void *arg)
{
	a->task = task;
	a->arg = arg;
	ration_store(&a->posted, a->posted + 1, release);
}

bool
actor_idle(const struct actor *a)
{
	/* Pairs with the release in run_task(). */
	return ration_load(&a->done, acquire) == a->posted;
}

bool
actor_wait(struct actor *a)
{
	const uint64_t end = rte_get_timer_cycles() + DEADLINE * rte_get_timer_hz();

	while (!actor_idle(a)) {
		if (rte_get_timer_cycles() > end)
			return false;
		sched_yield();
	}
	return true;
}

bool
actor_do(struct actor *a, actor_task task, void *arg)
{
	actor_post(a, task, arg);
	return actor_wait(a);
}

static void
register_member(struct ration_lcore *lc, void *arg)
{
	struct actor *a = arg;

	(void)lc;
	a->lc = ration_lcore_register(a->d);
	ration_store(&a->polls, 1, release);
}

bool
actor_register(struct actor *a)
{
	return actor_do(a, register_member, a) && a->lc != NULL;
}
