/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CHECK_ATOMICS_H_
#define CHECK_ATOMICS_H_

#include <stdbool.h>
#include <stdint.h>

#include <ration_compat.h>

/**
 * @file
 * Shared words as structures that only the atomic layer can access: a plain access to one does not
 * compile. For check.sh, which only compiles.
 */

#undef RATION_ATOMIC
#undef ration_load
#undef ration_store
#undef ration_fetch_add
#undef ration_fetch_sub
#undef ration_fetch_and
#undef ration_fetch_or
#undef ration_exchange
#undef ration_cas

#define CHECK_ATOMICS_WORD(type)                                                                   \
	struct check_atomics_##type {                                                              \
		type hidden;                                                                       \
	}

CHECK_ATOMICS_WORD(int32_t);
CHECK_ATOMICS_WORD(int64_t);
CHECK_ATOMICS_WORD(uint8_t);
CHECK_ATOMICS_WORD(uint16_t);
CHECK_ATOMICS_WORD(uint32_t);
CHECK_ATOMICS_WORD(uint64_t);

#define RATION_ATOMIC(type) struct check_atomics_##type

#define ration_load(p, order) __atomic_load_n(&(p)->hidden, RATION_ORDER(order))
#define ration_store(p, v, order) __atomic_store_n(&(p)->hidden, v, RATION_ORDER(order))
#define ration_fetch_add(p, v, order) __atomic_fetch_add(&(p)->hidden, v, RATION_ORDER(order))
#define ration_fetch_sub(p, v, order) __atomic_fetch_sub(&(p)->hidden, v, RATION_ORDER(order))
#define ration_fetch_and(p, v, order) __atomic_fetch_and(&(p)->hidden, v, RATION_ORDER(order))
#define ration_fetch_or(p, v, order) __atomic_fetch_or(&(p)->hidden, v, RATION_ORDER(order))
#define ration_exchange(p, v, order) __atomic_exchange_n(&(p)->hidden, v, RATION_ORDER(order))
#define ration_cas(p, expected, v, order)                                                          \
	__atomic_compare_exchange_n(&(p)->hidden, expected, v, false, RATION_ORDER(order),         \
				    __ATOMIC_RELAXED)

#endif /* CHECK_ATOMICS_H_ */
