/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_PVT_H_
#define RATION_PVT_H_

/**
 * @file
 * What libration keeps in memory, and what its parts offer each other.
 *
 * Everything that other processes may see is found by index or by offset from the domain. The
 * dependencies point one way: stock.c and drain.c know the hierarchy and the round, the hierarchy
 * knows neither stock nor lcores.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_log.h>
#include <rte_ticketlock.h>

#include <ration.h>

#include "sanitizers.h"

extern int ration_logtype;

#define RATION_LOG(level, fmt, ...)                                                                \
	rte_log(RTE_LOG_##level, ration_logtype, "RATION: " fmt "\n", ##__VA_ARGS__)

/** Says that a memzone holds a domain ("ration" and its layout below). */
#define RATION_MAGIC UINT64_C(0x6e6f69746172)
/** Changes with every change of the structures in shared memory. */
#define RATION_LAYOUT 3
/** Sizes that other processes must agree on, each in 16 bits. */
#define RATION_SIZES                                                                               \
	((uint64_t)sizeof(struct counter) | (uint64_t)sizeof(struct node) << 16 |                  \
	 (uint64_t)sizeof(struct ration_lcore) << 32 | (uint64_t)sizeof(struct member) << 48)

/** Domains of a process. */
#define RATION_DOMAINS_MAX 16
/** Drains that can run at once: bits of the holders mask in the round word. */
#define RATION_ASKERS_MAX 32
/** Index that is no counter. */
#define RATION_INDEX_NONE UINT32_MAX

/** ration_lcore::flags: the common block of threads without slot. */
#define RATION_LCORE_SLOTLESS (1u << 0)

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
	RATION_ATOMIC(uint64_t) own;
	/* The counter above: with them a drain of many counters reads one line of each, not two. */
	uint32_t parent; /**< RATION_INDEX_NONE for the root. */
	uint32_t parent_depth;

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) watermark;
	RATION_ATOMIC(uint64_t) failures;
	RATION_ATOMIC(uint64_t) forced;
	RATION_ATOMIC(uint64_t) rejected;
	RATION_ATOMIC(int64_t) ledger; /**< Of threads without slot, see ration_ledger(). */
	RATION_ATOMIC(uint64_t) hideable; /**< Sum of cap_bound from here down. */
	/** The largest cap that a slot can have; a lower batch is taken up at the next slow path.
	 */
	RATION_ATOMIC(uint32_t) cap_bound;
	RATION_ATOMIC(uint32_t) undone; /**< Walks that had taken units here and gave them back. */
	RATION_ATOMIC(uint32_t) excused; /**< Usage may be above max: forced, or max was lowered. */

	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) max;
	RATION_ATOMIC(uint32_t) batch;
	RATION_ATOMIC(uint32_t) gen;
	RATION_ATOMIC(uint32_t) flags;
	uint32_t depth;
	uint32_t ancestors[RATION_DEPTH_MAX]; /**< Root first; `depth` of them. */
};

/** What only control calls need of a counter. */
struct node {
	char name[RATION_NAMESIZE];
	uint32_t first_child;
	uint32_t last_child;
	uint32_t next; /**< Sibling; in a free node the next free one. */
	uint32_t prev;
	uint32_t nb_children;
	uint32_t next_ghost;
};

/** State of a member, see member::state. */
enum member_state {
	MEMBER_FREE, /**< Nobody's. */
	MEMBER_CLAIMED, /**< Being set up: has an owner, but no stock yet. */
	MEMBER_ONLINE, /**< The owner uses its stock and serves its mailbox. */
	MEMBER_PARKED, /**< The owner stays away; a drainer may take the stock over. */
	MEMBER_TAKEN, /**< A drainer is taking it over. */
	MEMBER_LEFT, /**< Nobody's, but for the ledger of a secondary process that has left. */
	MEMBER_GONE, /**< The owner has died; its stock is back, what it was granted is not. */
};

