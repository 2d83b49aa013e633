/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_ACTOR_H_
#define TEST_ACTOR_H_

/**
 * @file
 * Another thread that does what the test tells it, one thing after the other: so the test decides
 * who is where at each moment, and no test depends on time. All waits have a deadline.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

/** What an actor can be told to do. */
typedef void (*actor_task)(struct ration_lcore *lc, void *arg);

/** Where an actor runs. */
enum actor_kind {
	ACTOR_THREAD, /**< A plain thread, no EAL lcore. */
	ACTOR_WORKER, /**< The EAL worker lcore given by lcore_id. */
};

struct actor {
	struct ration_domain *d;
	/** Its slot, NULL until it has gone online. */
	struct ration_lcore *lc;
	enum actor_kind kind;
	unsigned int lcore_id;
	pthread_t thread;
	bool running;
	uint32_t polls; /**< It passes quiescent points while it has nothing to do. */
	uint32_t quit;
	uint32_t posted; /**< Tasks given. */
	uint32_t done; /**< Tasks done. */
	actor_task task;
	void *arg;
};

/**
 * Start an actor in a domain. It is no member until it is told actor_register().
 *
 * @return
 *   0, or -1 if there is no such thread.
 */
int actor_start(struct actor *a, struct ration_domain *d, enum actor_kind kind,
		unsigned int lcore_id);

/** Leave the domain, if it is a member, and end. Nothing if it is not running. */
void actor_stop(struct actor *a);

/** End the thread of a plain actor, or let a worker return to WAIT, without leaving the domain. */
void actor_return(struct actor *a);

/** Whether it passes quiescent points while it has nothing to do. */
void actor_poll(struct actor *a, bool polls);

/** Have something done, without waiting for it. The one before must have been done. */
void actor_post(struct actor *a, actor_task task, void *arg);

/** Wait until it is done. @return whether it was, within the deadline. */
bool actor_wait(struct actor *a);

/** Whether all that was given is done. */
bool actor_idle(const struct actor *a);

/** Have something done and wait for it. @return as actor_wait() */
bool actor_do(struct actor *a, actor_task task, void *arg);

/** Tell it to go online and to poll. @return whether it is a member */
bool actor_register(struct actor *a);

#endif /* TEST_ACTOR_H_ */
