/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PRICE_ATOMICS_H_
#define PRICE_ATOMICS_H_

/**
 * @file
 * The atomic accesses of libration, counted. Included before each of its sources.
 */

#include <ration_compat.h>

/** Kinds of access. */
enum price_access {
	PRICE_READ,
	PRICE_WRITE,
	PRICE_RMW, /**< Read-modify-write. */
};

/** Count an access by the lcore that runs. Returns p, so that p is evaluated once. */
void *price_access(const volatile void *p, enum price_access kind);

#define PRICE_AT(p, kind) ((__typeof__(p))price_access(p, kind))

#undef ration_load
#undef ration_store
#undef ration_fetch_add
#undef ration_fetch_sub
#undef ration_fetch_and
#undef ration_fetch_or
#undef ration_exchange
#undef ration_cas

#define ration_load(p, order) __atomic_load_n(PRICE_AT(p, PRICE_READ), RATION_ORDER(order))
#define ration_store(p, v, order) __atomic_store_n(PRICE_AT(p, PRICE_WRITE), v, RATION_ORDER(order))
#define ration_fetch_add(p, v, order)                                                              \
	__atomic_fetch_add(PRICE_AT(p, PRICE_RMW), v, RATION_ORDER(order))
#define ration_fetch_sub(p, v, order)                                                              \
	__atomic_fetch_sub(PRICE_AT(p, PRICE_RMW), v, RATION_ORDER(order))
#define ration_fetch_and(p, v, order)                                                              \
	__atomic_fetch_and(PRICE_AT(p, PRICE_RMW), v, RATION_ORDER(order))
#define ration_fetch_or(p, v, order)                                                               \
	__atomic_fetch_or(PRICE_AT(p, PRICE_RMW), v, RATION_ORDER(order))
#define ration_exchange(p, v, order)                                                               \
	__atomic_exchange_n(PRICE_AT(p, PRICE_RMW), v, RATION_ORDER(order))
#define ration_cas(p, expected, v, order)                                                          \
	__atomic_compare_exchange_n(PRICE_AT(p, PRICE_RMW), expected, v, false,                    \
				    RATION_ORDER(order), __ATOMIC_RELAXED)

#endif /* PRICE_ATOMICS_H_ */
