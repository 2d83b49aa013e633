/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_ARITH_H_
#define RATION_ARITH_H_

/**
 * @file
 * The arithmetic of limits, stocks and slots, apart from the memory that it works on. Not for
 * applications.
 *
 * It stands alone so that what is proved is what ships: the contracts are for Frama-C, where sums
 * and products are those of whole numbers, which never wrap. test/arith also tries all values of
 * types that are a byte wide in the place of these: so every result is cast to its type, which
 * means nothing here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef RATION_CAP_BITS
/** Bits of ration_slot::limit that hold the cap. */
#define RATION_CAP_BITS 20
#endif
/** Mask of the cap in ration_slot::limit. */
#define RATION_CAP_MASK ((UINT32_C(1) << RATION_CAP_BITS) - 1)
/** Bits of ration_slot::limit that hold the low end of the generation. */
#define RATION_GEN_BITS (8 * sizeof(uint32_t) - RATION_CAP_BITS)

/* ------------------------------------------------------------------ limits */

/** Whether n more fit beside `usage` under `max`. */
/*@ assigns \nothing;
  @ ensures \result <==> usage + n <= max;
  @*/
static inline bool
ration_fits(uint64_t usage, uint64_t n, uint64_t max)
{
	/* Written so that it cannot wrap. */
	return n <= max && usage <= (uint64_t)(max - n);
}

/** What is left of `whole` without `part`; nothing if that is more. */
/*@ assigns \nothing;
  @ ensures \result == \max(whole - part, 0);
  @*/
static inline uint64_t
ration_left(uint64_t whole, uint64_t part)
{
	return whole > part ? (uint64_t)(whole - part) : 0;
}

/**
 * Units to take ahead of those needed: as many as the batch says, but no more than half of what the
 * cap may be, nor so much that this and the same on all lcores, twice, does not fit in the margin.
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
ration_ahead(uint32_t batch, uint64_t room, uint64_t margin, uint64_t need, uint32_t lcores)
{
	uint64_t share = (uint64_t)(ration_left(margin, need) / ((uint64_t)2 * lcores));
	uint64_t half = (uint64_t)(room / 2);
	uint64_t most = share < half ? share : half;

	/*@ assert share * (2 * lcores) <= \max(margin - need, 0); */
	/*@ assert (share + 1) * (2 * lcores) > \max(margin - need, 0); */
	return most < batch ? (uint32_t)most : batch;
}

/* ----------------------------------------------------------- slot and stock */

/*
 * The next five do with bits what the prover knows as arithmetic: test/arith compares them with it,
 * for all values of a byte and for each bit of the true width.
 */

/** The upper half of a handle: the generation, rotated so that its low end comes first. */
static inline uint32_t
ration_tag(uint32_t gen)
{
	return (uint32_t)((uint32_t)(gen << RATION_CAP_BITS) | gen >> RATION_GEN_BITS);
}

/** What a slot's `limit` holds. */
static inline uint32_t
ration_limit(uint32_t tag, uint32_t cap)
{
	return (uint32_t)((tag & ~RATION_CAP_MASK) | cap);
}

/** The cap in a slot's `limit`, whatever its generation. */
static inline uint32_t
ration_limit_cap(uint32_t limit)
{
	return (uint32_t)(limit & RATION_CAP_MASK);
}

/**
 * A slot's `limit` with the generation of a handle taken out: the cap if both are of the same
 * generation, else more than RATION_CAP_MASK.
 */
static inline uint32_t
ration_limit_match(uint32_t limit, uint32_t tag)
{
	return (uint32_t)(limit ^ (tag & ~RATION_CAP_MASK));
}

/** A slot's `limit` while it sleeps, and back: no handle of its counter matches it. */
static inline uint32_t
ration_limit_turn(uint32_t limit)
{
	return (uint32_t)(limit ^ ~RATION_CAP_MASK);
}

/** What more fits into a stock, once its cap is known to be one of the right generation. */
/*@ requires stock <= cap <= RATION_CAP_MASK;
  @ assigns \nothing;
  @ ensures \result == cap - stock;
  @*/
