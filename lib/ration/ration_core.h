/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CORE_H_
#define RATION_CORE_H_

/**
 * @file
 * Sizes, the counter handle, and the memory that the inline functions of the data path work on.
 * Applications include ration.h and do not access the fields of struct ration_lcore.
 */

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#include <ration_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @addtogroup ration_domain
 * @{
 */

/** Size of a domain's name in bytes, including the terminating NUL. */
#define RATION_DOMAIN_NAMESIZE 20
/** Maximum number of members (lcores and other threads) of a domain. */
#define RATION_MEMBERS_MAX 128
/** Maximum number of domains of a process. */
#define RATION_DOMAINS_MAX 16
/** Maximum number of counters of a domain, including the root. */
#define RATION_COUNTERS_MAX (UINT32_C(1) << 24)

/** Domain: a tree of counters with its members and their stock. Opaque. */
struct ration_domain;

/** @} */

/**
 * @addtogroup ration_counter
 * @{
 */

/** Size of a counter's name (one element of a path) in bytes, including the terminating NUL. */
#define RATION_COUNTER_NAMESIZE 44
/** Maximum number of levels below the root. */
#define RATION_DEPTH_MAX 8
/** Maximum batch. The stock of one lcore and counter can grow to twice the batch. */
#define RATION_BATCH_MAX ((UINT32_C(1) << 19) - 1)
/** Default batch of a counter. */
#define RATION_BATCH_DEFAULT 64
/** Largest limit, which means no limit. The sum of two values up to it fits into 64 bits. */
#define RATION_UNLIMITED ((uint64_t)INT64_MAX)
/**
 * Value of the member `max` of parameter structures for a limit of 0 units, which refuses every
 * charge. A member that is 0 selects the default, RATION_UNLIMITED.
 */
#define RATION_MAX_ZERO UINT64_MAX

/** Value of the member `max` of parameter structures for a limit of `units`, which may be 0. */
static inline uint64_t
ration_params_max(uint64_t units)
{
	return units != 0 ? units : RATION_MAX_ZERO;
}

/**
 * Handle of a counter: its index, and the generation of that index. A handle is a plain value:
 * applications can copy it and store it in their tables.
 *
 * A handle becomes stale when its counter is destroyed, and stays stale after the index is used
 * again. Calls with a stale handle return -ESTALE. The data path compares only the low 12 bits of
 * the generation, so a handle that is exactly 4,096 generations old is not detected there. The data
 * path does not check the index either: use a handle only with the domain that returned it. Calls
 * refuse RATION_COUNTER_NONE.
 */
typedef uint64_t ration_counter_t;

/** Invalid handle: no counter. */
#define RATION_COUNTER_NONE UINT64_C(0)

/** @} */

/**
 * @addtogroup ration_lcore
 * @{
 */

/**
 * Stock entry: the stock of one counter on one lcore. Only the owner of the lcore area writes it.
 *
 * `limit` holds the low 12 bits of the counter's generation in its upper bits, and in its lower 20
 * bits the cap: the number of units to which the stock may grow. An unused entry is {0, 0}. Neither
 * a charge nor an uncharge can hit an unused entry, so both take the slow path, which checks the
 * handle, the gate of a drain and the limits. Because of the generation, a stale handle cannot hit
 * the stock of the counter that uses the same index now.
 *
 * The layout is part of the ABI.
 */
struct ration_stock {
	RATION_ATOMIC(uint32_t) units; /**< Units in stock. */
	RATION_ATOMIC(uint32_t) limit; /**< Generation and cap; 0 if the entry is unused. */
};

/** Number of return requests in a mailbox. With `pending` they fill one cache line. */
#define RATION_REQUESTS_MAX 15

/**
 * Lcore area: the memory of one member of a domain, with its stock and its mailbox. Only the thread
 * that registered the area may use it. The fields are for the inline functions; applications must
 * not access them.
 */
struct ration_lcore {
	/** Offset of the domain in bytes, from the start of this structure. */
	int64_t domain_offset;
	/** Index of the member in its domain. */
	uint32_t member_id;
	/** rte_lcore_id() of the owner, or LCORE_ID_ANY. */
	RATION_ATOMIC(uint32_t) lcore_id;
	/** Number of entries in stocks[]. */
	uint32_t nb_stocks;
	/** RATION_LCORE_SHARED or 0. */
	uint32_t flags;
	/** Return value restored after a remote-launched drain. */
	int launch_result;
	/** Next lcore area of the same thread. */
	struct ration_lcore *next_own;

	/**
	 * Mailbox. `pending` is not 0 if the owner must look at requests[] or at the round of
	 * drains. This cache line is written rarely, so reading it at each quiescent point is
	 * cheap.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) pending;
	/** Counters whose stock is requested: index + 1, or 0. */
	RATION_ATOMIC(uint32_t) requests[RATION_REQUESTS_MAX];

	/** Odd while the owner walks the tree. Written by the owner, read by grace periods. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) seq;

	/** Last round whose drains are all served. Written by the owner. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) ack;
	/** Units returned by drains since the area was created. */
	RATION_ATOMIC(uint64_t) ack_units;

	/** Event counts, in the order of struct ration_lcore_stats. Written by the owner. */
	alignas(RTE_CACHE_LINE_SIZE) struct {
		RATION_ATOMIC(uint64_t) refills;
		RATION_ATOMIC(uint64_t) trims;
		RATION_ATOMIC(uint64_t) refusals;
		RATION_ATOMIC(uint64_t) forced;
		RATION_ATOMIC(uint64_t) drains;
		RATION_ATOMIC(uint64_t) drained;
		RATION_ATOMIC(uint64_t) idle;
		RATION_ATOMIC(uint64_t) rejected;
	} stats;
	/** Quiescent points until the next scan for idle stock. */
	RATION_ATOMIC(uint32_t) countdown;

	/** Stock entries, indexed by counter. */
	alignas(RTE_CACHE_LINE_SIZE) struct ration_stock stocks[];
};

/** @} */

#ifdef __cplusplus
}
#endif

#endif /* RATION_CORE_H_ */
