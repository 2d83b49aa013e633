/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_PROTECTION_H_
#define RATION_PROTECTION_H_

/**
 * @file
 * Protection: which counters should give units back first when an ancestor is full.
 */

#include <stdint.h>

#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @defgroup ration_protection Protection
 * A counter may claim that units of it stay when its ancestors need room: `min` under all
 * circumstances, `low` as long as others can give. A claim limits nothing by itself. What it is
 * worth depends on the claims of the siblings and of the parent: ration_protection() computes that
 * *effective* protection of all counters below one, as the memory controller of the kernel does for
 * memory.min and memory.low.
 * @{
 */

/**
 * Flag of ration_protection(): what a parent may protect, and its children do not claim, protects
 * their other units as well, in proportion to these. The mount option memory_recursiveprot of
 * cgroup v2.
 */
#define RATION_PROTECTION_RECURSIVE (1u << 0)

/** Protection of one counter, in units. */
struct ration_protection_row {
	ration_counter_t counter; /**< Handle of the counter. */
	ration_counter_t parent; /**< Handle of its parent. */
	uint32_t depth; /**< Levels below the counter that was asked for; 1 for its children. */
	uint64_t usage; /**< Usage when the call read it; all figures are made of this one. */
	uint64_t min; /**< Claim; 0 for a counter that is offline. */
	uint64_t low; /**< Claim as long as others can give; 0 for a counter that is offline. */
	/** Sum of `min` of its children, each at most as large as the child's usage. */
	uint64_t children_min;
	uint64_t children_low; /**< The same of `low`. */
	/**
	 * Effective protection by `min`. 0 for a counter without usage. A child of the counter that
	 * was asked for has its claim, which may exceed its usage.
	 */
	uint64_t emin;
	uint64_t elow; /**< Effective protection by `low`. */
};

/**
 * Compute the effective protection of all counters below one, parents before children. The counter
 * itself has none: it is the one that lacks room. The call keeps no state, so results of different
 * calls do not mix.
 *
 * For each counter below a child, with `claim` = min(usage, min), and all other values of its
 * parent and siblings:
 * - if the claims of the siblings together exceed the effective protection of the parent, it is
 *   divided in proportion to the claims;
 * - otherwise the effective protection is the claim, and with RATION_PROTECTION_RECURSIVE a part of
 *   what the parent may still protect, in proportion to the units above the claims.
 *
 * All divisions round down. The same for `low`.
 *
 * Any process, any thread. Does not wait. While lcores charge, each usage is from another instant,
 * but each figure is computed from the usages that the rows show.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter above.
 * @param flags
 *   0 or RATION_PROTECTION_RECURSIVE.
 * @param[out] rows
 *   Array for the first `max_rows` counters, or NULL if that is 0.
 * @param max_rows
 *   Size of the array.
 * @return
 *   - Number of counters below c. If it exceeds max_rows, the last ones are missing
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: unknown flags, or rows is NULL and max_rows is not 0
 *   - -EPROTO: the tree is corrupted
 */
int ration_protection(const struct ration_domain *d, ration_counter_t c, uint32_t flags,
		      struct ration_protection_row *rows, uint32_t max_rows);

/**
 * Change ration_counter_params::min of a counter.
 *
 * Primary process only, any thread. Calls for the same domain are serialized.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param units
 *   New claim in units, 0 to RATION_UNLIMITED.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: units is out of range; a log message says so
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_counter_set_min(struct ration_domain *d, ration_counter_t c, uint64_t units);

/** Change ration_counter_params::low of a counter. As ration_counter_set_min(). */
int ration_counter_set_low(struct ration_domain *d, ration_counter_t c, uint64_t units);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_PROTECTION_H_ */
