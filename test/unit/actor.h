/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_ACTOR_H_
#define TEST_ACTOR_H_

/**
 * @file
 * A second thread that runs one task after the other for a test. The test decides the order of all
 * events, so no test depends on time. All waits have a deadline.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

/** A task of an actor. */
typedef void (*actor_task)(struct ration_lcore *lc, void *arg);

/** Where an actor runs. */
enum actor_kind {
	ACTOR_THREAD, /**< A plain thread, no EAL lcore. */
	ACTOR_WORKER, /**< The EAL worker lcore given by lcore_id. */
};

struct actor {
	struct ration_domain *d;
	/** Its lcore area; NULL until it has registered. */
	struct ration_lcore *lc;
	enum actor_kind kind;
	unsigned int lcore_id;
	pthread_t thread;
	bool running;
	uint32_t polls; /**< Reports quiescent points between tasks. */
	uint32_t quit;
	uint32_t posted; /**< Number of tasks posted. */
	uint32_t done; /**< Number of tasks completed. */
	actor_task task;
	void *arg;
};

/**
 * Start an actor in a domain. It is not registered before actor_register().
 *
 * @return
 *   0, or -1 if there is no such thread.
 */
int actor_start(struct actor *a, struct ration_domain *d, enum actor_kind kind,
		unsigned int lcore_id);

/** Unregister the actor if it is a member, and end its thread. No effect if it does not run. */
void actor_stop(struct actor *a);

/** End the thread, or let the worker return to WAIT, without unregistering it. */
void actor_return(struct actor *a);

/** Whether the actor reports quiescent points between tasks. */
void actor_poll(struct actor *a, bool polls);

/** Post a task without waiting for it. The previous task must have completed. */
void actor_post(struct actor *a, actor_task task, void *arg);

/** Wait for the task. @return false after the deadline */
bool actor_wait(struct actor *a);

/** Whether the task has completed. */
bool actor_idle(const struct actor *a);

/** Post a task and wait for it. @return as actor_wait() */
bool actor_do(struct actor *a, actor_task task, void *arg);

/** Have the actor register and poll. @return whether it is a member */
bool actor_register(struct actor *a);

#endif /* TEST_ACTOR_H_ */
