/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_MEMBER_H_
#define RATION_LCORE_MEMBER_H_

/**
 * @file
 * Room lcore: owns stocks, bitmap, ledger, seq, inflight, requests and acknowledgement: what one lcore does.
 * It never waits for another lcore, and takes neither the control lock nor the tree lock.
 *
 * A member: who owns it, and whether that thread is there. The state word decides who may touch the
 * stock (test/model/d_takeover.pml): the owner while it is ONLINE, a drainer while it is TAKEN, nobody
 * else ever.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Members that may hold stock. */
static inline uint32_t
ration_nb_online(const struct ration_domain *d)
{
	uint32_t i, nb = 0;

	for (i = 0; i < RTE_DIM(d->online); i++)
		nb += (uint32_t)__builtin_popcountll(ration_load(&d->online[i], relaxed));
	return nb;
}

/** Set or clear the bit that says that a member may hold stock. */
void ration_set_online(struct ration_domain *d, uint32_t member_id, bool online);

/** Whether a thread of this process owns a member. */
bool ration_member_is_ours(const struct member *m);

/** Whether the calling thread owns a member and has it online. */
bool ration_member_is_mine(const struct member *m);

/** Whether the calling thread may use an lcore's stock now: it is its owner, and online. */
bool ration_lcore_is_usable(const struct ration_lcore *lc);

/** Whether the calling thread owns a member, online or not. */
bool ration_lcore_is_owner(const struct ration_lcore *lc, const struct member *m);

/** Whether the thread that owns a member has died. Reads /proc. */
bool ration_member_is_dead(const struct member *m);

#endif /* RATION_LCORE_MEMBER_H_ */
