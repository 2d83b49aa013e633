/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_WORLD_H_
#define TEST_WORLD_H_

/**
 * @file
 * A tree that many lcores use, and for each counter the number of units that lcores hold. An lcore
 * adds units after they were granted and subtracts them before it gives them back, so the number
 * never exceeds the granted units; therefore it must never exceed a limit (P1).
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ring.h>

#include <ration.h>

#include "prng.h"

#define WORLD_WORKERS 7
/** The first of the workers without registration. */
#define WORLD_UNREGISTERED 5
#define WORLD_COUNTERS 16
/** Maximum number of holdings of one worker. */
#define WORLD_HELD 64

/** Units that a thread holds. */
struct holding {
	uint32_t which;
	uint32_t n;
	ration_counter_t c;
};

struct world_counter {
	RATION_ATOMIC(uint64_t) handle; /**< RATION_COUNTER_NONE: no counter. */
	int parent;
	uint64_t max;
	bool chargeable;
	/** Units that lcores hold, here and below. */
	RATION_ATOMIC(uint64_t) held;
};

struct worker {
	struct world *w;
	struct ration_lcore *lc;
	bool unregistered;
	struct prng prng;
	struct holding held[WORLD_HELD];
	uint32_t nb_held;
	uint64_t granted;
	uint64_t refused;
	/** Number of completed phases. */
	RATION_ATOMIC(uint32_t) finished;
};

struct world {
	struct ration_domain *d;
	struct world_counter c[WORLD_COUNTERS];
	uint32_t nb_counters;
	/** A counter that is never charged. */
	ration_counter_t nothing;
	/** Holdings that are handed to another lcore. */
	struct rte_ring *handover;
	struct worker workers[WORLD_WORKERS];
	/** Bursts of each worker in a phase. */
	uint32_t bursts;
	bool running;
	/** Counts of the main lcore. */
	uint32_t drains;
	uint32_t replaced;
	/** Number of phases started; UINT32_MAX: the end. */
	RATION_ATOMIC(uint32_t) phase;
	/** Number of workers with an error, and the first error. */
	RATION_ATOMIC(uint32_t) wrong;
	char error[200];
};

/**
 * Create the domain.
 *
 * @return 0, or -1 after a message.
 */
int world_make(struct world *w, const char *name, uint64_t max);

/**
 * Stop the workers if they run, and free the domain. @return 0, -1 if the domain cannot be freed
 */
int world_free(struct world *w);

/** Add a counter below another (0 is the root). @return its index, -1 after a message */
int world_add(struct world *w, int parent, const char *name, uint64_t max, uint32_t batch);

/** Record an error. */
void world_log_error(struct world *w, const char *format, ...) __rte_format_printf(2, 3);

/** Add granted units to the held units, at all levels, and check the limits. */
void world_hold(struct world *w, uint32_t which, uint64_t n);

/** Subtract units that are about to be given back. */
void world_let_go(struct world *w, uint32_t which, uint64_t n);

/** Start the workers on the EAL workers 1 to WORLD_WORKERS. */
int world_start(struct world *w, uint64_t seed);

/** Start a phase. */
void world_start_phase(struct world *w);

/** Whether all workers have made their bursts: they only poll now. */
bool world_is_still(const struct world *w);

/** Have the workers give all units back and unregister, and wait for them. */
void world_end(struct world *w);

/** Give back the units that are being handed over. */
void world_empty_handover(struct world *w);

#endif /* TEST_WORLD_H_ */
