/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_WORLD_H_
#define TEST_WORLD_H_

/**
 * @file
 * A tree that many lcores hammer, and beside it, for each counter, how many units they hold. An
 * lcore adds to that after it was granted units and takes off before it gives them back, so it is
 * never more than what is granted; therefore it may never exceed a limit, not even for an instant
 * (P1).
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ring.h>

#include <ration.h>

#include "prng.h"

#define WORLD_WORKERS 7
/** The first of the workers that have no slot. */
#define WORLD_SLOTLESS 5
#define WORLD_COUNTERS 16
/** Amounts that one worker holds at a time. */
#define WORLD_HELD 64

/** Units that somebody holds. */
struct holding {
	uint32_t which;
	uint32_t n;
	ration_counter_t c;
};

struct world_counter {
	RATION_ATOMIC(uint64_t) handle; /**< RATION_COUNTER_NONE while there is none. */
	int parent;
	uint64_t max;
	bool chargeable;
	/** Units that lcores hold, here and below. */
	RATION_ATOMIC(uint64_t) held;
};

struct worker {
	struct world *w;
	struct ration_lcore *lc;
	bool slotless;
	struct prng prng;
	struct holding held[WORLD_HELD];
	uint32_t nb_held;
	uint64_t granted;
	uint64_t refused;
	/** Phases it has gone through. */
	RATION_ATOMIC(uint32_t) finished;
};

struct world {
	struct ration_domain *d;
	struct world_counter c[WORLD_COUNTERS];
	uint32_t nb_counters;
	/** A counter that nobody charges. */
	ration_counter_t nothing;
	/** Holdings on their way to another lcore. */
	struct rte_ring *handover;
	struct worker workers[WORLD_WORKERS];
	/** Bursts that each worker makes in a phase. */
	uint32_t bursts;
	bool running;
	/** What the main lcore has done. */
	uint32_t drains;
	uint32_t replaced;
	/** Phases begun; UINT32_MAX: the end. */
	RATION_ATOMIC(uint32_t) phase;
	/** Workers that have seen something wrong, and what the first of them saw. */
	RATION_ATOMIC(uint32_t) wrong;
	char complaint[200];
};

/**
 * Make the domain.
 *
 * @return
 *   0, or -1 after a message.
 */
int world_make(struct world *w, const char *name, uint64_t max);

/** Stop the workers if they run, and free what can be freed. @return 0, -1 if the domain cannot */
int world_free(struct world *w);

/** Add a counter below another (0 is the root). @return its place, -1 after a message */
int world_add(struct world *w, int parent, const char *name, uint64_t max, uint32_t batch);

/** Note that something is wrong. */
void world_complain(struct world *w, const char *format, ...) __rte_format_printf(2, 3);

/** Add units that were granted to what is held, at all levels, and see that limits hold. */
void world_hold(struct world *w, uint32_t which, uint64_t n);

/** Take units off that are about to be given back. */
void world_let_go(struct world *w, uint32_t which, uint64_t n);

/** Start the workers on the EAL workers 1 to WORLD_WORKERS. */
int world_start(struct world *w, uint64_t seed);

/** Begin a phase. */
void world_begin(struct world *w);

/** Whether all workers have made their bursts: they only poll now. */
bool world_is_still(const struct world *w);

/** Have the workers give all back and leave, and wait for them. */
void world_end(struct world *w);

/** Give back what is on its way between lcores. */
void world_empty_handover(struct world *w);

#endif /* TEST_WORLD_H_ */
