/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LAYOUT_H_
#define RATION_SHM_LAYOUT_H_

/**
 * @file
 * Room shm: owns where each shared word lies, and what each process keeps for itself.
 * It never walks the tree, never waits for an lcore, and knows no protocol.
 *
 * Everything that other processes may see is found by index or by offset from the domain, so that
 * each process may map it at another address. This file holds the structures and how to find them.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration.h>

#include "shm/arith.h"
#include "shm/sanitizers.h"

/** Says that a memzone holds a domain ("ration" and its layout below). */
#define RATION_MAGIC UINT64_C(0x6e6f69746172)
/** Sizes that other processes must agree on, each in 16 bits. */
#define RATION_SIZES                                                                               \
	((uint64_t)sizeof(struct counter) | (uint64_t)sizeof(struct node) << 16 |                  \
	 (uint64_t)sizeof(struct ration_lcore) << 32 | (uint64_t)sizeof(struct member) << 48)

/** Domains of a process. */
#define RATION_DOMAINS_MAX 16
/** Drains that can run at once: bits of the holders mask in the round word. */
#define RATION_DRAINERS_MAX 32
/** Index that is no counter. */
#define RATION_INDEX_NONE UINT32_MAX

/** Largest idle_us: the ticks of half of it fit into 64 bits with room for a factor. */
#define RATION_IDLE_MAX_US UINT32_C(3600000000)

/** ration_lcore::flags: the common block of threads without slot. */
#define RATION_LCORE_SHARED (1u << 0)

/* counter::flags, beside the public RATION_COUNTER_*. Written under the control lock. */
#define COUNTER_IN_USE (1u << 16)
#define COUNTER_DYING (1u << 17) /**< Being destroyed: no charges. */
#define COUNTER_STOCKLESS (1u << 18) /**< Interior: no stock. */

/**
 * A node of the tree. Three lines: what every walk writes, what is written on events, what is read.
 * Measured in the kernel: usage apart from what is read is worth 18 %.
 */
struct counter {
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) usage;
	/**
	 * What of usage was charged to this counter itself, not to one below it: the most that can
	 * be given back here. Written by the walks that begin here, which write usage anyway.
	 */
	RATION_ATOMIC(uint64_t) usage_local;
	/* The counter above: with them a drain of many counters reads one line of each, not two. */
	uint32_t parent; /**< RATION_INDEX_NONE for the root. */
	uint32_t parent_depth;

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) watermark;
	RATION_ATOMIC(uint64_t) failures;
	RATION_ATOMIC(uint64_t) forced;
	RATION_ATOMIC(uint64_t) rejected;
	RATION_ATOMIC(int64_t) ledger; /**< Of threads without slot, see ration_ledger(). */
	RATION_ATOMIC(uint64_t) stock_bound; /**< Sum of cap_max from here down. */
	/** The largest cap that a slot can have; a lower batch is taken up at the next slow path.
	 */
	RATION_ATOMIC(uint32_t) cap_max;
	RATION_ATOMIC(uint32_t)
	rollbacks; /**< Walks that had taken units here and gave them back. */
	RATION_ATOMIC(uint32_t)
	over_max_ok; /**< Usage may be above max: forced, or max was lowered. */

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) max;
	RATION_ATOMIC(uint32_t) batch;
	RATION_ATOMIC(uint32_t) gen;
	RATION_ATOMIC(uint32_t) flags;
	uint32_t depth;
	uint32_t ancestors[RATION_DEPTH_MAX]; /**< Root first; `depth` of them. */
};

/** What only control calls need of a counter. */
struct node {
	char name[RATION_COUNTER_NAMESIZE];
	uint32_t first_child;
	uint32_t last_child;
	uint32_t next; /**< Sibling; in a free node the next free one. */
	uint32_t prev;
	uint32_t nb_children;
	uint32_t next_offline;
};

