/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_COMPAT_H_
#define RATION_COMPAT_H_

/**
 * @file
 * What differs between DPDK 22.11 and newer releases, and the one layer through which every
 * shared word of libration is read and written.
 *
 * ration_load() and its like take the memory order as a bare word (relaxed, acquire, release,
 * acq_rel, seq_cst). DPDK 23.11 and newer map them to rte_stdatomic.h, older ones to the
 * compiler's __atomic builtins; both give the same machine code.
 */

#include <rte_common.h>
#include <rte_version.h>

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)

#include <rte_stdatomic.h>

#define RATION_ATOMIC(type) RTE_ATOMIC(type)
#define RATION_ORDER(order) rte_memory_order_##order

#define ration_fence(order) rte_atomic_thread_fence(RATION_ORDER(order))
#define ration_load(p, order) rte_atomic_load_explicit(p, RATION_ORDER(order))
#define ration_store(p, v, order) rte_atomic_store_explicit(p, v, RATION_ORDER(order))
#define ration_fetch_add(p, v, order) rte_atomic_fetch_add_explicit(p, v, RATION_ORDER(order))
#define ration_fetch_sub(p, v, order) rte_atomic_fetch_sub_explicit(p, v, RATION_ORDER(order))
#define ration_fetch_and(p, v, order) rte_atomic_fetch_and_explicit(p, v, RATION_ORDER(order))
#define ration_fetch_or(p, v, order) rte_atomic_fetch_or_explicit(p, v, RATION_ORDER(order))
#define ration_exchange(p, v, order) rte_atomic_exchange_explicit(p, v, RATION_ORDER(order))
/* A failed exchange reads the word anew with relaxed order: every user loops or gives up. */
#define ration_cas(p, expected, v, order)                                                          \
	rte_atomic_compare_exchange_strong_explicit(p, expected, v, RATION_ORDER(order),           \
						    rte_memory_order_relaxed)

#else

#define RATION_ATOMIC(type) type
#define RATION_ORDER_relaxed __ATOMIC_RELAXED
#define RATION_ORDER_acquire __ATOMIC_ACQUIRE
#define RATION_ORDER_release __ATOMIC_RELEASE
#define RATION_ORDER_acq_rel __ATOMIC_ACQ_REL
#define RATION_ORDER_seq_cst __ATOMIC_SEQ_CST
#define RATION_ORDER(order) RATION_ORDER_##order

#define ration_fence(order) __atomic_thread_fence(RATION_ORDER(order))
#define ration_load(p, order) __atomic_load_n(p, RATION_ORDER(order))
#define ration_store(p, v, order) __atomic_store_n(p, v, RATION_ORDER(order))
#define ration_fetch_add(p, v, order) __atomic_fetch_add(p, v, RATION_ORDER(order))
#define ration_fetch_sub(p, v, order) __atomic_fetch_sub(p, v, RATION_ORDER(order))
#define ration_fetch_and(p, v, order) __atomic_fetch_and(p, v, RATION_ORDER(order))
#define ration_fetch_or(p, v, order) __atomic_fetch_or(p, v, RATION_ORDER(order))
#define ration_exchange(p, v, order) __atomic_exchange_n(p, v, RATION_ORDER(order))
#define ration_cas(p, expected, v, order)                                                          \
	__atomic_compare_exchange_n(p, expected, v, false, RATION_ORDER(order), __ATOMIC_RELAXED)

#endif

#ifdef RATION_EXPLORE /* Each access is a step of a schedule, see test/explore. */
#include <explore_atomics.h>
#endif

#ifdef RATION_CHECK_ATOMICS /* A plain access to a shared word does not compile. */
#include <check_atomics.h>
#endif

#ifndef __rte_noinline
#define __rte_noinline __attribute__((noinline))
#endif

#endif /* RATION_COMPAT_H_ */
