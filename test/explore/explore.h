/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_H_
#define TEST_EXPLORE_H_

/**
 * @file
 * Fibers in the place of lcores, run one step at a time in an order that a seed names.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration.h>

#define EXPLORE_FIBERS 4
/** Steps after which a schedule counts as one that does not end. */
#define EXPLORE_STEPS_MAX 200000

/** What a thread has for itself: copies of the variables of lcore.c. */
struct explore_locals {
	struct ration_lcore *self[16];
	struct ration_lcore *own;
};

void explore_locals_save(struct explore_locals *l);
void explore_locals_load(const struct explore_locals *l);

/** How the next fiber is chosen. */
enum explore_mode {
	EXPLORE_RANDOM, /**< Any, at each step with a chance of 1 in a few. */
	EXPLORE_PCT, /**< The one of highest priority, which changes at a few steps. */
	EXPLORE_MODES
};

/** A schedule, and how it went. */
struct explore_run {
	enum explore_mode mode;
	uint64_t seed;
	bool trace;
	uint32_t nb_fibers;
	void (*fiber[EXPLORE_FIBERS])(void);
	void (*audit)(void); /**< After each step. */
	uint64_t steps;
	const char *failed; /**< NULL: all is well. */
};

/** All that the library and the scenario keep between steps is in here. */
extern char explore_arena[];
/** What of the arena is in use. */
size_t explore_arena_used(void);
void *explore_alloc(size_t size);

/** Act as a fiber while no schedule runs. */
void explore_be(uint32_t fiber);

/** Run a schedule to its end or first failure. */
void explore_run(struct explore_run *run);

/** Say that a promise is broken. */
void explore_fail(const char *what);

/** Number from the seed, below a bound: for what fibers do, not for their order. */
uint32_t explore_below(uint32_t bound);

/** Forget what the fibers have for themselves, for the next schedule. */
void explore_locals_keep(void);

#endif /* TEST_EXPLORE_H_ */
