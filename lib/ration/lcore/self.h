/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_SELF_H_
#define RATION_LCORE_SELF_H_

/**
 * @file
 * The calling thread's own members, in all domains: a thread that waits serves them all.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Enter a member that the calling thread has just become. */
void ration_self_add(struct ration_lcore *lc);

/** Forget a member that the calling thread is no more. */
void ration_self_remove(const struct ration_lcore *lc);

/** Have ration_lcore_self() find a member. */
void ration_self_set(const struct ration_domain *d, struct ration_lcore *lc);

/** What ration_self_set() has set, or NULL. */
struct ration_lcore *ration_self_get(const struct ration_domain *d);

/** The first of the list of the calling thread; the others by ration_lcore::next_own. */
struct ration_lcore *ration_self_first(void);

/** Serve the mailboxes of all slots of the calling thread, in all domains. */
void ration_serve_own(void);

/**
 * One turn of a wait: serve the requests of the calling thread and pause, so that two lcores that wait
 * for each other both get on. @return false, without either, once the deadline has passed
 */
bool ration_wait_on(uint64_t deadline);

#endif /* RATION_LCORE_SELF_H_ */
