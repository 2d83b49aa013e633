/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Changes of the tree by the main lcore. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "soak.h"

/* Limits that are often reached, and some that never are. */
static uint64_t
random_max(struct prng *prng)
{
	return prng_below(prng, 8) == 0 ? 1000000 : 5 + prng_below(prng, 150);
}

static struct player *
myself(struct soak *s)
{
	return &s->workers[SOAK_WORKERS];
}

/* An entry that exists and is not destroyed; the root always does. */
static uint32_t
random_entry(struct soak *s)
{
	uint32_t i;

	do {
		i = prng_below(&myself(s)->prng, SOAK_ENTRIES);
	} while (s->book[i].handle == RATION_COUNTER_NONE);
	return i;
}

static int
free_entry(const struct soak *s)
{
	int i;

	for (i = 1; i < SOAK_ENTRIES; i++) {
		if (s->book[i].made == RATION_COUNTER_NONE)
			return i;
	}
	return -1;
}

static uint32_t
depth_of(const struct soak *s, int i)
{
	uint32_t depth = 0;

	for (; s->book[i].parent >= 0; i = s->book[i].parent)
		depth++;
	return depth;
}

static void
enter(struct soak *s, int i, int parent, ration_counter_t handle, uint64_t max)
{
	struct entry *e = &s->book[i];

	if (ration_load(&e->held, seq_cst) != 0)
		soak_log_error(s, "units of counter %d are held before it exists", i);
	e->made = handle;
	e->parent = parent;
	e->serial = s->serial;
	e->max = max;
	ration_store(&e->forced, 0, seq_cst);
	ration_store(&e->ceiling, max, seq_cst);
	/* Release: pairs with the acquire before a charge of it. */
	ration_store(&e->handle, handle, release);
}

static void
create(struct soak *s)
{
	struct prng *prng = &myself(s)->prng;
	const struct ration_counter_params params = {
		.max = ration_params_max(random_max(prng)),
		.batch = prng_below(prng, 3) == 0 ? RATION_BATCH_ZERO
						  : ration_params_batch(prng_below(prng, 100)),
		.flags = prng_below(prng, 4) == 0 ? RATION_COUNTER_DIRECT : 0,
	};
	const uint32_t parent = random_entry(s);
	const int i = free_entry(s);
	char name[RATION_COUNTER_NAMESIZE];
	ration_counter_t c;

	if (i < 0)
		return;
	snprintf(name, sizeof(name), "c%u", ++s->serial);
	c = ration_counter_create(s->d, s->book[parent].made, name, &params);
	if (c != RATION_COUNTER_NONE) {
		enter(s, i, (int)parent, c, params.max);
		soak_count(myself(s), SOAK_CREATED);
	} else if (rte_errno != E2BIG || depth_of(s, (int)parent) < RATION_DEPTH_MAX) {
		soak_log_error(s, "counter %d below %u cannot be created: %s", i, parent,
			       rte_strerror(rte_errno));
	}
}

static bool
has_children(const struct soak *s, uint32_t parent)
{
	uint32_t i;

	for (i = 0; i < SOAK_ENTRIES; i++) {
		if (s->book[i].made != RATION_COUNTER_NONE && s->book[i].parent == (int)parent &&
		    s->book[i].handle != RATION_COUNTER_NONE)
			return true;
	}
	return false;
}

static bool
is_freed(const struct soak *s, const struct entry *e)
{
	struct ration_counter_info info;

	return ration_counter_get(s->d, e->made, &info) == -ESTALE;
}

/* The entry of a freed counter is free again. No units of it can be held. */
static void
strike_out(struct soak *s, uint32_t i)
{
	if (ration_load(&s->book[i].held, seq_cst) != 0)
		soak_log_error(s, "counter %u is freed, but units of it are held", i);
	s->stale[s->nb_stale++ % SOAK_STALE] = s->book[i].made;
	s->book[i].made = RATION_COUNTER_NONE;
}

static void
destroy(struct soak *s)
{
	struct prng *prng = &myself(s)->prng;
	const uint32_t flags = prng_below(prng, 2) ? RATION_DESTROY_KEEP_UNITS : 0;
	const uint32_t i = random_entry(s);
	struct entry *e = &s->book[i];
	const bool inner = has_children(s, i);
	int rc;

	/* The counter is held now and then. */
	if (prng_below(prng, 2))
		soak_charge(myself(s), i);
	rc = ration_counter_destroy(s->d, e->made, flags);
	if (i == 0 || rc == -EBUSY) {
		if (rc != (i == 0 ? -EPERM : -EBUSY) || (flags && !inner && i != 0))
			soak_log_error(s, "destroy of counter %u with flags %u: %d", i, flags, rc);
		soak_count(myself(s), SOAK_DESTROY_REFUSED);
		return;
	}
	if (rc != 0 || inner) {
		soak_log_error(s, "destroy of counter %u with flags %u%s: %d", i, flags,
			       inner ? " although it has children" : "", rc);
		return;
	}
	ration_store(&e->handle, RATION_COUNTER_NONE, release);
	soak_count(myself(s), SOAK_DESTROYED);
	if (is_freed(s, e))
		strike_out(s, i);
	else if (flags)
		soak_count(myself(s), SOAK_OFFLINE_COUNTER);
	else
		soak_log_error(s, "counter %u is destroyed, but still exists", i);
}

void
soak_forget_offline(struct soak *s)
{
	struct entry *e;
	uint32_t i;

	for (i = 1; i < SOAK_ENTRIES; i++) {
		e = &s->book[i];
		if (e->made == RATION_COUNTER_NONE || e->handle != RATION_COUNTER_NONE ||
		    !is_freed(s, e))
			continue;
		strike_out(s, i);
		soak_count(myself(s), SOAK_OFFLINE_RELEASED);
	}
}

