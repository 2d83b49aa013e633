/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CHARGE_H_
#define RATION_CHARGE_H_

/**
 * @file
 * The data path: charge and uncharge, one counter or a burst of counters.
 *
 * Only the owner of `lc` may call these functions; any thread of the primary process may call them
 * with ration_lcore_shared(). They never wait for another lcore, never take a lock and never make a
 * system call. If the stock entry can serve the call (a *hit*), the call accesses only the 8 bytes
 * of that entry, independent of the depth of the tree and the number of counters. The functions are
 * inline because a function call would cost more than a hit.
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_prefetch.h>

#include <ration_arith.h>
#include <ration_compat.h>
#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_charge
 * @{
 */

/** @internal Slow path of ration_try_charge(). */
int __ration_refill(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** @internal Slow path of ration_charge_force(). */
int __ration_force(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** @internal Slow path of ration_uncharge(). */
int __ration_trim(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** @internal Largest number of packets that __ration_charge_window() decides. */
#define __RATION_WINDOW 64

/** @internal End of the processed part of a burst, and number of refused packets in it. */
struct __ration_burst {
	uint32_t end;
	uint32_t refused;
};

/** @internal Slow path of ration_try_charge_burst(), see lcore/burst.c. */
struct __ration_burst __ration_charge_window(struct ration_lcore *lc, const ration_counter_t *c,
					     const uint32_t *n, uint32_t nb, uint8_t *granted);

/** @internal Slow path of ration_uncharge_burst(), see lcore/burst.c. */
struct __ration_burst __ration_uncharge_window(struct ration_lcore *lc, const ration_counter_t *c,
					       const uint32_t *n, uint32_t nb);

/** @internal Stock entry of a counter. The low half of a handle is the index. */
static inline struct ration_stock *
__ration_stock_of(struct ration_lcore *lc, ration_counter_t c)
{
	return &lc->stocks[(uint32_t)c];
}

/**
 * @internal Cap of a stock entry if entry and handle have the same generation, else a number above
 * RATION_CAP_MASK. The upper half of a handle is the generation, rotated so that its low 12 bits
 * are in the position that they have in `limit`.
 */
static inline uint32_t
__ration_stock_cap(const struct ration_stock *s, ration_counter_t c)
{
	/* Relaxed: only the owner writes the entry, and the entry publishes no other data. */
	return __ration_limit_match(ration_load(&s->limit, relaxed), (uint32_t)(c >> 32));
}

/** @internal Take n units from the stock. @return 1, or 0 if the stock is too small */
static inline int
__ration_stock_take(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	struct ration_stock *s = __ration_stock_of(lc, c);
	uint32_t stock = ration_load(&s->units, relaxed);

	if (unlikely(stock < n || __ration_stock_cap(s, c) > RATION_CAP_MASK))
		return 0;
	/* Relaxed: a drainer reads it only after the owner has stored OFFLINE (release). */
	ration_store(&s->units, __ration_stock_less(stock, n), relaxed);
	return 1;
}

/** @internal Put n units into the stock. @return 1, or 0 if they exceed the cap */
static inline int
__ration_stock_put(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	struct ration_stock *s = __ration_stock_of(lc, c);
	uint32_t stock = ration_load(&s->units, relaxed);
	uint32_t cap = __ration_stock_cap(s, c);

	/* The stock never exceeds its cap, so the room cannot wrap if the generation matches. */
	if (unlikely(cap > RATION_CAP_MASK || n > __ration_stock_room(stock, cap)))
		return 0;
	ration_store(&s->units, __ration_stock_more(stock, n), relaxed);
	return 1;
}

/**
 * Charge n units to a counter and all its ancestors, if there is room at every level.
 *
 * A refusal does not prove that no unit is free: other lcores may hide units in their stock. The
 * first refusal after a quiescent point of lc requests that stock from up to 8 members, and they
 * return what they do not use at their next quiescent points. The refusal counts as a failure of
 * the lowest level that lacked room.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   The counter.
 * @param n
 *   Number of units.
 * @return
 *   - 0: granted
 *   - -EDQUOT: refused, over budget
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: the counter does not exist
 *   - -E_RTE_SECONDARY: lc is shared or offline, and the process is a secondary process
 */
static inline int
ration_try_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(__ration_stock_take(lc, c, n)))
		return 0;
	return __ration_refill(lc, c, n);
}

/**
 * Say why a charge of a counter was refused: for ration_try_charge_burst(), which returns only that
 * it was, and for callers that have kept the handle but not the error. The call looks at the handle
 * and at the state of the counter now; it charges and counts nothing. A counter that was destroyed
 * since the charge is reported as such, although the charge may have been over budget.
 *
 * Owner of lc only, like ration_try_charge(). Does not wait. The cost is a few loads, after a
 * refusal only: the charge itself pays nothing for it.
 *
 * @code
 * ration_try_charge_burst(lc, c, NULL, nb, granted);
 * for (i = 0; i < nb; i++) {
 *         if (granted[i])
 *                 continue;
 *         if (ration_charge_error(lc, c[i]) == -EDQUOT)
 *                 over_budget++;
 *         else
 *                 gone++;
 * }
 * @endcode
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   The counter.
 * @return
 *   - -EDQUOT: the counter exists, so the charge was over budget
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: the counter does not exist
 *   - -E_RTE_SECONDARY: lc is shared or offline, and the process is a secondary process
 */
int ration_charge_error(const struct ration_lcore *lc, ration_counter_t c);

/**
 * Charge n units and ignore the limits. Usage may exceed `max` after the call; then charges are
 * refused until usage has fallen below `max`. Every charge that exceeds a limit is counted as
 * forced. Corresponds to page_counter_charge() in the kernel.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   The counter.
 * @param n
 *   Number of units.
 * @return
 *   - 0: charged
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: the counter does not exist
 *   - -EOVERFLOW: usage would exceed RATION_UNLIMITED
 *   - -E_RTE_SECONDARY: lc is shared or offline, and the process is a secondary process
 */
static inline int
ration_charge_force(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(__ration_stock_take(lc, c, n)))
		return 0;
	return __ration_force(lc, c, n);
}

