/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LAYOUT_H_
#define RATION_SHM_LAYOUT_H_

/**
 * @file
 * Room shm: the layout of shared memory, and the state that each process keeps for itself. It never
 * walks the tree, never waits for an lcore, and knows no protocol.
 *
 * Everything in shared memory is found by index or by offset from the domain, so each process may
 * map it at another address. This file defines the structures and the functions that find them.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration.h>

#include "shm/arith.h"
#include "shm/sanitizers.h"

/** ration_domain::magic: the memzone holds a domain. The text "ration" in little-endian bytes. */
#define RATION_MAGIC UINT64_C(0x6e6f69746172)
/** ration_domain::sizes: sizes that must be equal in all processes, in bytes, 16 bits each. */
#define RATION_SIZES                                                                               \
	((uint64_t)sizeof(struct counter) | (uint64_t)sizeof(struct node) << 16 |                  \
	 (uint64_t)sizeof(struct ration_lcore) << 32 | (uint64_t)sizeof(struct member) << 48)

/** Maximum number of drains that run at once: each has a bit in the round word. */
#define RATION_DRAINERS_MAX 32
/** Index that names no counter. */
#define RATION_INDEX_NONE UINT32_MAX

/**
 * Maximum idle_us: one hour. Half of it in TSC cycles, times the largest number of bitmap words
 * (2^18), fits into 64 bits. The scan for idle stock computes that product.
 */
#define RATION_IDLE_MAX_US UINT32_C(3600000000)

/** ration_lcore::flags: the shared area, for threads without registration. */
#define RATION_LCORE_SHARED (1u << 0)

/* counter::flags, in addition to the public RATION_COUNTER_*. Written under the control lock. */
#define COUNTER_IN_USE (1u << 16)
#define COUNTER_DYING (1u << 17) /**< Being destroyed: charges are refused. */
#define COUNTER_STOCKLESS (1u << 18) /**< No stock: the root, or a parent without DIRECT. */
#define COUNTER_EMPTY (1u << 19) /**< Dying, and without units before a grace period. */

/**
 * A counter. It has three cache lines: every walk writes the first, events write the second, and
 * walks only read the third. The kernel measured a gain of 18 % when page_counter got usage on
 * another line than the members that are only read.
 */
struct counter {
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) usage;
	/**
	 * Units of usage that were charged to this counter itself, not to one below it: the most
	 * that can be uncharged here. On the line of usage, because each walk that writes it also
	 * writes usage. See tree/usage_local.h for the order of the two words.
	 */
	RATION_ATOMIC(uint64_t) usage_local;
	/*
	 * The parent is in ancestors[] too. It is repeated here, so that a drain of many counters
	 * reads one line of each counter instead of two.
	 */
	uint32_t parent; /**< RATION_INDEX_NONE for the root. */
	uint32_t parent_depth;
	/*
	 * Members that walked here lately while there was little room, see lcore/share.c. On the
	 * line of usage, because the walk has that line anyway.
	 */
	RATION_ATOMIC(uint64_t) walkers; /**< A bit per member. */
	RATION_ATOMIC(uint64_t) walkers_before; /**< The bits before they were cleared last. */
	RATION_ATOMIC(uint32_t) walks; /**< Number of walks since then. */

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) watermark;
	/** Charges refused because it lacked room, without those in workspace::refused. */
	RATION_ATOMIC(uint64_t) failures;
	RATION_ATOMIC(uint64_t) forced;
	RATION_ATOMIC(uint64_t) rejected;
	/** Refused charges of this counter, without those in workspace::refused. */
	RATION_ATOMIC(uint64_t) refused;
	/** Ledger of the shared area and of folded members, see ration_ledger(). */
	RATION_ATOMIC(int64_t) ledger;
	/** Sum of cap_max of this counter and of all counters below it. */
	RATION_ATOMIC(uint64_t) stock_bound;
	/** Number of walks that took units of this counter, failed, and gave them back. */
	RATION_ATOMIC(uint32_t) rollbacks;
	/** 1 if usage may be above max: a charge was forced, or max was lowered. */
	RATION_ATOMIC(uint32_t) over_max_ok;

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) max;
	RATION_ATOMIC(uint32_t) batch;
	RATION_ATOMIC(uint32_t) batch_max; /**< Below `batch`: the batch does not grow. */
	RATION_ATOMIC(uint32_t) gen;
	RATION_ATOMIC(uint32_t) flags;
	uint32_t depth;
	/**
	 * Largest cap that a stock entry of this counter can have. A smaller batch does not reduce
	 * it, because entries keep their cap until their next slow path.
	 */
	RATION_ATOMIC(uint32_t) cap_max;
	uint32_t ancestors[RATION_DEPTH_MAX]; /**< Indices of `depth` ancestors, root first. */
};

