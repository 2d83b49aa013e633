/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CHARGE_H_
#define RATION_CHARGE_H_

/**
 * @file
 * The data path: charge, uncharge, and their burst forms.
 *
 * All functions here may be called by the owner of `lc` only (by any thread for the one of
 * ration_lcore_none()). They never wait, never take a lock and never make a system call. When the
 * stock suffices they touch nothing but the 8 bytes of the lcore's own slot; that is true at any
 * depth and for any number of counters. They are inline because a call would cost more than the
 * work.
 */

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_prefetch.h>

#include <ration.h>
#include <ration_arith.h>
#include <ration_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Cold part of ration_try_charge(), not for applications. */
int ration_refill(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** Cold part of ration_charge(), not for applications. */
int ration_force(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** Cold part of ration_uncharge(), not for applications. */
int ration_trim(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** Slot of a counter, not for applications. The low half of a handle is the index. */
static inline struct ration_slot *
ration_slot_of(struct ration_lcore *lc, ration_counter_t c)
{
	return &lc->slots[(uint32_t)c];
}

/**
 * What a slot's `limit` holds, with the generation taken out: the cap if slot and handle are of the
 * same generation, else more than RATION_CAP_MASK. Not for applications. The upper half of a handle
 * is the generation rotated so that its low 12 bits stand where `limit` has them: ration_tag().
 */
static inline uint32_t
ration_slot_cap(const struct ration_slot *s, ration_counter_t c)
{
	/* Relaxed: the owner is the only writer, and nothing is published through it. */
	return ration_limit_match(ration_load(&s->limit, relaxed), (uint32_t)(c >> 32));
}

/** Take n units from stock if they are there. Not for applications. */
static inline int
ration_stock_take(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	struct ration_slot *s = ration_slot_of(lc, c);
	uint32_t stock = ration_load(&s->stock, relaxed);

	if (unlikely(stock < n || ration_slot_cap(s, c) > RATION_CAP_MASK))
		return 0;
	/* Relaxed: a drain sees it through the owner's acknowledgement. */
	ration_store(&s->stock, ration_stock_less(stock, n), relaxed);
	return 1;
}

/** Put n units into stock if there is room. Not for applications. */
static inline int
ration_stock_put(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	struct ration_slot *s = ration_slot_of(lc, c);
	uint32_t stock = ration_load(&s->stock, relaxed);
	uint32_t cap = ration_slot_cap(s, c);

	/* stock <= cap always, so the room cannot wrap once the generation is right. */
	if (unlikely(cap > RATION_CAP_MASK || n > ration_stock_room(stock, cap)))
		return 0;
	ration_store(&s->stock, ration_stock_more(stock, n), relaxed);
	return 1;
}

/**
 * Charge n units to a counter and all its ancestors, if there is room at every level.
 *
 * A refusal does not mean that no unit is free: other lcores may have some in stock. It counts as
 * a failure of the lowest level that lacks room.
 *
 * @param lc
 *   The calling lcore.
 * @param c
 *   Counter.
 * @param n
 *   Units.
 * @return
 *   - 0: granted
 *   - -EDQUOT: refused, over budget
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: no such counter
 */
static inline int
ration_try_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(ration_stock_take(lc, c, n)))
		return 0;
	return ration_refill(lc, c, n);
}

/**
 * Charge n units whatever the limits say. What goes above a limit is counted as forced; charges
 * are refused until usage has come down again. After the kernel's page_counter_charge().
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param c
 *   Counter.
 * @param n
 *   Units.
 * @return
 *   - 0: charged
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: no such counter
 *   - -EOVERFLOW: the sum would pass RATION_UNLIMITED
 */
static inline int
ration_charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(ration_stock_take(lc, c, n)))
		return 0;
	return ration_force(lc, c, n);
}

/**
 * Give n units back. They may have been charged on any lcore.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param c
 *   Counter.
 * @param n
 *   Units.
 * @return
 *   - 0: done
 *   - -ERANGE: more than is charged; nothing is changed, the event is counted. Too large an
 * uncharge that fits into the stock is not seen at once: it is counted (`rejected`) when the stock
 * goes back.
 *   - -ESTALE: no such counter
 */
static inline int
ration_uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (likely(ration_stock_put(lc, c, n)))
		return 0;
	return ration_trim(lc, c, n);
}

/**
 * Fetch the slots of a burst into cache. Worth it only when the stocks of an lcore exceed its L2
 * cache (at 8 bytes each), and issued one burst ahead.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param c
 *   Counter.
 * @param nb
 *   Length of the burst.
 */
static inline void
ration_prefetch(struct ration_lcore *lc, const ration_counter_t *c, uint16_t nb)
{
	uint16_t i;

	for (i = 0; i < nb; i++)
		rte_prefetch0(ration_slot_of(lc, c[i]));
}

/**
 * ration_stock_take() of one unit with one branch. Of what is combined here only too small a stock
 * (it wraps) and a wrong generation reach above the bits of a cap. Not for applications.
 */
