/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_WORLD_H_
#define TEST_EXPLORE_WORLD_H_

/**
 * @file
 * A domain under exploration, and books of it that are kept apart from the library's: what is
 * granted, what every fiber is doing. The auditor compares the two.
 */

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"
#include "ration_pvt.h"

/** Counters of a domain, the root included. */
#define WORLD_COUNTERS 8
/** Operations of a schedule. */
#define WORLD_OPS 256
/** Units that go from one fiber to another. */
#define WORLD_POOL 8
#define WORLD_REFUSALS 24

enum op_kind {
	OP_NONE,
	OP_CHARGE,
	OP_FORCE,
	OP_SYNC,
	OP_UNCHARGE,
	OP_DRAIN,
	OP_QUIESCENT,
	OP_ONLINE,
	OP_OFFLINE,
	OP_RESUME,
	OP_LEAVE,
	OP_CREATE,
	OP_DESTROY,
	OP_SET_MAX,
	OP_SWEEP,
	OP_OTHER, /**< What the books do not follow while it is under way. */
	OP_KINDS
};

enum op_state {
	OP_RUNNING,
	OP_GRANTED,
	OP_REFUSED,
	OP_DIED
};

/** A call of a fiber. */
struct op {
	enum op_kind kind;
	enum op_state state;
	uint32_t fiber;
	uint32_t index; /**< Counter. */
	uint64_t n;
	bool tight; /**< At some moment of it, a level lacked room for n. */
	uint32_t limits; /**< Changes of limits before it began. */
};

/** A counter as the books have it; its index is the library's. */
struct entry {
	bool known;
	bool destroyed; /**< With units granted. */
	bool over; /**< Usage may be above max: forced, or max was lowered. */
	uint32_t parent; /**< RATION_INDEX_NONE for the root. */
	uint32_t batch; /**< The largest it ever had. */
	uint64_t granted; /**< To itself, by operations that have ended. */
	uint64_t leak; /**< What a death may have left charged to it, at the most. */
	uint64_t usage; /**< When the auditor looked last. */
	uint32_t destroys; /**< Attempts to destroy it. */
};

/** What an exact charge saw when it read usage of a level. */
struct sight {
	bool valid;
	uint64_t max, usage;
	uint64_t granted; /**< Below the level, by operations that had ended. */
	uint64_t stock; /**< Below the level. */
	uint32_t op[EXPLORE_FIBERS]; /**< Those of others below it that had not: number + 1. */
};

/** A refusal that is to be exact. */
struct refusal {
	uint64_t n;
	uint32_t nb;
	struct sight sight[RATION_DEPTH_MAX + 1];
};

struct holding {
	uint32_t which;
	ration_counter_t c;
	uint64_t n;
};

struct world {
	struct ration_domain *d;
	ration_counter_t c[WORLD_COUNTERS]; /**< By the scenario's number. */
	struct entry at[WORLD_COUNTERS]; /**< By the library's index. */
	struct op op[WORLD_OPS];
	uint32_t nb_ops;
	uint32_t doing[EXPLORE_FIBERS]; /**< Number of its operation + 1, or 0. */
	struct sight sight[EXPLORE_FIBERS][WORLD_COUNTERS];
	struct refusal refusal[WORLD_REFUSALS];
	uint32_t nb_refusals;
	uint32_t limits; /**< Changes of limits, begun or ended. */
	uint32_t changing; /**< Changes of limits under way. */
	bool unswept; /**< Somebody has died, and nobody has swept since. */
	uint32_t deaths;
	uint64_t round; /**< The word when the auditor looked last. */
	uint32_t gen_of[RATION_ASKERS_MAX]; /**< Generation with which an asker opened. */
	uint32_t undone[WORLD_COUNTERS];
	struct holding pool[WORLD_POOL];
	uint32_t nb_pool;
	uint32_t working; /**< Fibers that have not finished, as bits. */
	uint32_t note; /**< For the scenarios. */
};

extern struct world *w;

/** Make the domain and the books. NULL: what most scenarios want. */
void world_create(const struct ration_domain_params *params);

/** Make counter number `which` below number `below` (UINT32_MAX: below the root). */
void world_counter(uint32_t which, uint32_t below, uint64_t max, uint32_t batch, uint32_t flags);

/** Have a fiber join, before the schedules begin. */
void world_member(uint32_t fiber);

/** The calling fiber's lcore, or the one for threads without slot. */
struct ration_lcore *world_lcore(void);

int world_charge(uint32_t which, uint64_t n);
int world_force(uint32_t which, uint64_t n);
int world_sync(uint32_t which, uint64_t n, uint32_t timeout_us);
void world_uncharge(uint32_t which, uint64_t n);
/** With a handle that may be stale. @return as ration_uncharge() */
int world_uncharge_handle(ration_counter_t c, uint64_t n);
int world_drain(uint32_t which, uint32_t timeout_us);
void world_quiescent(void);
struct ration_lcore *world_online(void);
void world_offline(void);
void world_resume(void);
void world_leave(void);
int world_create_below(uint32_t which, uint32_t below, uint64_t max, uint32_t batch);
int world_destroy(uint32_t which, uint32_t flags);
int world_set_max(uint32_t which, uint64_t max, uint32_t flags);
void world_set_batch(uint32_t which, uint32_t batch);
int world_sweep(uint32_t timeout_us);

/** Charge a burst, of which i is of counter which[i]. @return how many were granted */
uint32_t world_charge_burst(const uint32_t *which, const uint32_t *n, uint16_t nb,
			    uint8_t *granted);

/** Begin and end something that the books do not follow. */
uint32_t world_begin_other(void);
void world_end_other(uint32_t number);

/** Say that the calling fiber has done its part, serve until all have, and park. */
void world_finish(void);
/** Say so only: for a fiber without mailbox. */
void world_done(void);
/** Whether some fiber that is alive has not said so. */
bool world_is_working(void);

/** Put units into the pool; give them back if it is full. */
void world_share(uint32_t which, uint64_t n);
/** Give back units of the pool. @return whether there were some */
bool world_return_shared(void);

/** Whether counter i is `top` or below it, as the books have it. */
bool world_is_below(uint32_t i, uint32_t top);

/** Granted by operations that have ended, below `top`. */
uint64_t world_granted(uint32_t top);

/** In stock, on all lcores, below `top`. */
uint64_t world_stock(uint32_t top);

/** The operation that a fiber is in, or NULL. */
struct op *world_op(uint32_t fiber);

/** Whether a fiber is in an operation of a kind. */
bool world_does(enum op_kind kind);

#endif /* TEST_EXPLORE_WORLD_H_ */