/** Name, links and claims of a counter: not used by walks. */
struct node {
	char name[RATION_COUNTER_NAMESIZE];
	uint32_t first_child;
	uint32_t last_child;
	uint32_t next; /**< Next sibling; in a free node the next free index. */
	uint32_t prev; /**< Previous sibling. */
	uint32_t nb_children;
	uint32_t next_offline; /**< Next in the list of offline counters. */
	RATION_ATOMIC(uint64_t) min; /**< Claims of protection, see view/protection.c. */
	RATION_ATOMIC(uint64_t) low;
};

/** State of a member, see member::state. */
enum member_state {
	MEMBER_FREE, /**< No owner. */
	MEMBER_CLAIMED, /**< Being set up: it has an owner, but no stock yet. */
	MEMBER_ONLINE, /**< The owner uses its stock and serves its mailbox. */
	MEMBER_OFFLINE, /**< The owner does not use its stock; a drainer may take the state. */
	MEMBER_TAKEN, /**< A drainer, or the repair after a death, returns its stock. */
	MEMBER_UNREAPED, /**< A secondary process unregistered; its ledger must still be folded. */
	MEMBER_DEAD, /**< The owner has died. Its stock was returned; its granted units were not. */
};

/**
 * Fields of member::state: {generation, taker, state}. The taker is the number of the drainer if
 * the state is TAKEN, and the pid of the owner if the state is CLAIMED.
 */
#define MEMBER_STATE(word) ((enum member_state)((word)&0xff))
#define MEMBER_WORD(gen, taker, state)                                                             \
	((uint64_t)(gen) << 32 | (uint64_t)(taker) << 8 | (uint64_t)(state))
#define MEMBER_GEN(word) ((uint32_t)((word) >> 32))
#define MEMBER_TAKER(word) ((uint32_t)((word) >> 8) & 0xffffff)

/** Member entry: an lcore or thread that is registered with a domain. */
struct member {
	/**
	 * {generation, taker, state}. The owner changes ONLINE to OFFLINE by a release store, and
	 * OFFLINE to ONLINE by a compare-and-swap with generation + 1. A drainer changes OFFLINE to
	 * TAKEN by a compare-and-swap, and back by a release store. So the owner and a drainer
	 * never write the same stock entries at the same time.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) state;
	/** Distance from the domain to the lcore area in bytes; 0 if it never had one. */
	RATION_ATOMIC(int64_t) area_offset;
	RATION_ATOMIC(int32_t) tid; /**< Thread of the owner. */
	RATION_ATOMIC(int32_t) pid; /**< Process of the owner. */
	RATION_ATOMIC(uint64_t) start; /**< ration_thread_start() of the owner. */
};

/** The head of a domain. Member entries, counters, nodes and the shared area follow it. */
struct ration_domain {
	/* The first three keep their offsets in every layout. */
	uint64_t magic;
	uint64_t sizes; /**< RATION_SIZES */
	uint32_t layout;
	uint32_t id; /**< Index in the process-local tables. */
	char name[RATION_DOMAIN_NAMESIZE];
	uint32_t max_counters;
	uint32_t max_members;
	uint32_t timeout_us;
	uint32_t drain_work;
	uint32_t idle_us;
	int32_t socket_id;
	uint64_t stock_share; /**< Share of stock_max of each member; UINT64_MAX: no bound. */
	uint32_t secondary_members; /**< The last member entries are for secondary processes. */
	uint64_t gen; /**< Generation of the domain: the TSC at its creation. */
	RATION_ATOMIC(uint32_t) tree_seq; /**< Sequence, see tree_lock.c. */
	uint32_t first_gen; /**< Generation of an index that is used for the first time; not 0. */
	uint64_t counters_offset;
	uint64_t nodes_offset;
	uint64_t shared_offset;

	/* Free indices: those that were never used come first, then the one freed longest ago. */
	uint32_t nb_ever_used;
	uint32_t free_head;
	uint32_t free_tail;
	/* List of offline counters. Control calls check the first, and append it if it stays. */
	uint32_t first_offline;
	uint32_t last_offline;
	uint32_t nb_offline;