static inline int
ration_stock_take_one(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_slot *s = ration_slot_of(lc, c);
	uint32_t left = ration_load(&s->stock, relaxed) - 1;
	uint32_t other = ration_load(&s->limit, relaxed) ^ (uint32_t)(c >> 32);

	if (unlikely((left | other) > RATION_CAP_MASK))
		return 0;
	ration_store(&s->stock, left, relaxed);
	return 1;
}

/**
 * ration_stock_put() of one unit with one branch: a full slot wraps, and with a wrong generation
 * the difference is not below RATION_CAP_MASK, which no cap reaches. Not for applications.
 */
static inline int
ration_stock_put_one(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_slot *s = ration_slot_of(lc, c);
	uint32_t more = ration_load(&s->stock, relaxed) + 1;

	if (unlikely(ration_slot_cap(s, c) - more >= RATION_CAP_MASK))
		return 0;
	ration_store(&s->stock, more, relaxed);
	return 1;
}

/** How far a burst has got, and how many of it were refused. Not for applications. */
struct ration_burst {
	uint32_t end;
	uint32_t refused;
};

/**
 * Charge what begins at i and is a run or a miss, and the runs right behind it. Not for
 * applications, and not inline: the loop around it needs the registers.
 */
static __rte_unused __rte_noinline struct ration_burst
ration_try_charge_runs(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		       uint32_t i, uint32_t nb, uint8_t *granted)
{
	struct ration_burst b = {i, 0};
	uint64_t sum;

	do {
		sum = ration_run_units(c, n, i, nb, &b.end);
		if (b.end - i > 1 && ration_stock_take(lc, c[i], sum)) {
			memset(&granted[i], 1, b.end - i);
			i = b.end;
		}
		/* A run that is not in stock as a whole is charged one by one. */
		for (; i < b.end; i++) {
			granted[i] = ration_try_charge(lc, c[i], n != NULL ? n[i] : 1) == 0;
			b.refused += granted[i] == 0;
		}
	} while (ration_is_run(c, i, nb));
	return b;
}

/** The same for uncharges. Not for applications. */
static __rte_unused __rte_noinline struct ration_burst
ration_uncharge_runs(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		     uint32_t i, uint32_t nb)
{
	struct ration_burst b = {i, 0};
	uint64_t sum;

	do {
		sum = ration_run_units(c, n, i, nb, &b.end);
		if (unlikely(ration_uncharge(lc, c[i], sum) != 0))
			b.refused += b.end - i;
		i = b.end;
	} while (ration_is_run(c, i, nb));
	return b;
}

/**
 * Charge a burst: for each i, n[i] units to counter c[i]; each is granted or refused by itself.
 * Neighbours of the same counter are taken from stock in one go.
 *
 * @param lc
 *   The calling lcore.
 * @param c
 *   Counters, nb of them.
 * @param n
 *   Units, nb of them, or NULL for 1 each.
 * @param nb
 *   Length of the burst.
 * @param granted
 *   Set to 1 where granted, to 0 where not (any of the errors of ration_try_charge()).
 * @return
 *   How many were granted.
 */
static inline uint16_t
ration_try_charge_burst(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
			uint16_t nb, uint8_t *granted)
{
	ration_counter_t before = RATION_COUNTER_NONE;
	uint32_t i = 0, refused = 0;
	struct ration_burst b;

	while (i < nb) {
		/* A run is noticed at its second counter: what is read is in a register then. */
		if (likely(c[i] != before) && likely(n != NULL ? ration_stock_take(lc, c[i], n[i])
							       : ration_stock_take_one(lc, c[i]))) {
			before = c[i];
			granted[i++] = 1;
			continue;
		}
		b = ration_try_charge_runs(lc, c, n, i, nb, granted);
		i = b.end;
		refused += b.refused;
	}
	return (uint16_t)(nb - refused);
}

/**
 * Uncharge a burst: for each i, n[i] units of counter c[i]. Neighbours of the same counter go to
 * stock in one go: all of them are taken back or, after misuse, none.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param c
 *   Counter.
 * @param n
 *   Units, nb of them, or NULL for 1 each.
 * @param nb
 *   Length of the burst.
 * @return
 *   How many were taken back: less than nb only after misuse (stale handle, too large an
 *   uncharge), which is counted.
 */
static inline uint16_t
ration_uncharge_burst(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		      uint16_t nb)
{
	uint32_t i = 0, refused = 0;
	struct ration_burst b;

	/* A run is taken back as a whole or not at all, so look ahead. The last has none. */
	while (i + 1u < nb) {
		if (likely(c[i] != c[i + 1]) &&
		    likely(n != NULL ? ration_stock_put(lc, c[i], n[i])
				     : ration_stock_put_one(lc, c[i]))) {
			i++;
			continue;
		}
		b = ration_uncharge_runs(lc, c, n, i, nb);
		i = b.end;
		refused += b.refused;
	}
	if (i < nb)
		refused += ration_uncharge(lc, c[i], n != NULL ? n[i] : 1) != 0;
	return (uint16_t)(nb - refused);
}

#ifdef __cplusplus
}
#endif

#endif /* RATION_CHARGE_H_ */
