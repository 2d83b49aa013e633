/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ARITH_H_
#define RATION_SHM_ARITH_H_

/**
 * @file
 * Arithmetic of the slow path, without the memory that it works on: limits of counters, and the two
 * parts of ration_stock::limit. It is checked in the same way as ration_arith.h.
 *
 * Generation and cap in one word. A counter has a generation of 32 bits, and a stock entry has room
 * for 12 of them:
 *
 *   limit   31 ........ 20  19 ............. 0
 *           generation      cap
 *           (low 12 bits)
 *
 *   handle  63 ........ 52  51 ........ 32  31 ............. 0
 *           generation      generation      index
 *           (low 12 bits)   (high 20 bits)
 *
 * The generation in the upper half of a handle (the "tag") is rotated, so that its low 12 bits are
 * in the position that they have in `limit`. Then limit ^ (tag & ~RATION_CAP_MASK) is the cap if
 * the 12 bits are equal, and is above RATION_CAP_MASK if they differ. So one exclusive-or and one
 * comparison check the generation and read the cap. The slow path compares all 32 bits, see
 * ration_resolve(). More in doc/guide/internals/protocols.rst, "The stock entry".
 */

#include <ration_arith.h>

/** Number of bits of ration_stock::limit that hold the low bits of the generation. */
#define RATION_GEN_BITS (8 * sizeof(uint32_t) - RATION_CAP_BITS)

/** Whether usage + n is at most `max`. All numbers are units. */
/*@ assigns \nothing;
  @ ensures \result <==> usage + n <= max;
  @*/
static inline bool
ration_fits(uint64_t usage, uint64_t n, uint64_t max)
{
	/* usage + n could wrap; max - n cannot, because n <= max. */
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
 * Number of units that a refill takes ahead (precharge), in addition to the units that it needs.
 *
 * An entry gets twice the precharge as its cap. So twice the result is at most `room`, and if the
 * stock of every lcore grows to that cap, all of them still fit into what the margin leaves after
 * this charge.
 *
 * @param batch
 *   Maximum precharge: the batch of the counter.
 * @param room
 *   Largest cap that this lcore's share of stock_max leaves for the entry, in units.
 * @param margin
 *   Smallest max - usage on the path to the root, in units.
 * @param need
 *   Units that the charge itself needs.
 * @param lcores
 *   Number of members that may hold stock, at least 1.
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

/** Tag, the upper half of a handle: the generation, rotated so that its low 12 bits are on top. */
static inline uint32_t
ration_gen_tag(uint32_t gen)
{
	return (uint32_t)((uint32_t)(gen << RATION_CAP_BITS) | gen >> RATION_GEN_BITS);
}

/** ration_stock::limit, from a tag and a cap. */
static inline uint32_t
ration_limit(uint32_t tag, uint32_t cap)
{
	return (uint32_t)((tag & ~RATION_CAP_MASK) | cap);
}

/** Cap in ration_stock::limit, whatever its generation is. */
static inline uint32_t
ration_limit_cap(uint32_t limit)
{
	return (uint32_t)(limit & RATION_CAP_MASK);
}

/**
 * Set or clear the idle mark by inverting the generation bits. A marked entry matches no handle of
 * its counter, so the next charge or uncharge takes the slow path, which clears the mark.
 */
static inline uint32_t
ration_limit_toggle_idle(uint32_t limit)
{
	return (uint32_t)(limit ^ ~RATION_CAP_MASK);
}

#endif /* RATION_SHM_ARITH_H_ */
