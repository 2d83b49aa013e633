/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_SOAK_H_
#define TEST_SOAK_H_

/**
 * @file
 * A tree that changes at random while lcores make random calls, and a book of the granted units.
 *
 * The book has for each counter the number of units held there and below. An lcore enters units
 * after they were granted, and removes them before it gives them back: so the book never exceeds
 * the granted units, and must never exceed a limit (P1). When all lcores stand still the book has
 * exactly the granted units, and usage must be the book plus the stock (P2). The book does not use
 * the library's ledgers.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ticketlock.h>

#include <ration.h>

#include "prng.h"

#define SOAK_WORKERS 7
/** Maximum number of guest threads at one time: more than there can be lcore ids. */
#define SOAK_GUESTS (RTE_MAX_LCORE + 12)
/** Members of the domain: fewer than guests, so that some guests stay without registration. */
#define SOAK_MEMBERS 24
#define SOAK_ENTRIES 40
#define SOAK_HELD 64
#define SOAK_POOL 512
#define SOAK_STALE 64
#define SOAK_MINUTE 60000000u

/** Units that a thread holds. */
struct holding {
	uint32_t which;
	uint32_t n;
	ration_counter_t c;
};

/** A counter in the book. */
struct entry {
	/**
	 * RATION_COUNTER_NONE: not to be charged, because the counter does not exist or is
	 * destroyed.
	 */
	RATION_ATOMIC(uint64_t) handle;
	/** The handle from its creation; RATION_COUNTER_NONE: the entry is free. */
	ration_counter_t made;
	int parent; /**< -1 for the root. */
	uint32_t serial; /**< Part of its name. */
	uint64_t max; /**< As set by the main lcore. */
	RATION_ATOMIC(uint64_t) held; /**< Here and below. */
	/** From now on no grant may bring `held` above this plus `forced`. */
	RATION_ATOMIC(uint64_t) ceiling;
	/** Units charged by force since the last stop, here and below. */
	RATION_ATOMIC(uint64_t) forced;
};

/** Counts of events; a run that has missed an event has tested less. */
enum soak_event {
	SOAK_GRANTED,
	SOAK_REFUSED,
	SOAK_FORCED,
	SOAK_SYNC_GRANTED,
	SOAK_SYNC_REFUSED,
	SOAK_HANDED_OVER,
	SOAK_CHECKED, /**< P1 was checked while all lcores ran. */
	SOAK_DRAINED,
	SOAK_DRAIN_TIMED_OUT,
	SOAK_OFFLINE,
	SOAK_LEAVING,
	SOAK_UNREGISTERED,
	SOAK_GUEST,
	SOAK_BEYOND_LCORES, /**< A thread that got no lcore id from EAL. */
	SOAK_BEYOND_MEMBERS, /**< A thread that got no member entry of the domain. */
	SOAK_CREATED,
	SOAK_DESTROYED,
	SOAK_DESTROY_REFUSED,
	SOAK_OFFLINE_COUNTER, /**< Destroyed with units granted: an offline counter. */
	SOAK_OFFLINE_RELEASED,
	SOAK_CLAMPED, /**< A limit was lowered below usage. */
	SOAK_STRICT,
	SOAK_STRICT_REFUSED,
	SOAK_EVENTS
};

struct soak;

/** A thread that charges: a worker, a guest, or the main lcore. */
struct player {
	struct soak *s;
	struct ration_lcore *lc;
	struct prng prng;
	struct holding held[SOAK_HELD];
	uint32_t nb_held;
	/** Number of completed phases. */
	RATION_ATOMIC(uint32_t) finished;
	RATION_ATOMIC(uint64_t) events[SOAK_EVENTS];
};

struct soak {
	struct ration_domain *d;
	struct entry book[SOAK_ENTRIES];
	/** Odd while a ceiling is being changed. */
	RATION_ATOMIC(uint32_t) epoch;
	/** Handles of counters that were freed; the oldest is overwritten. */
	ration_counter_t stale[SOAK_STALE];
	uint32_t nb_stale;
	/** A counter that is never charged. */
	ration_counter_t nothing;
	/** Lcores give unused stock back at each quiescent point. */
	bool gives_idle_back;
	/** Whether there are forced charges in this phase. */
	bool by_force;
	uint32_t serial;
	/** Holdings that are handed to another thread. */
	rte_ticketlock_t pool_lock;
	struct holding pool[SOAK_POOL];
	uint32_t nb_pool;
	/** The last one is the main lcore. */
	struct player workers[SOAK_WORKERS + 1];
	struct player guests[SOAK_GUESTS];
	/** Number of guests expected and arrived: they wait for each other. */
	RATION_ATOMIC(uint32_t) nb_invited;
	RATION_ATOMIC(uint32_t) nb_come;
	/** Bursts of each worker in this phase. */
	uint32_t bursts;
	/** Number of phases started; UINT32_MAX: the end. */
	RATION_ATOMIC(uint32_t) phase;
	RATION_ATOMIC(uint32_t) wrong;
	char error[240];
};

/* ------------------------------------------------------------- soak_book.c */

/** Record an error; the first one is kept. */
void soak_log_error(struct soak *s, const char *format, ...) __rte_format_printf(2, 3);

void soak_count(struct player *p, enum soak_event event);

/** Enter granted units. `epoch` is its value before the charge. */
void soak_hold(struct player *p, const struct holding *h, uint32_t epoch);

/** Remove units that are about to be given back. */
void soak_let_go(struct soak *s, const struct holding *h);

/** Record units that are about to be charged by force. */
void soak_note_force(struct soak *s, uint32_t which, uint64_t n);

/** Check the limits while all lcores run. Main lcore. */
void soak_check_running(struct soak *s);

/** No lcore runs: check that all units are accounted for, and start a new period. Main lcore. */
void soak_check_stopped(struct soak *s);

/* ------------------------------------------------------------- soak_tree.c */

/** Create the domain. @return 0, or -1 after a message */
int soak_make(struct soak *s, uint64_t seed);

/** Make a random change of the tree. Main lcore. */
void soak_change(struct soak *s);

/** Free the entries of destroyed counters whose last unit has come back. */
void soak_forget_offline(struct soak *s);

/** Destroy all counters, and free the domain. */
void soak_unmake(struct soak *s);

/* ----------------------------------------------------------- soak_player.c */

/** Charge, uncharge, hand over or drain, at random. */
void soak_play(struct player *p, uint32_t operations);

/** Charge some units of a counter, if it exists, and keep them for a while. */
void soak_charge(struct player *p, uint32_t which);

/** Drain a random counter. */
void soak_drain(struct player *p);

/** Give all units back. */
void soak_give_all_back(struct player *p);

/** Give back the units in the pool. */
void soak_empty_pool(struct player *p);

/**
 * Start the workers; start a phase; check whether all have completed it; end the workers. Main
 * lcore.
 */
int soak_start(struct soak *s, uint64_t seed);

void soak_start_phase(struct soak *s, uint32_t bursts);

bool soak_is_still(const struct soak *s);

int soak_end(struct soak *s);

/** Start a number of guest threads at the same time, and wait for their end. */
void soak_invite(struct soak *s, uint32_t nb);

#endif /* TEST_SOAK_H_ */