/** Fields of member::state: {epoch, taker, state}. While it is CLAIMED the taker is the claimer's
 * pid. */
#define MEMBER_STATE(word) ((enum member_state)((word)&0xff))
#define MEMBER_WORD(epoch, taker, state)                                                           \
	((uint64_t)(epoch) << 32 | (uint64_t)(taker) << 8 | (uint64_t)(state))
#define MEMBER_EPOCH(word) ((uint32_t)((word) >> 32))
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
	RATION_ATOMIC(int64_t) block_offset;
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
	uint32_t max_lcores;
	uint32_t timeout_us;
	uint32_t drain_work;
	uint32_t idle_us;
	int32_t socket_id;
	uint64_t stock_share; /**< Of stock_max, for each lcore. */
	uint32_t secondary_lcores; /**< Of the last places, for secondary processes. */
	uint64_t creation; /**< No other domain of this run of the primary has the same. */
	RATION_ATOMIC(uint32_t) tree_version; /**< Odd while the primary changes links or names. */
	uint32_t first_gen; /**< Generation of counters made for the first time; not 0. */
	uint64_t counters_offset;
	uint64_t nodes_offset;
	uint64_t none_offset;

	/* Free counters: those never used first, then the one freed longest ago. */
	uint32_t nb_ever_used;
	uint32_t free_head;
	uint32_t free_tail;
	/* Counters that are destroyed, but have units granted: in the order of looking at them. */
	uint32_t first_ghost;
	uint32_t last_ghost;
	uint32_t nb_ghosts;

	/** {generation, holders}, see round.c. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) round;
	/** What each asker wants drained. Who reads the word above reads that of the first next. */
	RATION_ATOMIC(uint32_t) targets[RATION_ASKERS_MAX];

	/** Who has each asker's bit; 0: nobody. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) askers[RATION_ASKERS_MAX];

	/**
	 * Threads without slot that are walking the tree, and take-overs, in the lower half; in the
	 * upper half how many there ever were. New ones count in the word that the lowest bit of
	 * `phase` names; a grace period waits for the other one.
	 */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) inflight[2];
	RATION_ATOMIC(uint32_t) phase;

	/** Members that may hold stock, a bit each, and how many places were ever used. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) online[RATION_LCORES_MAX / 64];
	RATION_ATOMIC(uint32_t) nb_members;

	struct member members[];
};

/** Members that may hold stock. */
static inline uint32_t
ration_nb_online(const struct ration_domain *d)
{
	uint32_t i, nb = 0;

	for (i = 0; i < RTE_DIM(d->online); i++)
		nb += (uint32_t)__builtin_popcountll(ration_load(&d->online[i], relaxed));
	return nb;
}

/** Walks without slot so far: it changes whenever there is one. */
static inline uint64_t
ration_slotless_walks(const struct ration_domain *d)
{
	return ration_load(&d->inflight[0], seq_cst) + ration_load(&d->inflight[1], seq_cst);
}

/* ------------------------------------------------------- finding one's way */

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

/** The counter at a depth on the way from the root (0) to c (its own depth). */
static inline struct counter *
ration_level(const struct ration_domain *d, struct counter *c, uint32_t depth)
{
	return depth == c->depth ? c : ration_counter_at(d, c->ancestors[depth]);
}

static inline uint32_t
ration_parent_index(const struct counter *c)
{
	return c->depth == 0 ? RATION_INDEX_NONE : c->ancestors[c->depth - 1];
}

/** Whether c is `top` or stands below it. */
static inline bool
ration_is_below(const struct ration_domain *d, const struct counter *c, uint32_t top)
{
	uint32_t depth = ration_counter_at(d, top)->depth;

	if (c->depth > depth)
		return c->ancestors[depth] == top;
	return ration_index_of(d, c) == top;
}

static inline struct ration_domain *
ration_domain_of(const struct ration_lcore *lc)
{
	return (struct ration_domain *)((uintptr_t)lc + (uintptr_t)lc->domain_offset);
}

