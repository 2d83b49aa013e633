/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_SOAK_H_
#define TEST_SOAK_H_

/**
 * @file
 * A tree that changes at random under lcores that do everything at random, and a book beside it.
 *
 * The book says for each counter how many units are held there and below. Who is granted units
 * enters them afterwards, and strikes them out before giving them back: so the book is never above
 * what is granted, and may never be above a limit (P1). Whenever all stand still it is exactly what
 * is granted, and usage must be that and the stock (P2). The library's ledgers have no part in it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ticketlock.h>

#include <ration.h>

#include "prng.h"

#define SOAK_WORKERS 7
/** Threads that come and go at once: more than there can be lcore ids. */
#define SOAK_GUESTS (RTE_MAX_LCORE + 12)
/** Members of the domain: fewer than guests, so that some stay without. */
#define SOAK_MEMBERS 24
#define SOAK_ENTRIES 40
#define SOAK_HELD 64
#define SOAK_POOL 512
#define SOAK_GONE 64
#define SOAK_MINUTE 60000000u

/** Units that somebody holds. */
struct holding {
	uint32_t which;
	uint32_t n;
	ration_counter_t c;
};

/** A counter in the book. */
struct entry {
	/** RATION_COUNTER_NONE: not to be charged, for it is not there, or destroyed. */
	RATION_ATOMIC(uint64_t) handle;
	/** The handle that it was made with; RATION_COUNTER_NONE: the entry is free. */
	ration_counter_t made;
	int parent; /**< -1 for the root. */
	uint32_t serial; /**< Its name. */
	uint64_t max; /**< As the main lcore has set it. */
	RATION_ATOMIC(uint64_t) held; /**< Here and below. */
	/** Nothing that is granted from now on may bring `held` above that and `forced`. */
	RATION_ATOMIC(uint64_t) ceiling;
	/** Units charged by force since the last stop, here and below. */
	RATION_ATOMIC(uint64_t) forced;
};

/** How often what was reached; a run that has missed something has proved less. */
enum soak_event {
	SOAK_GRANTED,
	SOAK_REFUSED,
	SOAK_FORCED,
	SOAK_SYNC_GRANTED,
	SOAK_SYNC_REFUSED,
	SOAK_HANDED_OVER,
	SOAK_CHECKED, /**< P1 was looked at, in the middle of everything. */
	SOAK_DRAINED,
	SOAK_DRAIN_TIMED_OUT,
	SOAK_PARKED,
	SOAK_LEFT,
	SOAK_SLOTLESS,
	SOAK_GUEST,
	SOAK_BEYOND_LCORES, /**< A thread that EAL had no lcore id for. */
	SOAK_BEYOND_MEMBERS, /**< A thread that the domain had no place for. */
	SOAK_CREATED,
	SOAK_DESTROYED,
	SOAK_DESTROY_REFUSED,
	SOAK_GHOST, /**< Destroyed with units granted. */
	SOAK_GHOST_BURIED,
	SOAK_CLAMPED, /**< A limit was lowered below usage. */
	SOAK_STRICT,
	SOAK_STRICT_REFUSED,
	SOAK_EVENTS
};

struct soak;

/** Whoever charges: a worker, a guest, or the main lcore. */
struct player {
	struct soak *s;
	struct ration_lcore *lc;
	struct prng prng;
	struct holding held[SOAK_HELD];
	uint32_t nb_held;
	/** Phases it has gone through. */
	RATION_ATOMIC(uint32_t) finished;
	RATION_ATOMIC(uint64_t) events[SOAK_EVENTS];
};

struct soak {
	struct ration_domain *d;
	struct entry book[SOAK_ENTRIES];
	/** Odd while a ceiling is being changed. */
	RATION_ATOMIC(uint32_t) epoch;
	/** Handles of counters that are gone; the oldest is overwritten. */
	ration_counter_t gone[SOAK_GONE];
	uint32_t nb_gone;
	/** A counter that nobody charges. */
	ration_counter_t nothing;
	/** Lcores give stock back that they do not use, whenever they poll. */
	bool gives_idle_back;
	/** Whether there are forced charges in this phase. */
	bool by_force;
	uint32_t serial;
	/** Holdings on their way to another. */
	rte_ticketlock_t pool_lock;
	struct holding pool[SOAK_POOL];
	uint32_t nb_pool;
	/** The last one is the main lcore. */
	struct player workers[SOAK_WORKERS + 1];
	struct player guests[SOAK_GUESTS];
	/** Guests that are expected, and those that have come: they wait for each other. */
	RATION_ATOMIC(uint32_t) nb_invited;
	RATION_ATOMIC(uint32_t) nb_come;
	/** Bursts that each worker makes in this phase. */
	uint32_t bursts;
	/** Phases begun; UINT32_MAX: the end. */
	RATION_ATOMIC(uint32_t) phase;
	RATION_ATOMIC(uint32_t) wrong;
	char complaint[240];
};

/* ------------------------------------------------------------- soak_book.c */

/** Note that something is wrong; the first is kept. */
void soak_complain(struct soak *s, const char *format, ...) __rte_format_printf(2, 3);

void soak_count(struct player *p, enum soak_event event);

/** Enter units that were granted. `epoch` is what it was before they were asked for. */
void soak_hold(struct player *p, const struct holding *h, uint32_t epoch);

/** Strike out units that are about to be given back. */
void soak_let_go(struct soak *s, const struct holding *h);

/** Note that units are about to be charged by force. */
void soak_note_force(struct soak *s, uint32_t which, uint64_t n);

/** Look at limits while all runs. Main lcore. */
void soak_check_running(struct soak *s);

/** Nobody runs: look whether all is where it belongs, to the unit, and begin anew. Main lcore. */
void soak_check_stopped(struct soak *s);

/* ------------------------------------------------------------- soak_tree.c */

/** Make the domain. @return 0, or -1 after a message */
int soak_make(struct soak *s, uint64_t seed);

/** Change something about the tree. Main lcore. */
void soak_change(struct soak *s);

/** Forget destroyed counters whose last unit has come back. */
void soak_forget_ghosts(struct soak *s);

/** Destroy all counters, and free the domain. */
void soak_unmake(struct soak *s);

/* ----------------------------------------------------------- soak_player.c */

/** Charge, uncharge, hand over, drain: whatever comes. */
void soak_play(struct player *p, uint32_t operations);

/** Charge some units of a counter, if it is there, and keep them for a while. */
void soak_charge(struct player *p, uint32_t which);

/** Drain a counter at random. */
void soak_drain(struct player *p);

/** Give all back. */
void soak_give_all_back(struct player *p);

/** Give back what is in the pool. */
void soak_empty_pool(struct player *p);

/** Start the workers; have them make a phase; see whether they have; end them. Main lcore. */
int soak_start(struct soak *s, uint64_t seed);

void soak_begin_phase(struct soak *s, uint32_t bursts);

bool soak_is_still(const struct soak *s);

int soak_end(struct soak *s);

/** Have so many threads come, play, and go, at once. */
void soak_invite(struct soak *s, uint32_t nb);

#endif /* TEST_SOAK_H_ */
