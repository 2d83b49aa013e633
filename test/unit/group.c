/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include "group.h"
#include "ration_pvt.h"

void
open_group(struct group *g)
{
	const struct ration_domain_params params = {.max_counters = 64,
						    .max_members = GROUP_MEMBERS};
	static uint32_t serial;
	char name[RATION_DOMAIN_NAMESIZE];
	uint32_t i;

	snprintf(name, sizeof(name), "group%u", serial++);
	g->d = ration_domain_create(name, &params);
	assert_non_null(g->d);
	g->root = ration_domain_root(g->d);
	for (i = 0; i < GROUP_MEMBERS; i++) {
		g->lc[i] = ration_lcore_register_extra(g->d);
		assert_non_null(g->lc[i]);
	}
}

void
close_group(struct group *g)
{
	uint32_t i;

	assert_sound(g->d);
	for (i = 0; i < GROUP_MEMBERS; i++)
		assert_int_equal(ration_lcore_unregister(g->lc[i]), 0);
	assert_int_equal(ration_domain_free(g->d), 0);
}

uint32_t
units_of(const struct ration_lcore *lc, ration_counter_t c)
{
	return ration_load(&lc->stocks[(uint32_t)c].units, relaxed);
}

uint32_t
cap_of(const struct ration_lcore *lc, ration_counter_t c)
{
	return ration_limit_cap(ration_load(&lc->stocks[(uint32_t)c].limit, relaxed));
}

void
charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	assert_int_equal(ration_try_charge(lc, c, n), 0);
}

void
uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	assert_int_equal(ration_uncharge(lc, c, n), 0);
}
