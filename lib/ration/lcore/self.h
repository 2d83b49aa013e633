/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_SELF_H_
#define RATION_LCORE_SELF_H_

/**
 * @file
 * Members of the calling thread in all domains. A thread that waits serves the mailboxes of all.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Add an lcore area to the list of the calling thread, after it has registered. */
void ration_self_add(struct ration_lcore *lc);

/** Remove an lcore area from the list of the calling thread, when it unregisters. */
void ration_self_remove(const struct ration_lcore *lc);

/** Forget all members of the calling thread: a forked child does not own them, or EAL is gone. */
void ration_self_forget(void);

/** Set the lcore area that ration_lcore_self() returns to the calling thread. */
void ration_self_set(const struct ration_domain *d, struct ration_lcore *lc);

/** Return the lcore area that ration_self_set() has set, or NULL. */
struct ration_lcore *ration_self_get(const struct ration_domain *d);

/**
 * Return the first lcore area of the calling thread, or NULL. ration_lcore::next_own links the
 * rest.
 */
struct ration_lcore *ration_self_first(void);

/** Report a quiescent point of every member of the calling thread, in all domains. */
void ration_serve_own(void);

/**
 * One iteration of a wait: serve the mailboxes of the calling thread, then pause. So two lcores
 * that wait for each other do not deadlock.
 * @param deadline TSC cycles
 * @return false if the deadline has passed; nothing is served then
 */
bool ration_wait_on(uint64_t deadline);

#endif /* RATION_LCORE_SELF_H_ */