/** State of a member, see member::state. */
enum member_state {
	MEMBER_FREE, /**< Nobody's. */
	MEMBER_CLAIMED, /**< Being set up: has an owner, but no stock yet. */
	MEMBER_ONLINE, /**< The owner uses its stock and serves its mailbox. */
	MEMBER_OFFLINE, /**< The owner stays away; a drainer may take the stock over. */
	MEMBER_TAKEN, /**< A drainer is taking it over. */
	MEMBER_UNREAPED, /**< Nobody's, but for the ledger of a secondary process that has left. */
	MEMBER_DEAD, /**< The owner has died; its stock is back, what it was granted is not. */
};

/** Fields of member::state: {epoch, taker, state}. While it is CLAIMED the taker is the claimer's
 * pid. */
#define MEMBER_STATE(word) ((enum member_state)((word)&0xff))
#define MEMBER_WORD(epoch, taker, state)                                                           \
	((uint64_t)(epoch) << 32 | (uint64_t)(taker) << 8 | (uint64_t)(state))
#define MEMBER_GEN(word) ((uint32_t)((word) >> 32))
#define MEMBER_TAKER(word) ((uint32_t)((word) >> 8) & 0xffffff)

/** A place for an lcore in a domain. */
struct member {
	/**
	 * {epoch, taker, state}. The owner leaves ONLINE (release store) and PARKED (exchange,
	 * epoch + 1); a drainer takes PARKED to TAKEN (exchange) and back (release store). So owner
	 * and drainer never write the same slots at the same time.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) state;
	/** From the domain to its ration_lcore; 0 if it never had one. */
	RATION_ATOMIC(int64_t) area_offset;
	RATION_ATOMIC(int32_t) tid; /**< Owner's thread. */
	RATION_ATOMIC(int32_t) pid; /**< Owner's process. */
	RATION_ATOMIC(uint64_t) start; /**< When that thread began, in ticks of the kernel. */
};

struct ration_domain {
	/* The first three stay where they are in every version. */
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
	uint64_t stock_share; /**< Of stock_max, for each lcore. */
	uint32_t secondary_members; /**< Of the last places, for secondary processes. */
	uint64_t gen; /**< Generation: no other domain of this run of the primary has the same. */
	RATION_ATOMIC(uint32_t) tree_seq; /**< Odd while the primary changes links or names. */
	uint32_t first_gen; /**< Generation of counters made for the first time; not 0. */
	uint64_t counters_offset;
	uint64_t nodes_offset;
	uint64_t shared_offset;

	/* Free counters: those never used first, then the one freed longest ago. */
	uint32_t nb_ever_used;
	uint32_t free_head;
	uint32_t free_tail;
	/* Counters that are destroyed, but have units granted: in the order of looking at them. */
	uint32_t first_offline;
	uint32_t last_offline;
	uint32_t nb_offline;

	/** {generation, holders}, see round.c. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) round;
	/** What each asker wants drained. Who reads the word above reads that of the first next. */
	RATION_ATOMIC(uint32_t) targets[RATION_DRAINERS_MAX];

