/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_H_
#define TEST_EXPLORE_H_

/**
 * @file
 * Fibers in the place of lcores, run one step at a time in an order that is chosen.
 *
 * A step is an access to a shared word. Without being told otherwise a fiber runs until it waits or
 * ends, then the next one in turn runs. Every deviation from that is an event: at a given step
 * another fiber goes on, the fiber dies, or its store buffer is (not) emptied. So a schedule is a
 * short list of events, which can be enumerated, drawn, shortened, written to a file and repeated.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration.h>

/** The most fibers of a scenario. */
#define EXPLORE_FIBERS 5
/** Steps after which a schedule counts as one that does not end. */
#define EXPLORE_STEPS_MAX 60000
/** The most events of a schedule that can be repeated. */
#define EXPLORE_EVENTS_MAX 4096

/** What a thread has for itself: copies of the variables of lcore.c. */
struct explore_locals {
	struct ration_lcore *self[16];
	struct ration_lcore *own;
};

void explore_locals_save(struct explore_locals *l);
void explore_locals_load(const struct explore_locals *l);

/** How the events come about. */
enum explore_mode {
	EXPLORE_GIVEN, /**< As listed. */
	EXPLORE_RANDOM, /**< At each step with a chance of 1 in a few. */
	EXPLORE_PCT, /**< The fiber of highest priority runs; priorities change at a few steps. */
};

/** Not a fiber: the fiber that is running dies here. */
#define EXPLORE_CRASH 0x0f
/** Added to a fiber: the store buffer of the one that is left is emptied first. */
#define EXPLORE_FLUSH 0x10

/** A deviation from the schedule in turn. */
struct explore_event {
	uint32_t step;
	uint8_t what; /**< The fiber that goes on, | EXPLORE_FLUSH, or EXPLORE_CRASH. */
};

struct explore_events {
	uint32_t nb;
	struct explore_event event[EXPLORE_EVENTS_MAX];
};

/** What could happen else at a step, as bits. */
#define EXPLORE_CAN_CRASH (1u << 5)
#define EXPLORE_CAN_FLUSH (1u << 6)

/** What several fibers do at once, and what must hold. */
struct scenario {
	const char *name;
	const char *shows; /**< Races and promises, for people. */
	uint32_t nb_fibers;
	/** Make the world, as fiber 0. */
	void (*set_up)(void);
	void (*fiber[EXPLORE_FIBERS])(void);
	/** When all fibers have ended; may be NULL. */
	void (*at_end)(void);
	/** Fibers that are a secondary process of their own, as bits. They may die. */
	uint32_t secondaries;
	/** Fibers with an lcore id (their number), as bits. */
	uint32_t lcores;
	uint32_t preemptions; /**< Bound of the exhaustive search; 0: not searched. */
	bool random; /**< What the fibers do comes from the seed. */
	bool timeouts; /**< Calls may time out. */
};

/** A schedule, and how it went. */
struct explore_run {
	const struct scenario *scenario;
	enum explore_mode mode;
	uint64_t seed;
	bool tso; /**< Stores wait in buffers, as on x86. */
	bool crash; /**< With EXPLORE_RANDOM and EXPLORE_PCT: somebody may die. */
	bool trace;
	/** Given with EXPLORE_GIVEN; what has come about after all others. */
	struct explore_events events;
	/** If not NULL: what else could have happened at each step behind the last event. */
	uint8_t *choices;
	uint32_t steps;
	const char *failed; /**< NULL: all is well. */
};

/** Make the world of a scenario, once before its schedules. */
void explore_prepare(const struct scenario *scenario);

/** Run a schedule to its end or first failure. */
void explore_run(struct explore_run *run);

/** Say that a promise is broken. */
void explore_fail(const char *what);

/* ------------------------------------------------------- for the scenarios */

/** All that the library and a scenario keep between steps is in here. */
void *explore_alloc(size_t size);

/** The scenario that is being explored. */
const struct scenario *explore_scenario(void);

/** Act as a fiber while no schedule runs. */
void explore_be(uint32_t fiber);

/** The fiber that is running. */
uint32_t explore_me(void);

bool explore_is_dead(uint32_t fiber);

/** Number from the seed, below a bound: for what fibers do, not for their order. */
uint32_t explore_below(uint32_t bound);

/** "I wait": another fiber must run. The clock goes on a bit. */
void explore_pause(void);

/** Whether a schedule is running. */
bool explore_is_running(void);

/** Let steps be taken on their own, for the auditor: no other fiber runs. @return what was */
bool explore_hold(bool hold);

/* -------------------------------------------------------- for the auditor */

/** After each step that has written something. */
void explore_audit(uint32_t writer);

/** A fiber is about to read or write a word. */
void explore_audit_access(const volatile void *at, bool write);

/** All fibers have ended. */
void explore_audit_end(const struct scenario *scenario);

/** A fiber has died. */
void explore_audit_crash(uint32_t fiber);

/** A word as its last writer sees it, whose store may still be in a buffer. */
uint64_t explore_peek(const volatile void *at, size_t size);

/** Name of a shared word, for people. */
void explore_name(const volatile void *at, char *name, size_t size);

/* --------------------------------------------------------------- mutants */

/** Number of the defect that is switched on; 0: none. Only in the build with mutants. */
extern unsigned int explore_mutant;

#endif /* TEST_EXPLORE_H_ */
