/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_WORLD_H_
#define TEST_EXPLORE_WORLD_H_

/**
 * @file
 * A domain under exploration, and books that are independent of the library: granted units, and the
 * current operation of each fiber. The auditor compares the two.
 */

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"
#include "ration_pvt.h"

/** Counters of a domain, the root included. */
#define WORLD_COUNTERS 8
/** Maximum number of operations in a schedule. */
#define WORLD_OPS 256
/** Maximum number of holdings that pass from one fiber to another. */
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
	OP_REGISTER,
	OP_OFFLINE,
	OP_ONLINE,
	OP_UNREGISTER,
	OP_CREATE,
	OP_DESTROY,
	OP_SET_MAX,
	OP_REAP,
	OP_OTHER, /**< Not followed by the books while it runs. */
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
	bool tight; /**< At some moment of the call, a level lacked room for n. */
	uint32_t limits; /**< Number of limit changes before its start. */
	uint32_t walks; /**< Writes to usage of the root. */
	uint32_t shared_writes; /**< Writes to counters. */
	uint32_t requests; /**< Writes to lcore areas of others. */
};

/** A counter in the books; its index is the library's. */
struct entry {
	bool known;
	bool destroyed; /**< With units granted. */
	bool over; /**< over_max_ok: forced, or max was lowered. */
	uint32_t parent; /**< RATION_INDEX_NONE for the root. */
	uint32_t batch; /**< Largest batch or batch_max so far. */
	uint64_t granted; /**< Units charged to the counter itself by completed operations. */
	uint64_t leak; /**< Most units that deaths may have left charged to it. */
	uint64_t usage; /**< At the last audit. */
	uint32_t destroys; /**< Number of attempts to destroy it. */
	uint64_t refused; /**< Charges that returned -EDQUOT. */
};

/** State seen by an exact charge when it read usage of a level. */
struct sight {
	bool valid;
	uint64_t max; /**< As the charge last read it. */
	uint64_t usage;
	uint64_t granted; /**< Below the level, by completed operations. */
	uint64_t stock; /**< Below the level. */
	uint32_t op[EXPLORE_FIBERS]; /**< Unfinished operations of others below it: number + 1. */
};

/** A refusal that must be exact. */
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
	ration_counter_t c[WORLD_COUNTERS]; /**< Indexed by the scenario's number. */
	struct entry at[WORLD_COUNTERS]; /**< Indexed by the library's index. */
	struct op op[WORLD_OPS];
	uint32_t nb_ops;
	uint32_t doing[EXPLORE_FIBERS]; /**< Number of the current operation + 1, or 0. */
	struct sight sight[EXPLORE_FIBERS][WORLD_COUNTERS];
	struct refusal refusal[WORLD_REFUSALS];
	uint32_t nb_refusals;
	uint32_t limits; /**< Number of limit changes, started or ended. */
	uint32_t changing; /**< Number of limit changes in progress. */
	bool unreaped; /**< A fiber has died and was not reaped yet. */
	uint32_t deaths;
	bool price; /**< Check P9: no room comes back, and one level lacks it. */
	uint32_t asked; /**< Fibers that have requested stock in this quiescent interval. */
	bool bursts; /**< There was a burst: its refusals have no reasons. */
	/** Units of the burst that a fiber charges or uncharges now, by the library's index. */
	uint64_t in_burst[EXPLORE_FIBERS][WORLD_COUNTERS];
	uint64_t round; /**< The round word at the last audit. */
	uint32_t gen_of[RATION_DRAINERS_MAX]; /**< Round number that a drainer opened. */
	uint32_t rollbacks[WORLD_COUNTERS];
	struct holding pool[WORLD_POOL];
	uint32_t nb_pool;
	uint32_t working; /**< Fibers that have not finished, as bits. */
	uint32_t note; /**< Free for the scenarios. */
};

extern struct world *w;

/** Create the domain and the books. NULL: default parameters. */
void world_create(const struct ration_domain_params *params);

/** Create counter number `which` below number `below` (UINT32_MAX: below the root). */
void world_counter(uint32_t which, uint32_t below, uint64_t max, uint32_t batch, uint32_t flags);

/** Register a fiber, before the schedules start. */
void world_member(uint32_t fiber);

/** The calling fiber's lcore, or the one that threads without registration share. */
struct ration_lcore *world_lcore(void);

int world_charge(uint32_t which, uint64_t n);
int world_force(uint32_t which, uint64_t n);
int world_sync(uint32_t which, uint64_t n, uint32_t timeout_us);
void world_uncharge(uint32_t which, uint64_t n);
/** Uncharge with a handle that may be stale. @return as ration_uncharge() */
int world_uncharge_handle(ration_counter_t c, uint64_t n);
int world_drain(uint32_t which, uint32_t timeout_us);
void world_quiescent(void);
struct ration_lcore *world_register(void);
void world_offline(void);
void world_online(void);
void world_unregister(void);
int world_create_below(uint32_t which, uint32_t below, uint64_t max, uint32_t batch);
int world_destroy(uint32_t which, uint32_t flags);
int world_set_max(uint32_t which, uint64_t max, uint32_t flags);
void world_set_batch(uint32_t which, uint32_t batch);
void world_set_batch_max(uint32_t which, uint32_t batch_max);
int world_reap(uint32_t timeout_us);

/** Uncharge a burst; packet i belongs to counter which[i]. */
void world_uncharge_burst(const uint32_t *which, const uint32_t *n, uint16_t nb);

/** Charge a burst; packet i belongs to counter which[i]. @return number granted */
uint32_t world_charge_burst(const uint32_t *which, const uint32_t *n, uint16_t nb,
			    uint8_t *granted);

/** Start and end an operation that the books do not follow. */
uint32_t world_begin_other(void);
void world_end_other(uint32_t number);

/** Mark the calling fiber as finished, serve until all fibers have finished, and go offline. */
void world_finish(void);
/** Only mark the fiber as finished: for a fiber that does not serve requests. */
void world_done(void);
/** Whether a live fiber has not finished. */
bool world_is_working(void);

/** Put units into the pool; give them back if it is full. */
void world_share(uint32_t which, uint64_t n);
/** Give back units of the pool. @return whether there were any */
bool world_return_shared(void);

/** Whether counter i is `top` or below it, according to the books. */
bool world_is_below(uint32_t i, uint32_t top);

/** Units below `top` granted by completed operations. */
uint64_t world_granted(uint32_t top);

/** Units below `top` in stock, on all lcores. */
uint64_t world_stock(uint32_t top);

/** Current operation of a fiber, or NULL. */
struct op *world_op(uint32_t fiber);

/** Whether a fiber is in an operation of a kind. */
bool world_does(enum op_kind kind);

#endif /* TEST_EXPLORE_WORLD_H_ */
