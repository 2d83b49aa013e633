/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_memory.h>

#include "fixture.h"

static int
setup_with(void **state, unsigned int nb_stocks)
{
	/* Each domain has a different name, so that a failed test does not disturb the next one. */
	static unsigned int serial;
	const struct ration_domain_params params = {
		.max_counters = 1024,
		.max_members = 8,
		.socket_id = SOCKET_ID_ANY,
		.timeout_us = 2000000,
	};
	char name[RATION_DOMAIN_NAMESIZE];
	struct fixture *f = calloc(1, sizeof(*f));
	unsigned int i;

	if (f == NULL)
		return -1;
	snprintf(name, sizeof(name), "fixture%u", serial++);
	f->d = ration_domain_create(name, &params);
	if (f->d == NULL) {
		fprintf(stderr, "no domain: %s\n", rte_strerror(rte_errno));
		free(f);
		return -1;
	}
	f->root = ration_domain_root(f->d);
	for (i = 0; i < nb_stocks; i++) {
		f->lc[i] = ration_lcore_register_extra(f->d);
		if (f->lc[i] == NULL)
			return -1;
	}
	*state = f;
	return 0;
}

int
fixture_setup(void **state)
{
	return setup_with(state, 0);
}

int
fixture_setup_one(void **state)
{
	return setup_with(state, 1);
}

int
fixture_setup_two(void **state)
{
	return setup_with(state, 2);
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	int rc = 0;

	/* Other actors may wait for an actor that does not poll. */
	for (i = 0; i < FIXTURE_ACTORS; i++)
		actor_poll(&f->actors[i], true);
	for (i = 0; i < FIXTURE_ACTORS; i++)
		actor_stop(&f->actors[i]);
	for (i = 0; i < FIXTURE_MEMBERS; i++)
		if (f->lc[i] != NULL && ration_lcore_unregister(f->lc[i]) != 0)
			rc = -1;
	if (ration_domain_verify(f->d, 1, stderr) != 0)
		rc = -1;
	if (ration_domain_free(f->d) != 0)
		rc = -1;
	free(f);
	return rc;
}

ration_counter_t
make_counter(struct ration_domain *d, ration_counter_t parent, const char *name, uint64_t max,
	     uint32_t batch)
{
	const struct ration_counter_params params = {.max = ration_params_max(max),
						     .batch = ration_params_batch(batch)};
	ration_counter_t c = ration_counter_create(d, parent, name, &params);

	assert_true(c != RATION_COUNTER_NONE);
	return c;
}

struct ration_counter_info
info_of(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_counter_info info;

	assert_int_equal(ration_counter_get(d, c, &info), 0);
	return info;
}

void
assert_same_info(const struct ration_counter_info *a, const struct ration_counter_info *b)
{
	/* This compares all fields: there is no padding before the name. */
	assert_memory_equal(a, b, offsetof(struct ration_counter_info, name));
	assert_string_equal(a->name, b->name);
}

uint64_t
usage_of(const struct ration_domain *d, ration_counter_t c)
{
	return info_of(d, c).usage;
}

uint64_t
failures_of(const struct ration_domain *d, ration_counter_t c)
{
	return info_of(d, c).failures;
}

uint64_t
stock_of(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_reading reading;

	assert_int_equal(ration_read_sum(d, c, &reading), 0);
	assert_int_equal(reading.usage, reading.granted + reading.stock);
	return reading.stock;
}

struct ration_lcore_stats
stats_of(const struct ration_lcore *lc)
{
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(lc, &stats);
	return stats;
}

void
drain_all(struct ration_domain *d)
{
	assert_int_equal(ration_drain(d, ration_domain_root(d), 20000000, NULL), 0);
}

void
assert_sound(const struct ration_domain *d)
{
	assert_int_equal(ration_domain_verify(d, 1, stderr), 0);
}
