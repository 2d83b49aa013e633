/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_H_
#define TEST_EXPLORE_H_

/**
 * @file
 * Fibers replace lcores and run one step at a time in a chosen order.
 *
 * A step is an access to a shared word. By default a fiber runs until it waits or ends, then the
 * next one in turn runs. Each deviation from that order is an event: at a given step another fiber
 * continues, the fiber dies, or its store buffer is (not) emptied. So a schedule is a short list of
 * events that can be enumerated, drawn, shortened, written to a file and repeated.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration.h>

/** Maximum number of fibers of a scenario. */
#define EXPLORE_FIBERS 5
/** A schedule with more steps than this counts as one that does not end. */
#define EXPLORE_STEPS_MAX 60000
/** Maximum number of events of a schedule that can be repeated. */
#define EXPLORE_EVENTS_MAX 4096

/** Thread-local variables of lcore.c, one copy per fiber. */
struct explore_locals {
	struct ration_lcore *self[16];
	struct ration_lcore *own;
};

void explore_locals_save(struct explore_locals *l);
void explore_locals_load(const struct explore_locals *l);

/** Source of the events. */
enum explore_mode {
	EXPLORE_GIVEN, /**< The list of the run. */
	EXPLORE_RANDOM, /**< An event at each step with a probability of 1 in a few. */
	EXPLORE_PCT, /**< The fiber of highest priority runs; priorities change at a few steps. */
};

/** Not a fiber number: the running fiber dies here. */
#define EXPLORE_CRASH 0x0f
/** Added to a fiber number: the store buffer of the fiber that stops is emptied first. */
#define EXPLORE_FLUSH 0x10

/** A deviation from the default order. */
struct explore_event {
	uint32_t step;
	uint8_t what; /**< The fiber that continues, | EXPLORE_FLUSH, or EXPLORE_CRASH. */
};

struct explore_events {
	uint32_t nb;
	struct explore_event event[EXPLORE_EVENTS_MAX];
};

/** Possible events at a step other than a switch, as bits. */
#define EXPLORE_CAN_CRASH (1u << 5)
#define EXPLORE_CAN_FLUSH (1u << 6)

/** A test: the calls of several fibers, and the properties that must hold. */
struct scenario {
	const char *name;
	const char *shows; /**< Races and properties, as text for the log. */
	uint32_t nb_fibers;
	/** Create the world, as fiber 0. */
	void (*set_up)(void);
	void (*fiber[EXPLORE_FIBERS])(void);
	/** Called after all fibers have ended; may be NULL. */
	void (*at_end)(void);
	/** Fibers that are secondary processes and may die, as bits. */
	uint32_t secondaries;
	/** Fibers with an lcore id (their number), as bits. */
	uint32_t lcores;
	uint32_t preemptions; /**< Bound of the exhaustive search; 0: not searched. */
	bool random; /**< The seed decides which calls the fibers make. */
	bool timeouts; /**< Calls may time out. */
};

/** A schedule and its result. */
struct explore_run {
	const struct scenario *scenario;
	enum explore_mode mode;
	uint64_t seed;
	bool tso; /**< Stores wait in buffers, as on x86. */
	bool crash; /**< With EXPLORE_RANDOM and EXPLORE_PCT: one fiber may die. */
	bool trace;
	/** Input with EXPLORE_GIVEN; otherwise the events of the run. */
	struct explore_events events;
	/** If not NULL: the other possible events at each step after the last event. */
	uint8_t *choices;
	uint32_t steps;
	const char *failed; /**< NULL: no failure. */
};

/** Create the world of a scenario, once before its schedules. */
void explore_prepare(const struct scenario *scenario);

/** Run a schedule to its end or its first failure. */
void explore_run(struct explore_run *run);

/** Report that a property does not hold. */
void explore_fail(const char *what);

/* ------------------------------------------------------- for the scenarios */

/**
 * Allocate memory that the explorer saves and restores: the library and the scenarios keep all
 * state here.
 */
void *explore_alloc(size_t size);

/** The current scenario. */
const struct scenario *explore_scenario(void);

/** Act as a fiber while no schedule runs. */
void explore_be(uint32_t fiber);

/** The running fiber. */
uint32_t explore_me(void);

bool explore_is_dead(uint32_t fiber);

/** Random number below a bound. Fibers use it to choose calls, not their order. */
uint32_t explore_below(uint32_t bound);

/** The fiber waits: another fiber must run. The clock advances a bit. */
void explore_pause(void);

/** Whether a schedule is running. */
bool explore_is_running(void);

/** Stop switches between fibers, for the auditor. @return the previous value */
bool explore_hold(bool hold);

/* -------------------------------------------------------- for the auditor */

/** Check the properties; called after each step that has written something. */
void explore_audit(uint32_t writer);

/** Check an access; called before a fiber reads or writes a word. */
void explore_audit_access(const volatile void *at, bool write);

/** Check the end state; called after all fibers have ended. */
void explore_audit_end(const struct scenario *scenario);

/** Record the death of a fiber. */
void explore_audit_crash(uint32_t fiber);

/** Value of a word as its last writer sees it; the store may still be in a buffer. */
uint64_t explore_peek(const volatile void *at, size_t size);

/** Name of a shared word, for the log. */
void explore_name(const volatile void *at, char *name, size_t size);

/* --------------------------------------------------------------- mutants */

/** Number of the defect that is switched on, 0 for none. Only in the build with mutants. */
extern unsigned int explore_mutant;

#endif /* TEST_EXPLORE_H_ */