	/** Round word: {round number, one bit per drainer}, see tree/gate.c. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) round;
	/** Index of the counter that each drainer drains. Next to the round word: read together. */
	RATION_ATOMIC(uint32_t) targets[RATION_DRAINERS_MAX];

	/** ration_process_id() of each drainer, or 0 if its bit is free. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) drainers[RATION_DRAINERS_MAX];

	/**
	 * Walks through the shared area, take-overs of members included: in the lower half the
	 * number in flight, in the upper half the number so far. New walks count in the word that
	 * the lowest bit of inflight_index selects. A grace period flips that bit and waits for the
	 * other word, as SRCU does.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) inflight[2];
	RATION_ATOMIC(uint32_t) inflight_index;

	/** A bit for each member that may hold stock. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) online[RATION_MEMBERS_MAX / 64];
	/** Number of member entries that were ever used: the largest member_id + 1. */
	RATION_ATOMIC(uint32_t) nb_members;

	struct member members[];
};

/** The counter at an index, which must be below max_counters. */
static inline struct counter *
ration_counter_at(const struct ration_domain *d, uint32_t index)
{
	return (struct counter *)((uintptr_t)d + d->counters_offset) + index;
}

/** Index of a counter. */
static inline uint32_t
ration_index_of(const struct ration_domain *d, const struct counter *c)
{
	return (uint32_t)(c - ration_counter_at(d, 0));
}

/** Node of the counter at an index, which must be below max_counters. */
static inline struct node *
ration_node_at(const struct ration_domain *d, uint32_t index)
{
	return (struct node *)((uintptr_t)d + d->nodes_offset) + index;
}

/** Domain of an lcore area. */
static inline struct ration_domain *
ration_domain_of(const struct ration_lcore *lc)
{
	return (struct ration_domain *)((uintptr_t)lc + (uintptr_t)lc->domain_offset);
}

/** Lcore area of a member entry, or NULL if the entry was never used. */
static inline struct ration_lcore *
ration_lcore_area(const struct ration_domain *d, const struct member *m)
{
	/* Acquire: pairs with the release in ration_area_make(). */
	int64_t offset = ration_load(&m->area_offset, acquire);

	if (offset == 0)
		return NULL;
	return (struct ration_lcore *)((uintptr_t)d + (uintptr_t)offset);
}

/** Member entry of an lcore area. Not for the shared area. */
static inline struct member *
ration_member_of(const struct ration_lcore *lc)
{
	return &ration_domain_of(lc)->members[lc->member_id];
}

/**
 * Ledger of an lcore, one entry per counter: units that walks of this lcore charged, minus units
 * that they uncharged. The entries of all lcores and counter::ledger add up to usage_local. Written
 * on the slow path only. Not for the shared area, which uses counter::ledger.
 */
static inline RATION_ATOMIC(int64_t) *
ration_ledger(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(int64_t) *)((uintptr_t)lc + offsetof(struct ration_lcore, stocks) +
					  (size_t)lc->nb_stocks * sizeof(struct ration_stock) +
					  RATION_RED_ZONE);
}

/** Active bitmap, one bit per counter: set if its stock entry has a cap. For the slow path only. */
static inline RATION_ATOMIC(uint64_t) *
ration_active(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(uint64_t) *)((uintptr_t)ration_ledger(lc) +
					   (size_t)lc->nb_stocks * sizeof(int64_t) +
					   RATION_RED_ZONE);
}

/** Counters that a drain covers: each target, and all counters below it. */
struct drain_set {
	uint32_t round; /**< Round whose targets are in the set. */
	uint32_t nb_targets;
	bool everything; /**< All counters: there were too many requests, or targets changed. */
	bool recall; /**< Only refused charges have requests: what is in use may stay. */
	uint32_t targets[RATION_DRAINERS_MAX + RATION_REQUESTS_MAX];
};

/** A pass over the stock entries of an lcore. It may take several quiescent points. */
struct drain_scan {
	struct drain_set set; /**< Drain set at the start of the scan. */
	uint32_t covered_parent; /**< A counter that the set covers, or none. */
	uint32_t first; /**< Index of the first stock entry; a multiple of 64. */
	uint32_t next; /**< Distance of the next one from the first. */
	bool running;
};

/**
 * Uncharge gather: deferred sums, one per level, see tree/gather.h. In shared memory, because
 * drain/repair.c repairs the counters that it names if the owner dies.
 */