/** A member's block, or NULL if that place was never used. */
static inline struct ration_lcore *
ration_block(const struct ration_domain *d, const struct member *m)
{
	/* Acquire: pairs with the release in ration_lcore_join(). */
	int64_t offset = ration_load(&m->block_offset, acquire);

	if (offset == 0)
		return NULL;
	return (struct ration_lcore *)((uintptr_t)d + (uintptr_t)offset);
}

static inline struct member *
ration_member_of(const struct ration_lcore *lc)
{
	return &ration_domain_of(lc)->members[lc->slot_id];
}

/**
 * Ledger of an lcore: per counter, what went into its stock minus what came back, so that over all
 * lcores it adds up to what is charged to the counter itself. Written on the slow path only.
 */
static inline RATION_ATOMIC(int64_t) *
ration_ledger(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(int64_t) *)((uintptr_t)lc + offsetof(struct ration_lcore, slots) +
					  (size_t)lc->nb_slots * sizeof(struct ration_slot) +
					  RATION_RED_ZONE);
}

/** One bit per counter: set while its slot has a cap. Written on the slow path only. */
static inline RATION_ATOMIC(uint64_t) *
ration_active(const struct ration_lcore *lc)
{
	return (RATION_ATOMIC(uint64_t) *)((uintptr_t)ration_ledger(lc) +
					   (size_t)lc->nb_slots * sizeof(int64_t) +
					   RATION_RED_ZONE);
}

/** What is asked for at one moment. */
struct round_view {
	uint32_t gen;
	uint32_t nb_targets;
	bool everything; /**< Too much is asked for or changing: drain all, which covers it. */
	uint32_t targets[RATION_ASKERS_MAX + RATION_MAILBOX_SIZE + RATION_WANTED_MAX];
};

/** A drain of an lcore's slots, which may take several quiescent points. */
struct pass {
	struct round_view view; /**< As it was when the pass began. */
	uint32_t covered; /**< A counter that the view covers with all below it, or none. */
	uint32_t next; /**< Slot to look at next. */
	bool running;
};

/**
 * Returns of many counters, added up per parent so that a parent is touched once. Kept where others
 * can see it, should its process die.
 */
struct upward {
	/** Index + 1, or 0. Changed in the order of the program, for who finds it after a death. */
	RATION_ATOMIC(uint32_t) at[RATION_DEPTH_MAX];
	uint64_t units[RATION_DEPTH_MAX];
};

/** What the owner of an lcore remembers from one call to the next. */
struct workspace {
	/** Index + 1 of the counter that a walk has begun to change; for repair.c. */
	RATION_ATOMIC(uint32_t) walking;
	struct upward up;
	struct pass pass;
	uint64_t caps; /**< Sum of the caps of its slots: the most it can hide. */
	uint64_t idle_since; /**< TSC up to which the search for idle stock is done. */
	uint32_t idle_next; /**< Slot to look at next in that search; a multiple of 64. */
};

/** Workspace of an lcore, behind its bitmap. */
static inline struct workspace *
ration_workspace(const struct ration_lcore *lc)
{
	return (struct workspace *)((uintptr_t)ration_active(lc) + lc->nb_slots / 8 +
				    RATION_RED_ZONE);
}

/* ------------------------------------------------------------------ handle */

static inline ration_counter_t
ration_handle(const struct ration_domain *d, uint32_t index)
{
	uint32_t gen = ration_load(&ration_counter_at(d, index)->gen, relaxed);

	return (uint64_t)ration_tag(gen) << 32 | index;
}

/** The counter of a handle, or NULL if the handle is stale. */
static inline struct counter *
ration_resolve(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t index = (uint32_t)handle;
	struct counter *c;

	if (index >= d->max_counters)
		return NULL;
	c = ration_counter_at(d, index);
	/* Acquire: pairs with the release of counter_publish(), so that what it says is there. */
	if (!(ration_load(&c->flags, acquire) & COUNTER_IN_USE))
		return NULL;
	if (ration_tag(ration_load(&c->gen, relaxed)) != (uint32_t)(handle >> 32))
		return NULL;
	return c;
}

