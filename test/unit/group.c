/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include <rte_common.h>

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

uint32_t
use_packets(struct ration_lcore *lc, ration_counter_t c, uint16_t nb)
{
	ration_counter_t burst[128];
	uint8_t granted[RTE_DIM(burst)];
	uint32_t i, ok;

	assert_true(nb <= RTE_DIM(burst));
	for (i = 0; i < nb; i++)
		burst[i] = c;
	ok = ration_try_charge_burst(lc, burst, NULL, nb, granted);
	if (ok > 0)
		assert_int_equal(ration_uncharge_burst(lc, burst, NULL, (uint16_t)ok), ok);
	return ok;
}
