/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The calls of the data path, each in a separate function for check.py. */

#include <ration.h>

int hit_try_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n);
int hit_try_charge_one(struct ration_lcore *lc, ration_counter_t c);
int hit_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n);
int hit_uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n);
int hit_uncharge_one(struct ration_lcore *lc, ration_counter_t c);
void hit_quiescent(struct ration_lcore *lc);
uint64_t locked(RATION_ATOMIC(uint64_t) *word);
uint64_t exchanged(RATION_ATOMIC(uint64_t) *word);
int called(struct ration_lcore *lc);

int
hit_try_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	return ration_try_charge(lc, c, n);
}

int
hit_try_charge_one(struct ration_lcore *lc, ration_counter_t c)
{
	return ration_try_charge(lc, c, 1);
}

int
hit_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	return ration_charge_force(lc, c, n);
}

int
hit_uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	return ration_uncharge(lc, c, n);
}

int
hit_uncharge_one(struct ration_lcore *lc, ration_counter_t c)
{
	return ration_uncharge(lc, c, 1);
}

void
hit_quiescent(struct ration_lcore *lc)
{
	ration_quiescent(lc);
}

/* Instructions that must not be on a hit path, to show that the check detects them. */

uint64_t
locked(RATION_ATOMIC(uint64_t) *word)
{
	return ration_fetch_add(word, 1, relaxed);
}

uint64_t
exchanged(RATION_ATOMIC(uint64_t) *word)
{
	return ration_exchange(word, 0, relaxed);
}

int
called(struct ration_lcore *lc)
{
	return ration_lcore_offline(lc) + 1;
}