/* ---------------------------------------------------------- small writes */

/** Add to one of an lcore's own statistics. */
static inline void
ration_stat_add(struct ration_lcore *lc, RATION_ATOMIC(uint64_t) *stat, uint64_t n)
{
	if (unlikely(lc->flags & RATION_LCORE_SLOTLESS))
		ration_fetch_add(stat, n, relaxed);
	else /* A single writer needs no locked add. */
		ration_store(stat, ration_load(stat, relaxed) + n, relaxed);
}

/** Note that n units went into (or, negative, came back from) this lcore's part of a counter. */
static inline void
ration_ledger_add(struct ration_lcore *lc, uint32_t index, int64_t n)
{
	RATION_ATOMIC(int64_t) *entry;

	if (lc->flags & RATION_LCORE_SLOTLESS) {
		entry = &ration_counter_at(ration_domain_of(lc), index)->ledger;
		ration_fetch_add(entry, n, relaxed);
		return;
	}
	entry = &ration_ledger(lc)[index];
	/* Release: in the order of the program, for who finds it after a death. */
	ration_store(entry, ration_load(entry, relaxed) + n, release);
}

/** Set a slot and its active bit; cap 0 makes it inactive. */
static inline void
ration_slot_set(struct ration_lcore *lc, uint32_t index, uint32_t gen, uint32_t stock, uint32_t cap)
{
	RATION_ATOMIC(uint64_t) *word = &ration_active(lc)[index / 64];
	uint64_t bits = ration_load(word, relaxed);
	uint64_t bit = UINT64_C(1) << (index % 64);
	uint32_t limit = ration_limit(ration_tag(gen), cap);

	ration_workspace(lc)->caps +=
		cap - (uint64_t)ration_limit_cap(ration_load(&lc->slots[index].limit, relaxed));
	if (cap == 0)
		ration_store(word, bits & ~bit, relaxed);
	else if (!(bits & bit))
		ration_store(word, bits | bit, relaxed);
	ration_store(&lc->slots[index].stock, stock, relaxed);
	ration_store(&lc->slots[index].limit, cap == 0 ? 0 : limit, relaxed);
}

/* ------------------------------------------------- domain.c: process-local */

/** What each process keeps of a domain for itself. */
struct local {
	struct ration_domain *domain;
	RATION_ATOMIC(uint64_t) log_next; /**< TSC from which on the next warning is written. */
	RATION_ATOMIC(uint32_t) nb_unlogged; /**< Warnings that were not, since the last. */
	uint64_t creation; /**< Of the domain that the rest is about. */
	bool observed; /**< This process has mapped it read-only. */
	/** tree_version at which a change was not waited for any longer; 0: none. */
	RATION_ATOMIC(uint32_t) stuck;
	/** member::block_offset of blocks that were found where it says. */
	RATION_ATOMIC(int64_t) blocks[RATION_LCORES_MAX];
	struct rte_hash *paths; /**< {parent, name} to index. */
	struct rte_rcu_qsbr *qsbr; /**< The application's readers, or NULL. */
	/** Held over a whole create, destroy or set_max, drains included. */
	rte_ticketlock_t control;
	/** Held for moments: links, names and the path table. */
	rte_ticketlock_t tree;
};

/** Whether a warning about a domain may be written now: once a second. Not for the data path. */
bool ration_log_is_due(struct ration_domain *d, uint32_t *unlogged);

/** Write one if so. The format is a literal. */
#define RATION_LOG_LIMITED(d, fmt, ...)                                                            \
	do {                                                                                       \
		uint32_t unlogged_;                                                                \
		if (ration_log_is_due(d, &unlogged_))                                              \
			RATION_LOG(WARNING, "domain %s: " fmt " (%u more warnings before)",        \
				   (d)->name, __VA_ARGS__, unlogged_);                             \
	} while (0)

