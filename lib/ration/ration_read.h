/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_READ_H_
#define RATION_READ_H_

/**
 * @file
 * Reading: usage and stock of a counter, and the domain as a whole.
 */

#include <stdint.h>
#include <stdio.h>

#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_read
 * @{
 */

/** Units of a counter and its subtree, see ration_read() and ration_read_sum(). */
struct ration_reading {
	uint64_t usage; /**< Charged units: granted and stock. */
	uint64_t stock; /**< Units in stock on all lcores, of the counter and its subtree. */
	uint64_t granted; /**< Units granted and not uncharged yet. */
	/** Maximum difference between `granted` and the true value when usage was read. */
	uint64_t error;
};

/**
 * Read the usage of a counter from one word. `stock` is 0 and `granted` is usage; `error` is the
 * largest stock that all online members together can have of the counter and its subtree: by their
 * caps, by `stock_max` of the domain, and by usage, which covers all stock.
 * Corresponds to percpu_counter_read() in the kernel.
 *
 * Any process, any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param[out] reading
 *   Result.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: reading is NULL
 */
int ration_read(const struct ration_domain *d, ration_counter_t c, struct ration_reading *reading);

/**
 * Read the granted units of a counter: usage minus the sum of the stock of all lcores. The cost
 * grows with the number of members and of their stock entries in use. Corresponds to
 * percpu_counter_sum() in the kernel.
 *
 * `error` says how far `granted` can be off because the stocks of other lcores were read one after
 * the other, and at another instant than usage. It is the sum over all online members of other
 * threads:
 * - 0 for a member without stock of the counter and its subtree;
 * - for each stock entry, the larger of the units in it and the units that it can still take,
 *   because the lcore may have used all of them or filled it up meanwhile, without a trace;
 * - for a member that walked the tree during each of 4 tries: the most that one member can hide.
 *
 * So it is 0 if no other member is online or has stock, usually about as large as the stock of the
 * others, and never larger than `granted` and `stock`, whichever is larger.
 *
 * Any process, any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param[out] reading
 *   Result.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: reading is NULL
 *   - -EPROTO: the tree is corrupted at this counter
 */
int ration_read_sum(const struct ration_domain *d, ration_counter_t c,
		    struct ration_reading *reading);

/**
 * Check for all counters the promises that can be checked in shared memory:
 * - Usage does not exceed max, unless a forced charge or a lowered limit explains it (P1).
 * - The usage of a parent covers the usage of its children.
 * - Only if the domain is quiet: ledgers agree with usage (P2), no stock exceeds its cap (P4).
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param quiet
 *   1 if no lcore charges, uncharges, serves a drain or returns unused stock during the call: any
 *   violation reported then is a bug. An lcore that only polls may still return stock; after a
 *   drain of the root it has none. 0 while lcores run: the call checks only conditions that hold
 *   at every instant.
 * @param f
 *   File for a description of each violation, or NULL.
 * @return
 *   Number of violations.
 */
RATION_EXPERIMENTAL
int ration_domain_verify(const struct ration_domain *d, int quiet, FILE *f);

/**
 * Write the state of a domain to a file as text, one line each for: its sizes and times, the drains
 * that run, every counter (path, usage, granted units and stock of its subtree, limits, refusals,
 * flags) and every member that is not free (owner, state, stock, statistics). Names are written as
 * by ration_name_escape(). Without a domain or a file, nothing is written.
 *
 * The cost grows with the number of counters times the number of members. The call allocates 8
 * bytes for each counter. While lcores run, the lines may be from different points in time.
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param f
 *   The file.
 */
void ration_domain_dump(const struct ration_domain *d, FILE *f);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_READ_H_ */
