/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_COMPAT_H_
#define RATION_COMPAT_H_

/**
 * @file
 * Differences between DPDK 22.11 and newer releases, and the macros with which libration accesses
 * all words in shared memory.
 *
 * ration_load() and the other macros take the memory order as a bare word: relaxed, acquire,
 * release, acq_rel, seq_cst. They map to rte_stdatomic.h with DPDK 23.11 and newer, and to the
 * __atomic builtins of the compiler with older releases. Both produce the same machine code.
 */

#include <rte_common.h>
#include <rte_version.h>

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)

#include <rte_stdatomic.h>

/* RATION_ATOMIC(type) is the type of a word in shared memory that these macros access. */
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
/* A failed ration_cas() reads the word with relaxed order: its caller tries again or gives up. */
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

/** ABI version of the DPDK headers, for RATION_ABI. It changes with each November release. */
#define RATION_DPDK_ABI (RTE_VER_YEAR + (RTE_VER_MONTH >= 11))

/**
 * Marks a function that may change or disappear in any release. A program that calls it must define
 * RATION_ALLOW_EXPERIMENTAL; otherwise the call is an error at compile time.
 */
#if defined(RATION_ALLOW_EXPERIMENTAL) || defined(__DOXYGEN__)
#define RATION_EXPERIMENTAL
#elif defined(__clang__)
#define RATION_EXPERIMENTAL                                                                        \
	_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wgcc-compat\"")          \
		__attribute__((diagnose_if(1, "experimental: define RATION_ALLOW_EXPERIMENTAL",    \
					   "error"))) _Pragma("GCC diagnostic pop")
#else
#define RATION_EXPERIMENTAL __attribute__((error("experimental: define RATION_ALLOW_EXPERIMENTAL")))
#endif

#ifndef __rte_noinline
#define __rte_noinline __attribute__((noinline))
#endif

#endif /* RATION_COMPAT_H_ */