struct local *ration_local(const struct ration_domain *d);

struct rte_memzone;

/** Find a domain and enter it into the table. @return as ration_domain_lookup(); its memzone */
struct ration_domain *ration_domain_attach(const char *name, const struct rte_memzone **mz);

/** Change links and names of the tree: begin and end. Primary process only. */
void ration_tree_lock(struct ration_domain *d);

void ration_tree_unlock(struct ration_domain *d);

/** Read links and names: begin. @return a token for ration_tree_retry() */
uint32_t ration_tree_read(const struct ration_domain *d);

/** End. @return whether the tree has changed meanwhile, so that it must be read again */
bool ration_tree_retry(const struct ration_domain *d, uint32_t token);

/** Take the control lock; serve the caller's mailboxes meanwhile, so that its holder is not stuck.
 */
void ration_control_lock(struct ration_domain *d);

void ration_control_unlock(struct ration_domain *d);

/** Bytes for the name of a memzone. The longest is shorter than RTE_MEMZONE_NAMESIZE. */
#define RATION_ZONE_NAMESIZE 40

/** Name of the memzone of an lcore's block. */
void ration_block_zone_name(char *name, const struct ration_domain *d, uint32_t slot_id);

/** Bytes of the block of an lcore. */
size_t ration_block_size(uint32_t max_counters, bool slotless);

/** Have nobody touch the memory between the parts of a block. */
void ration_block_poison(struct ration_lcore *lc);

/** Set up a cleared block. */
void ration_block_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t slot_id,
		       uint32_t flags);

/* -------------------------------------------------------------- counter.c */

/** Make the root in an empty domain. */
void ration_counter_init_root(struct ration_domain *d, uint64_t max);

/** When a control call that begins now gives up. */
uint64_t ration_deadline(const struct ration_domain *d);

/** Change flags, so that walks which begin afterwards see it. */
void ration_change_flags(struct counter *c, uint32_t set, uint32_t clear);

/** Set the most that one lcore can hold in stock of a counter. */
void ration_set_cap_bound(struct ration_domain *d, struct counter *c, uint32_t bound);

/** A counter has lost its last child: it may be charged like a leaf again. */
void ration_enable_stock(struct ration_domain *d, struct counter *c);

/* ---------------------------------------------------------------- links.c */

void ration_link_child(struct ration_domain *d, uint32_t parent, uint32_t index);

void ration_unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index);

/** Have nobody touch the places of counters in a domain without counters, nor what is between. */
void ration_places_poison(struct ration_domain *d);

/** The index that has been free longest, so that stale handles are found out. Or none. */
uint32_t ration_take_index(struct ration_domain *d);

void ration_return_index(struct ration_domain *d, uint32_t index);

/* ---------------------------------------------------------------- grace.c */

/**
 * Wait until every walk that was under way has ended. *stuck, unless NULL, is set to the place of
 * the lcore that did not, to RATION_INDEX_NONE if it was a thread without slot.
 * @return 0 or -ETIMEDOUT
 */
int ration_grace(struct ration_domain *d, uint64_t deadline, uint32_t *stuck);

/** Wait until the application's own readers have passed a quiescent state. As ration_grace(). */
int ration_grace_readers(struct ration_domain *d, uint64_t deadline);

/* -------------------------------------------------------------- destroy.c */

/** Bury destroyed counters whose units have come back: some, or all. */
void ration_bury_ghosts(struct ration_domain *d, bool all);

/* ------------------------------------------------------------ hierarchy.c */

/** Smallest max - usage from c to the root; 0 if a level is over its limit. */
uint64_t ration_hier_margin(const struct ration_domain *d, struct counter *c);

/** Charge n to c and its ancestors. On -EDQUOT *failed is the lowest level without room. */
int ration_hier_charge(struct ration_domain *d, struct counter *c, uint64_t n,
		       struct counter **failed);