static inline uint32_t
ration_stock_room(uint32_t stock, uint32_t cap)
{
	return (uint32_t)(cap - stock);
}

/** A stock without n units, which are in it. */
/*@ requires n <= stock;
  @ assigns \nothing;
  @ ensures \result == stock - n;
  @*/
static inline uint32_t
ration_stock_less(uint32_t stock, uint64_t n)
{
	return (uint32_t)(stock - (uint32_t)n);
}

/** A stock with n units more, which fit. */
/*@ requires stock + n <= RATION_CAP_MASK;
  @ assigns \nothing;
  @ ensures \result == stock + n;
  @*/
static inline uint32_t
ration_stock_more(uint32_t stock, uint64_t n)
{
	return (uint32_t)(stock + (uint32_t)n);
}

/* ------------------------------------------------------------------ bursts */

/* What the prover is to know of c[begin] to c[end - 1], and of n[begin] to n[end - 1]. */
/*@ axiomatic Burst {
  @   predicate equal{L}(uint64_t *c, integer begin, integer end) reads c[begin .. end - 1];
  @   axiom equal_one{L}:
  @     \forall uint64_t *c, integer i; equal(c, i, i + 1);
  @   axiom equal_more{L}:
  @     \forall uint64_t *c, integer i, integer j; i + 1 < j ==>
  @       (equal(c, i, j) <==> equal(c, i, j - 1) && c[j - 1] == c[i]);
  @   logic integer units{L}(uint32_t *n, integer begin, integer end) reads n[begin .. end - 1];
  @   axiom units_none{L}:
  @     \forall uint32_t *n, integer i; units(n, i, i) == 0;
  @   axiom units_more{L}:
  @     \forall uint32_t *n, integer i, integer j; i < j ==>
  @       units(n, i, j) == units(n, i, j - 1) + n[j - 1];
  @ }
  @*/

/** Whether a burst goes on with the same counter behind i. */
/*@ requires i < nb;
  @ requires \valid_read(c + (0 .. nb - 1));
  @ assigns \nothing;
  @ ensures \result != 0 <==> i + 1 < nb && c[i + 1] == c[i];
  @*/
static inline int
ration_is_run(const uint64_t *c, uint32_t i, uint32_t nb)
{
	return i + 1 < nb && c[i + 1] == c[i];
}

/** Units of the run of equal counters that begins at i, and its end. */
/*@ requires i < nb <= 0xffff;
  @ requires \valid_read(c + (0 .. nb - 1));
  @ requires n != \null ==> \valid_read(n + (0 .. nb - 1));
  @ requires \valid(end);
  @ requires \separated(end, c + (0 .. nb - 1)) && \separated(end, n + (0 .. nb - 1));
  @ assigns *end;
  @ ensures i < *end <= nb;
  @ ensures equal{Pre}(c, i, *end);
  @ ensures *end < nb ==> c[*end] != c[i];
  @ ensures n != \null ==> \result == units{Pre}(n, i, *end);
  @ ensures n == \null ==> \result == *end - i;
  @*/
static inline uint64_t
ration_run_units(const uint64_t *c, const uint32_t *n, uint32_t i, uint32_t nb, uint32_t *end)
{
	uint64_t sum = n != NULL ? n[i] : 1;

	/*@ loop invariant \at(i, Pre) <= i < nb;
	  @ loop invariant equal(c, \at(i, Pre), i + 1);
	  @ loop invariant c[i] == c[\at(i, Pre)];
	  @ loop invariant n != \null ==> sum == units(n, \at(i, Pre), i + 1);
	  @ loop invariant n == \null ==> sum == i + 1 - \at(i, Pre);
	  @ loop invariant sum <= (i + 1 - \at(i, Pre)) * 0xffffffff;
	  @ loop assigns i, sum;
	  @ loop variant nb - i;
	  @*/
	for (; ration_is_run(c, i, nb); i++)
		sum += n != NULL ? n[i + 1] : 1;
	*end = i + 1;
	return sum;
}

#ifdef __cplusplus
}
#endif

#endif /* RATION_ARITH_H_ */
