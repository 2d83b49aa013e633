/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_pause.h>

#include "tests/drain_target.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

typedef void (*target_poll_t)(struct drain_target *p, struct ration_lcore *lc);

static inline void
look_at_ring(struct drain_target *p, struct ration_lcore *lc)
{
	(void)lc;
	ring_baseline_poll(&p->ring);
}

static inline void
look_at_mailbox(struct drain_target *p, struct ration_lcore *lc)
{
	(void)p;
	ration_quiescent(lc);
}

static inline int
charge_and_uncharge(struct ration_lcore *lc, ration_counter_t c)
{
	int rc = ration_try_charge(lc, c, 1);

	return rc != 0 ? rc : ration_uncharge(lc, c, 1);
}

static __rte_always_inline int
poll_loop(struct drain_target *p, target_poll_t look)
{
	struct ration_lcore *lc = ration_lcore_register(p->domain);
	const ration_counter_t *counters = p->counters;
	const uint64_t mask = p->nb_counters - 1;
	uint64_t iteration = 0;
	int rc = 0;

	if (lc == NULL)
		return rte_errno;
	do {
		look(p, lc);
		rc |= charge_and_uncharge(lc, counters[iteration & mask]);
		/* Pairs with the acquire in target_progress(). */
		ration_store(&p->progress, ++iteration, release);
		/* Pairs with the release in target_stop(). */
	} while (!ration_load(&p->quit, acquire));
	ration_lcore_unregister(lc);
	return rc != 0 ? EIO : 0;
}

int
target_poll_ring(void *target)
{
	return poll_loop(target, look_at_ring);
}

int
target_poll_ration(void *target)
{
	return poll_loop(target, look_at_mailbox);
}

int
target_take_stock(void *target)
{
	struct drain_target *p = target;
	struct ration_lcore *lc = ration_lcore_register(p->domain);

	if (lc == NULL)
		return rte_errno;
	return -charge_and_uncharge(lc, p->counters[0]);
}

int
target_go_offline(void *target)
{
	struct drain_target *p = target;
	int rc = target_take_stock(target);

	return rc != 0 ? rc : -ration_lcore_offline(ration_lcore_self(p->domain));
}

int
target_unregister(void *target)
{
	struct drain_target *p = target;

	return -ration_lcore_unregister(ration_lcore_self(p->domain));
}

int
target_do_nothing(void *target)
{
	(void)target;
	return 0;
}

bool
target_can_die(void)
{
#ifdef SANITIZED
	return false;
#else
	return true;
#endif
}

/*
 * A thread that returns or calls pthread_exit() is unregistered from all domains. A thread that
 * crashes alone, or that was created by clone(), is not. The system call ends the thread in the
 * same way.
 */
static void *
take_stock_and_die(void *target)
{
	struct drain_target *p = target;
	struct ration_lcore *lc = ration_lcore_register(p->domain);
	uint32_t i;

	p->failed = lc == NULL ? rte_errno : 0;
	for (i = 0; i < p->nb_counters && p->failed == 0; i++)
		p->failed = -charge_and_uncharge(lc, p->counters[i]);
	ration_store(&p->tid, rte_sys_gettid(), relaxed);
	syscall(SYS_exit, 0);
	return NULL;
}

/* The thread ID is released shortly after pthread_join(). */
static bool
wait_until_dead(int tid)
{
	const uint64_t deadline = rte_rdtsc() + rte_get_tsc_hz();
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d", tid);
	while (access(path, F_OK) == 0) {
		if (rte_rdtsc() > deadline)
			return false;
		sched_yield();
	}
	return true;
}

int
target_die(struct drain_target *p)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, take_stock_and_die, p);

	if (rc == 0)
		rc = pthread_join(thread, NULL);
	if (rc == 0)
		rc = p->failed;
	if (rc == 0 && !wait_until_dead(ration_load(&p->tid, relaxed)))
		rc = ETIMEDOUT;
	if (rc == 0)
		return 0;
	warnx("drain: cannot create a dead thread with stock: %s", rte_strerror(rc));
	return -1;
}

int
target_start(struct drain_target *p, int (*poll)(void *target), unsigned int lcore_id)
{
	int rc;

	ration_store(&p->quit, 0, relaxed);
	ration_store(&p->progress, 0, relaxed);
	rc = rte_eal_remote_launch(poll, p, lcore_id);
	if (rc == 0)
		return 0;
	warnx("drain: cannot start lcore %u: %s", lcore_id, rte_strerror(-rc));
	return -1;
}

int
target_stop(struct drain_target *p, unsigned int lcore_id)
{
	int rc;

	/* Pairs with the acquire in poll_loop(). */
	ration_store(&p->quit, 1, release);
	rc = rte_eal_wait_lcore(lcore_id);
	if (rc == 0)
		return 0;
	warnx("drain: lcore %u: %s", lcore_id, rte_strerror(rc));
	return -1;
}

bool
target_wait_iterations(const struct drain_target *p, uint64_t iterations, bool yield)
{
	const uint64_t deadline = rte_rdtsc() + rte_get_tsc_hz();
	const uint64_t goal = target_progress(p) + iterations;

	while (target_progress(p) < goal) {
		if (rte_rdtsc() > deadline)
			return false;
		if (yield)
			sched_yield();
		else
			rte_pause();
	}
	return true;
}

/* The counters have a common parent, so that they can be drained together. */
static int
grow_tree(struct drain_target *p)
{
	char name[RATION_COUNTER_NAMESIZE];
	ration_counter_t group;
	uint32_t i;

	group = ration_counter_create(p->domain, ration_domain_root(p->domain), "group", NULL);
	for (i = 0; group != RATION_COUNTER_NONE && i < p->nb_counters; i++) {
		snprintf(name, sizeof(name), "leaf%u", i);
		p->counters[i] = ration_counter_create(p->domain, group, name, NULL);
		if (p->counters[i] == RATION_COUNTER_NONE)
			return -1;
	}
	p->top = p->nb_counters == 1 ? p->counters[0] : group;
	return group == RATION_COUNTER_NONE ? -1 : 0;
}

int
target_init(struct drain_target *p, uint32_t nb_counters)
{
	const struct ration_domain_params params = {
		.max_counters = 2 + nb_counters,
		.max_members = 2,
		.socket_id = SOCKET_ID_ANY,
	};
	static unsigned int serial;
	char name[RATION_DOMAIN_NAMESIZE];

	memset(p, 0, sizeof(*p));
	p->nb_counters = nb_counters;
	p->counters = calloc(nb_counters, sizeof(*p->counters));
	if (p->counters == NULL) {
		warn("drain: %u counters", nb_counters);
		return -1;
	}
	snprintf(name, sizeof(name), "bench-target-%u", serial++);
	p->domain = ration_domain_create(name, &params);
	if (p->domain != NULL && grow_tree(p) == 0)
		return 0;
	warnx("drain: domain of %u counters: %s", nb_counters, rte_strerror(rte_errno));
	target_fini(p);
	return -1;
}

void
target_fini(struct drain_target *p)
{
	if (ration_domain_free(p->domain) < 0)
		warnx("drain: cannot free a domain of the benchmark");
	free(p->counters);
	p->domain = NULL;
	p->counters = NULL;
}