struct uncharge_gather {
	/** Index + 1, or 0. Stored with release order, so that repair.c sees all that precedes. */
	RATION_ATOMIC(uint32_t) parents[RATION_DEPTH_MAX];
	/** Units to subtract from the usage of parents[] at the same depth. */
	uint64_t units[RATION_DEPTH_MAX];
};

#ifndef RATION_REFUSED_MAX /* Fewer in the explorer. */
#define RATION_REFUSED_MAX 64
#endif

/**
 * What an lcore knows of a counter that lacked room: the refused charges (lcore/refused.c) and the
 * return requests (lcore/refusal.c). The owner writes this structure. Other threads read only the
 * atomic members.
 */
struct refused {
	RATION_ATOMIC(uint64_t) counter; /**< Handle of the counter, or RATION_COUNTER_NONE. */
	RATION_ATOMIC(uint64_t) charges; /**< Refused charges of this counter. */
	RATION_ATOMIC(uint64_t) failures; /**< Charges refused because this counter lacked room. */
	uint64_t asked; /**< ration_lcore_turn() of the last return requests for this counter. */
	uint32_t refusals; /**< Refused calls since then. */
	uint64_t nb_asked; /**< Number of quiescent intervals with return requests, and more. */
};

/** Stock entries that an lcore can watch at a time, see lcore/watch.c. */
#define RATION_WATCHES_MAX 8

/** Levels that an lcore can watch at a time, see lcore/watch_levels.c. */
#define RATION_LEVELS_MAX 4

/** A watched stock entry. */
struct watch {
	uint32_t index;
	uint32_t unused; /**< Fewest units in stock since the last slow quiescent point. */
	uint32_t age; /**< Slow quiescent points since the watch began. */
	uint32_t end; /**< The watch ends at this age. */
	uint64_t granted; /**< Largest charge that was granted since the last but one. */
	uint64_t granted_now; /**< The same since the last one. */
};

/** State of an lcore's slow path. Written by the owner, or by the thread that took the member. */
struct workspace {
	/** Index + 1 of the counter that a walk changes, or changed last; for drain/repair.c. */
	RATION_ATOMIC(uint32_t) walking;
	struct uncharge_gather gather;
	struct drain_scan scan;
	uint64_t caps; /**< Sum of the caps of all stock entries: the most units it can hide. */
	uint64_t idle_since; /**< TSC up to which the scan for idle stock is done. */
	uint32_t idle_next; /**< Next stock entry of that scan; a multiple of 64. */
	/** ration_lcore_turn() when ration_lcore::countdown is 0. */
	uint64_t slow_turn;
	uint64_t idle_turn; /**< ration_lcore_turn() of the next scan for idle stock. */
	struct watch watches[RATION_WATCHES_MAX];
	uint32_t nb_watches;
	uint32_t nb_levels;
	RATION_ATOMIC(uint32_t) refused_moves; /**< Odd while an entry of refused[] moves. */
	struct refused refused[RATION_REFUSED_MAX]; /**< Hash table by counter index. */
	/*
	 * Index + 1 of each watched counter, or 0. Others read it; what the owner writes often is
	 * on other cache lines.
	 */
	uint8_t away[RTE_CACHE_LINE_SIZE];
	RATION_ATOMIC(uint32_t) watched[RATION_WATCHES_MAX];
	/** The same of each counter of which, and below which, all stock is watched. */
	RATION_ATOMIC(uint32_t) levels[RATION_LEVELS_MAX];
	uint8_t away_too[RTE_CACHE_LINE_SIZE];
};

/** Workspace of an lcore, after its active bitmap. Not for the shared area, which has none. */
static inline struct workspace *
ration_workspace(const struct ration_lcore *lc)
{
	return (struct workspace *)((uintptr_t)ration_active(lc) + lc->nb_stocks / 8 +
				    RATION_RED_ZONE);
}

/** Size of an lcore area, or of the shared area, in bytes. */
size_t ration_area_size(uint32_t max_counters, bool shared);

/** Poison the red zones of an lcore area for AddressSanitizer. */
void ration_area_poison(struct ration_lcore *lc);

/** Initialize an lcore area, whose memory must be zero. Primary process only. */
void ration_area_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t member_id,
		      uint32_t flags);

/** Compute the offsets of the parts of a domain from its sizes. @return size of it all in bytes */
size_t ration_domain_lay_out(struct ration_domain *d);

#endif /* RATION_SHM_LAYOUT_H_ */