	/** Who has each asker's bit; 0: nobody. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) drainers[RATION_DRAINERS_MAX];

	/**
	 * Threads without slot that are walking the tree, and take-overs, in the lower half; in the
	 * upper half how many there ever were. New ones count in the word that the lowest bit of
	 * `phase` names; a grace period waits for the other one.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) inflight[2];
	RATION_ATOMIC(uint32_t) inflight_index;

	/** Members that may hold stock, a bit each, and how many places were ever used. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) online[RATION_MEMBERS_MAX / 64];
	RATION_ATOMIC(uint32_t) nb_members;

	struct member members[];
};

static inline struct counter *
ration_counter_at(const struct ration_domain *d, uint32_t index)
{
	return (struct counter *)((uintptr_t)d + d->counters_offset) + index;
}

static inline uint32_t
ration_index_of(const struct ration_domain *d, const struct counter *c)
{
	return (uint32_t)(c - ration_counter_at(d, 0));
}

static inline struct node *
ration_node_at(const struct ration_domain *d, uint32_t index)
{
	return (struct node *)((uintptr_t)d + d->nodes_offset) + index;
}

static inline struct ration_domain *
ration_domain_of(const struct ration_lcore *lc)
{
	return (struct ration_domain *)((uintptr_t)lc + (uintptr_t)lc->domain_offset);
}

/** A member's block, or NULL if that place was never used. */
static inline struct ration_lcore *
ration_lcore_area(const struct ration_domain *d, const struct member *m)
{
	/* Acquire: pairs with the release in ration_lcore_register_extra(). */
	int64_t offset = ration_load(&m->area_offset, acquire);

	if (offset == 0)
		return NULL;
	return (struct ration_lcore *)((uintptr_t)d + (uintptr_t)offset);
}

static inline struct member *
ration_member_of(const struct ration_lcore *lc)
{
	return &ration_domain_of(lc)->members[lc->member_id];
}

/**
 * Ledger of an lcore: per counter, what went into its stock minus what came back, so that over all
 * lcores it adds up to what is charged to the counter itself. Written on the slow path only.
 */
static inline RATION_ATOMIC(int64_t) *
ration_ledger(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(int64_t) *)((uintptr_t)lc + offsetof(struct ration_lcore, stocks) +
					  (size_t)lc->nb_stocks * sizeof(struct ration_stock) +
					  RATION_RED_ZONE);
}

/** One bit per counter: set while its slot has a cap. Written on the slow path only. */
static inline RATION_ATOMIC(uint64_t) *
ration_active(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(uint64_t) *)((uintptr_t)ration_ledger(lc) +
					   (size_t)lc->nb_stocks * sizeof(int64_t) +
					   RATION_RED_ZONE);
}

/** What is asked for at one moment. */
struct drain_set {
	uint32_t round;
	uint32_t nb_targets;
	bool everything; /**< Too much is asked for or changing: drain all, which covers it. */
	uint32_t targets[RATION_DRAINERS_MAX + RATION_REQUESTS_MAX];
};

/** A drain of an lcore's slots, which may take several quiescent points. */
struct drain_scan {
	struct drain_set set; /**< As it was when the pass began. */
	uint32_t covered_parent; /**< A counter that the view covers with all below it, or none. */
	uint32_t next; /**< Slot to look at next. */
	bool running;
};

/**
 * Returns of many counters, added up per parent so that a parent is touched once. Kept where others
 * can see it, should its process die.
 */
struct uncharge_gather {
	/** Index + 1, or 0. Changed in the order of the program, for who finds it after a death. */
	RATION_ATOMIC(uint32_t) parents[RATION_DEPTH_MAX];
	uint64_t units[RATION_DEPTH_MAX];
};

/** What the owner of an lcore remembers from one call to the next. */
struct workspace {
	/** Index + 1 of the counter that a walk has begun to change; for repair.c. */
	RATION_ATOMIC(uint32_t) walking;
	struct uncharge_gather gather;
	struct drain_scan scan;
	uint64_t caps; /**< Sum of the caps of its slots: the most it can hide. */
	uint64_t idle_since; /**< TSC up to which the search for idle stock is done. */
	uint32_t idle_next; /**< Slot to look at next in that search; a multiple of 64. */
};

/** Workspace of an lcore, behind its bitmap. */
static inline struct workspace *
ration_workspace(const struct ration_lcore *lc)
{
	return (struct workspace *)((uintptr_t)ration_active(lc) + lc->nb_stocks / 8 +
				    RATION_RED_ZONE);
}

/** Bytes of the block of an lcore. */
size_t ration_area_size(uint32_t max_counters, bool shared);

/** Have nobody touch the memory between the parts of a block. */
void ration_area_poison(struct ration_lcore *lc);

/** Set up a cleared block. */
void ration_area_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t member_id,
		      uint32_t flags);

/** Set the offsets of the parts of a domain from its sizes. @return bytes of the whole domain */
size_t ration_domain_lay_out(struct ration_domain *d);

#endif /* RATION_SHM_LAYOUT_H_ */
