/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_ARITH_H_
#define RATION_ARITH_H_

/**
 * @file
 * Arithmetic of the data path, separate from the shared memory.
 *
 * These functions are in a separate file so that tests can check exactly the code that ships. The
 * comments that start with an at sign are contracts for Frama-C. test/arith also includes this file
 * with one-byte types in place of uint32_t and uint64_t and tries all values; the casts of results
 * have an effect only in that test.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Number of bits of ration_stock::limit that hold the cap. */
#define RATION_CAP_BITS 20
/** Mask of the cap in ration_stock::limit. */
#define RATION_CAP_MASK ((UINT32_C(1) << RATION_CAP_BITS) - 1)

/**
 * @internal Remove the generation of a handle from the limit of a stock entry.
 * @return the cap if both have the same generation, else a number above RATION_CAP_MASK
 */
static inline uint32_t
__ration_limit_match(uint32_t limit, uint32_t tag)
{
	return (uint32_t)(limit ^ (tag & ~RATION_CAP_MASK));
}

/** @internal Number of units that fit into a stock, if the generation matches. */
/*@ requires stock <= cap <= RATION_CAP_MASK;
  @ assigns \nothing;
  @ ensures \result == cap - stock;
  @*/
static inline uint32_t
__ration_stock_room(uint32_t stock, uint32_t cap)
{
	return (uint32_t)(cap - stock);
}

/** @internal Units in stock after n units are taken. The stock has at least n units. */
/*@ requires n <= stock;
  @ assigns \nothing;
  @ ensures \result == stock - n;
  @*/
static inline uint32_t
__ration_stock_less(uint32_t stock, uint64_t n)
{
	return (uint32_t)(stock - (uint32_t)n);
}

/** @internal Units in stock after n units are added. They fit into the stock. */
/*@ requires stock + n <= RATION_CAP_MASK;
  @ assigns \nothing;
  @ ensures \result == stock + n;
  @*/
static inline uint32_t
__ration_stock_more(uint32_t stock, uint64_t n)
{
	return (uint32_t)(stock + (uint32_t)n);
}

/* Definitions for the prover: equal counters and sums of units in the range [begin, end). */
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

/** @internal Whether the counter after index i of a burst is the same as the one at i. */
/*@ requires i < nb;
  @ requires \valid_read(c + (0 .. nb - 1));
  @ assigns \nothing;
  @ ensures \result != 0 <==> i + 1 < nb && c[i + 1] == c[i];
  @*/
static inline int
__ration_is_run(const uint64_t *c, uint32_t i, uint32_t nb)
{
	return i + 1 < nb && c[i + 1] == c[i];
}

/** @internal Units of the run of equal counters that starts at index i; *end is its end. */
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
__ration_run_units(const uint64_t *c, const uint32_t *n, uint32_t i, uint32_t nb, uint32_t *end)
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
	for (; __ration_is_run(c, i, nb); i++)
		sum += n != NULL ? n[i + 1] : 1;
	*end = i + 1;
	return sum;
}

#ifdef __cplusplus
}
#endif

#endif /* RATION_ARITH_H_ */