/** Charge n whatever the limits say. @return 0, or -EOVERFLOW. *over: a limit was passed. */
int ration_hier_force(struct ration_domain *d, struct counter *c, uint64_t n, bool *over);

/** Give n back to c and its ancestors. @return 0, or -ERANGE if less was charged to c itself. */
int ration_hier_uncharge(struct ration_domain *d, struct counter *c, uint64_t n);

/* ---------------------------------------------------------------- stock.c */

/** Say that the caller walks the tree; a full fence. Pairs with ration_grace(). @return a token */
uint32_t ration_walk_begin(struct ration_lcore *lc);

/** Say that the walk of this token is over. */
void ration_walk_end(struct ration_lcore *lc, uint32_t token);

/**
 * One try to charge: nothing is counted, nobody is asked. *failed: after -EDQUOT the lowest level
 * that lacks room. @return as ration_try_charge()
 */
int ration_attempt(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t *failed);

/** Count a refused charge to c at the level that lacked room. */
void ration_refuse(struct ration_lcore *lc, ration_counter_t c, uint32_t failed);

/* ---------------------------------------------------------------- round.c */

/** Open the gate for a target. @return the asker's number, or -EAGAIN if all are taken. */
int ration_round_open(struct ration_domain *d, uint32_t target, uint32_t *gen);

void ration_round_close(struct ration_domain *d, int asker);

/** Read generation and targets of the running round. */
void ration_round_look(struct ration_domain *d, struct round_view *view);

/** Whether a view covers a counter. */
bool ration_round_covers(const struct ration_domain *d, const struct round_view *view,
			 const struct counter *c);

/** Whether the gate is set for a counter. To be read afresh on every cold path. */
bool ration_round_gated(const struct ration_domain *d, const struct counter *c);

/* ---------------------------------------------------------------- serve.c */

/** Give back the stock of one slot, and make it inactive. Within a walk. */
uint64_t ration_give_back_slot(struct ration_lcore *lc, uint32_t index);

/** Give back an lcore's stock of the counters that a view covers. Whoever owns its slots. */
uint64_t ration_give_back(struct ration_lcore *lc, const struct round_view *view);

/** Serve all that is asked for now, however long it takes. Owner only. */
void ration_serve_fully(struct ration_lcore *lc);

/* ----------------------------------------------------------------- idle.c */

/** Look for stock that is not used. Owner only. */
void ration_idle(struct ration_lcore *lc);

/** Begin to look for idle stock. */
void ration_idle_begin(struct ration_lcore *lc);

/** Whether a slot of a counter of generation gen was put to sleep. */
bool ration_slot_sleeps(const struct ration_slot *s, uint32_t gen);

/** Put a slot to sleep, or wake it. */
void ration_slot_turn(struct ration_slot *s);

/* ----------------------------------------------------------------- want.c */

/** Have an lcore look at the round, and at a counter by its index. Never waits. */
void ration_call(struct ration_lcore *lc, uint32_t index);

/** Ask all lcores, after a refusal, to give back what they hide below a counter. Never waits. */
void ration_want(struct ration_lcore *lc, const struct counter *failed);

/* ---------------------------------------------------------------- lcore.c */

/** Serve the mailboxes of all slots of the calling thread, in all domains. */
void ration_serve_own(void);

/** Make the memory of a place that never had one. @return NULL with rte_errno */
struct ration_lcore *ration_make_block(struct ration_domain *d, uint32_t slot_id, int socket_id);

/** Set or clear the bit that says that a member may hold stock. */
void ration_set_online(struct ration_domain *d, uint32_t slot_id, bool online);

/** Whether a thread of this process owns a member. */
bool ration_member_is_ours(const struct member *m);

/** Whether the calling thread owns a member and has it online. */
bool ration_member_is_mine(const struct member *m);

/** Whether the calling thread may use an lcore's stock now: it is its owner, and online. */
bool ration_lcore_is_usable(const struct ration_lcore *lc);

#endif /* RATION_PVT_H_ */