/**
 * Return n units to a counter. The units may have been charged on any lcore.
 *
 * An excess uncharge that fits into the stock is detected only when the stock is returned, and is
 * then counted as rejected.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   The counter.
 * @param n
 *   Number of units.
 * @return
 *   - 0: done
 *   - -ERANGE: n exceeds the charged units; nothing is changed, and the call is counted as rejected
 *   - -ESTALE: the counter does not exist
 *   - -E_RTE_SECONDARY: lc is shared or offline, and the process is a secondary process
 */
static inline int
ration_uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(__ration_stock_put(lc, c, n)))
		return 0;
	return __ration_trim(lc, c, n);
}

/**
 * Prefetch the stock entries of a burst into the cache. Useful only if the stock entries of an
 * lcore (8 bytes each) exceed its L2 cache, and if called one burst ahead.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   Array of nb counters.
 * @param nb
 *   Number of counters.
 */
static inline void
ration_prefetch(struct ration_lcore *lc, const ration_counter_t *c, uint16_t nb)
{
	uint16_t i;

	for (i = 0; i < nb; i++)
		rte_prefetch0(__ration_stock_of(lc, c[i]));
}

/**
 * @internal __ration_stock_take() of one unit, with one branch. Only an underflow of the units or a
 * generation mismatch sets bits above RATION_CAP_MASK.
 */
static inline int
__ration_stock_take_one(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_stock *s = __ration_stock_of(lc, c);
	uint32_t left = ration_load(&s->units, relaxed) - 1;
	uint32_t other = ration_load(&s->limit, relaxed) ^ (uint32_t)(c >> 32);

	if (unlikely((left | other) > RATION_CAP_MASK))
		return 0;
	ration_store(&s->units, left, relaxed);
	return 1;
}

/**
 * @internal __ration_stock_put() of one unit, with one branch. If the entry is full, the cap minus
 * the new units wraps. If the generation does not match, this difference is at least
 * RATION_CAP_MASK, and every cap is smaller.
 */
static inline int
__ration_stock_put_one(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_stock *s = __ration_stock_of(lc, c);
	uint32_t more = ration_load(&s->units, relaxed) + 1;

	if (unlikely(__ration_stock_cap(s, c) - more >= RATION_CAP_MASK))
		return 0;
	ration_store(&s->units, more, relaxed);
	return 1;
}

/**
 * @internal Charge the run (adjacent equal counters) or the miss at index i, and the runs that
 * follow it. Not inline, because the loop of the caller needs the registers.
 */
