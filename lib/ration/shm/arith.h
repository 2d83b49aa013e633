/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ARITH_H_
#define RATION_SHM_ARITH_H_

/**
 * @file
 * Arithmetic of the slow path, without the memory that it works on: limits, and the two parts of a
 * stock entry's limit. Checked as ration_arith.h is.
 */

#include <ration_arith.h>

/** Number of bits of ration_stock::limit that hold the low end of the generation. */
#define RATION_GEN_BITS (8 * sizeof(uint32_t) - RATION_CAP_BITS)

/** Whether n more units fit below `max` if `usage` units are charged. */
/*@ assigns \nothing;
  @ ensures \result <==> usage + n <= max;
  @*/
static inline bool
ration_fits(uint64_t usage, uint64_t n, uint64_t max)
{
	/* Neither side can wrap. */
	return n <= max && usage <= (uint64_t)(max - n);
}

/** Subtract `part` from `whole`; 0 if `part` is larger. */
/*@ assigns \nothing;
  @ ensures \result == \max(whole - part, 0);
  @*/
static inline uint64_t
ration_sub_sat(uint64_t whole, uint64_t part)
{
	return whole > part ? (uint64_t)(whole - part) : 0;
}

/**
 * Number of units to take ahead (precharge) in addition to the needed ones. It is at most the batch,
 * and at most half of the cap that there is room for. If all lcores take twice this number, they
 * still fit into the margin.
 */
/*@ requires 1 <= lcores <= 0x7fffffff;
  @ assigns \nothing;
  @ ensures \result <= batch;
  @ ensures 2 * \result <= room;
  @ ensures margin <= need ==> \result == 0;
  @ ensures margin > need ==> need + 2 * lcores * \result <= margin;
  @ ensures \result == batch || 2 * (\result + 1) > room ||
  @         need + 2 * lcores * (\result + 1) > margin;
  @*/
static inline uint32_t
ration_precharge_units(uint32_t batch, uint64_t room, uint64_t margin, uint64_t need,
		       uint32_t lcores)
{
	uint64_t share = (uint64_t)(ration_sub_sat(margin, need) / ((uint64_t)2 * lcores));
	uint64_t half = (uint64_t)(room / 2);
	uint64_t most = share < half ? share : half;

	/*@ assert share * (2 * lcores) <= \max(margin - need, 0); */
	/*@ assert (share + 1) * (2 * lcores) > \max(margin - need, 0); */
	return most < batch ? (uint32_t)most : batch;
}

/** Upper half of a handle: the generation, rotated so that its low bits are at the top. */
static inline uint32_t
ration_gen_tag(uint32_t gen)
{
	return (uint32_t)((uint32_t)(gen << RATION_CAP_BITS) | gen >> RATION_GEN_BITS);
}

/** Limit of a stock entry, from the upper half of a handle and a cap. */
static inline uint32_t
ration_limit(uint32_t tag, uint32_t cap)
{
	return (uint32_t)((tag & ~RATION_CAP_MASK) | cap);
}

/** Cap in the limit of a stock entry, for any generation. */
static inline uint32_t
ration_limit_cap(uint32_t limit)
{
	return (uint32_t)(limit & RATION_CAP_MASK);
}

/** Set or clear the idle mark: with the generation inverted, no handle of the counter matches. */
static inline uint32_t
ration_limit_toggle_idle(uint32_t limit)
{
	return (uint32_t)(limit ^ ~RATION_CAP_MASK);
}

#endif /* RATION_SHM_ARITH_H_ */