/*
 * Units that are granted when the new limit is set may be held for any time. `forced` needs no
 * change: it is added to the ceiling, whatever the ceiling is.
 */
static void
set_max(struct soak *s)
{
	struct prng *prng = &myself(s)->prng;
	const bool strict = prng_below(prng, 2);
	const uint32_t i = random_entry(s);
	/* The root has room for several. */
	uint64_t max = random_max(prng) + (i == 0 ? 400 : 0);
	struct ration_counter_info info;
	struct entry *e = &s->book[i];
	int rc;

	soak_charge(myself(s), i);
	/* Zero, although units are held; or the current usage, with more charges to come. */
	if (i != 0 && prng_below(prng, 8) == 0)
		max = 0;
	else if (prng_below(prng, 3) == 0 && ration_counter_get(s->d, e->made, &info) == 0)
		max = info.usage;
	ration_fetch_add(&s->epoch, 1, seq_cst);
	rc = ration_counter_set_max(s->d, e->made, max, strict ? RATION_MAX_STRICT : 0);
	if (rc == 0 && ration_counter_get(s->d, e->made, &info) == 0) {
		e->max = max;
		/* The usage may be above that limit already. */
		ration_store(&e->ceiling, RTE_MAX(max, info.usage), seq_cst);
		if (info.usage > max)
			soak_count(myself(s), SOAK_CLAMPED);
	}
	ration_fetch_add(&s->epoch, 1, seq_cst);
	if (rc == -EBUSY && strict)
		soak_count(myself(s), SOAK_STRICT_REFUSED);
	else if (rc != 0)
		soak_log_error(s, "max of counter %u to %" PRIu64 ": %d", i, max, rc);
	else if (strict)
		soak_count(myself(s), SOAK_STRICT);
}

static void
set_batch(struct soak *s)
{
	const uint32_t i = random_entry(s);
	int rc = ration_counter_set_batch(s->d, s->book[i].made, prng_below(&myself(s)->prng, 200));

	if (rc != 0)
		soak_log_error(s, "batch of counter %u: %d", i, rc);
}

/* A live thread is not reaped, and an existing counter is found. */
static void
look_around(struct soak *s)
{
	const uint32_t i = random_entry(s);
	char path[RATION_COUNTER_NAMESIZE * RATION_DEPTH_MAX];
	ration_counter_t c;
	int rc;

	rc = ration_reap(s->d, SOAK_MINUTE, NULL, NULL);
	if (rc != 0)
		soak_log_error(s, "a reap found dead lcores, although all are alive: %d", rc);
	if (ration_counter_path(s->d, s->book[i].made, path, sizeof(path)) < 0 ||
	    ration_counter_find(s->d, path) != s->book[i].made)
		soak_log_error(s, "counter %u is not found by its path", i);
	for (c = ration_domain_root(s->d); c != RATION_COUNTER_NONE;)
		c = ration_counter_next(s->d, c);
	ration_counter_reset_watermark(s->d, s->book[i].made);
}

void
soak_change(struct soak *s)
{
	switch (prng_below(&myself(s)->prng, 8)) {
	case 0:
	case 1:
		create(s);
		break;
	case 2:
	case 3:
		destroy(s);
		break;
	case 4:
	case 5:
		set_max(s);
		break;
	case 6:
		set_batch(s);
		break;
	default:
		look_around(s);
		break;
	}
	soak_forget_offline(s);
}

int
soak_make(struct soak *s, uint64_t seed)
{
	const struct ration_domain_params params = {
		.max_counters = SOAK_ENTRIES + 1,
		.max_members = SOAK_MEMBERS,
		.socket_id = SOCKET_ID_ANY,
		.max = 600,
		.timeout_us = SOAK_MINUTE,
		.drain_work = 4,
		.idle_us = seed % 2 ? 1000 : 0,
	};
	uint32_t i;

	memset(s, 0, sizeof(*s));
	rte_ticketlock_init(&s->pool_lock);
	s->d = ration_domain_create("soak", &params);
	if (s->d == NULL) {
		fprintf(stderr, "no domain: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	s->nothing = ration_counter_create(s->d, ration_domain_root(s->d), "nothing", NULL);
	s->gives_idle_back = params.idle_us > 0;
	*myself(s) = (struct player){.s = s, .prng = {seed}};
	enter(s, 0, -1, ration_domain_root(s->d), params.max);
	for (i = 0; i < 8; i++)
		create(s);
	return s->nothing != RATION_COUNTER_NONE && s->wrong == 0 ? 0 : -1;
}

void
soak_unmake(struct soak *s)
{
	uint32_t i, left;
	int rc;

	do { /* Leaves first. */
		left = 0;
		for (i = 1; i < SOAK_ENTRIES; i++) {
			if (s->book[i].handle == RATION_COUNTER_NONE)
				continue;
			left++;
			if (has_children(s, i))
				continue;
			rc = ration_counter_destroy(s->d, s->book[i].made, 0);
			if (rc != 0 && rc != -EBUSY)
				soak_log_error(s, "destroy of counter %u at the end: %d", i, rc);
			/* An offline counter below it is released in time. */
			if (rc == 0)
				s->book[i].handle = RATION_COUNTER_NONE;
		}
	} while (left > 0 && s->wrong == 0);
	rc = ration_domain_free(s->d);
	if (rc != 0)
		soak_log_error(s, "the domain cannot be freed: %d", rc);
}