static __rte_unused __rte_noinline struct __ration_burst
__ration_try_charge_runs(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
			 uint32_t i, uint32_t nb, uint8_t *granted)
{
	struct __ration_burst b = {i, 0}, w;
	uint64_t sum;

	do {
		sum = __ration_run_units(c, n, i, nb, &b.end);
		if (likely(__ration_stock_take(lc, c[i], sum))) {
			memset(&granted[i], 1, b.end - i);
		} else {
			w = __ration_charge_window(lc, &c[i], n != NULL ? &n[i] : NULL, nb - i,
						   &granted[i]);
			b.end = i + w.end;
			b.refused += w.refused;
		}
		i = b.end;
	} while (__ration_is_run(c, i, nb));
	return b;
}

/** @internal Like __ration_try_charge_runs(), but for uncharges. */
static __rte_unused __rte_noinline struct __ration_burst
__ration_uncharge_runs(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		       uint32_t i, uint32_t nb)
{
	struct __ration_burst b = {i, 0}, w;
	uint64_t sum;

	do {
		sum = __ration_run_units(c, n, i, nb, &b.end);
		if (likely(__ration_stock_put(lc, c[i], sum))) {
			i = b.end;
			continue;
		}
		if (unlikely(b.end - i > __RATION_WINDOW)) {
			if (__ration_trim(lc, c[i], sum) != 0)
				b.refused += b.end - i;
		} else {
			w = __ration_uncharge_window(lc, &c[i], n != NULL ? &n[i] : NULL, nb - i);
			b.end = i + w.end;
			b.refused += w.refused;
		}
		i = b.end;
	} while (__ration_is_run(c, i, nb));
	return b;
}

/**
 * Charge a burst: for each i, n[i] units to counter c[i]. Each charge is granted or refused
 * independently. The packets of a counter that are not covered by the stock are charged together,
 * where the first of them is: as many of them, in order, as there is room for. So the burst walks
 * the tree at most twice for each counter (of each 64 packets), and a counter that lacks room costs
 * the others little. They count as refused each, at the lowest of the levels with the least room.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   Array of nb counters.
 * @param n
 *   Array of nb numbers of units, or NULL for 1 unit each.
 * @param nb
 *   Number of charges.
 * @param[out] granted
 *   Array of nb results: 1 if the charge was granted, 0 if it failed with any error of
 *   ration_try_charge(). ration_charge_error() says which.
 * @return
 *   Number of granted charges.
 */
static inline uint16_t
ration_try_charge_burst(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
			uint16_t nb, uint8_t *granted)
{
	ration_counter_t before = RATION_COUNTER_NONE;
	uint32_t i = 0, refused = 0;
	struct __ration_burst b;

	while (i < nb) {
		/* Detect a run at its second counter, when the first one is in a register. */
		if (likely(c[i] != before) &&
		    likely(n != NULL ? __ration_stock_take(lc, c[i], n[i])
				     : __ration_stock_take_one(lc, c[i]))) {
			before = c[i];
			granted[i++] = 1;
			continue;
		}
		b = __ration_try_charge_runs(lc, c, n, i, nb, granted);
		i = b.end;
		refused += b.refused;
	}
	return (uint16_t)(nb - refused);
}

/**
 * Uncharge a burst: for each i, n[i] units of counter c[i]. Adjacent uncharges of the same counter
 * are returned together: all of them are accepted, or, in case of misuse, none. The uncharges of a
 * counter that do not fit into the stock walk the tree together.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   Array of nb counters.
 * @param n
 *   Array of nb numbers of units, or NULL for 1 unit each.
 * @param nb
 *   Number of uncharges.
 * @return
 *   Number of accepted uncharges. It is less than nb only in case of misuse (stale handle, excess
 *   uncharge), which is counted as rejected.
 */
static inline uint16_t
ration_uncharge_burst(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		      uint16_t nb)
{
	uint32_t i = 0, refused = 0;
	struct __ration_burst b;

	/* A run is returned as a whole or not at all, so look at the next counter, too. */
	while (i + 1u < nb) {
		if (likely(c[i] != c[i + 1]) &&
		    likely(n != NULL ? __ration_stock_put(lc, c[i], n[i])
				     : __ration_stock_put_one(lc, c[i]))) {
			i++;
			continue;
		}
		b = __ration_uncharge_runs(lc, c, n, i, nb);
		i = b.end;
		refused += b.refused;
	}
	if (i < nb)
		refused += ration_uncharge(lc, c[i], n != NULL ? n[i] : 1) != 0;
	return (uint16_t)(nb - refused);
}

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_CHARGE_H_ */
