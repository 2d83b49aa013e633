/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_MEMBER_H_
#define RATION_LCORE_MEMBER_H_

/**
 * @file
 * Room lcore: stock entries, active bitmap, ledger, walks, mailbox and acknowledgment of one lcore.
 * It never waits for another lcore, and takes neither the control lock nor the tree lock.
 *
 * States of a member. The state word {generation, taker, state} decides which thread may write the
 * stock entries: the owner in ONLINE, the taker in TAKEN, and no thread in the other states. The
 * taker is a drainer, or the primary process that recovers the stock of a dead owner.
 *
 *   FREE -> CLAIMED -> ONLINE  The owner registers.
 *   ONLINE -> OFFLINE      T1  The owner returns all stock, then stores the state (release).
 *   OFFLINE -> TAKEN       T2  A drainer in the primary process, by a CAS (acquire; pairs with T1
 *                              and T3).
 *   TAKEN -> OFFLINE       T3  The drainer, after stock and usage are in place (release).
 *   OFFLINE -> ONLINE      T4  The owner, by a CAS that adds 1 to the generation (seq_cst; pairs
 *                              with T3 and with the opening of a round).
 *   ONLINE -> FREE             The owner unregisters. In a secondary process the state becomes
 *                              UNREAPED if the ledger is not empty.
 *   CLAIMED, ONLINE, OFFLINE   The primary process takes the state, repairs and returns the stock
 *     -> TAKEN -> DEAD         of a dead owner.
 *   UNREAPED, DEAD -> FREE     ration_reap().
 *
 * The generation makes the CAS of T2 fail if the owner was online since the drainer read the state.
 * Models d_takeover, n_handshakes; see "States of a member" in doc/guide/internals/protocols.rst.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Number of members that may hold stock. */
static inline uint32_t
ration_nb_online(const struct ration_domain *d)
{
	uint32_t i, nb = 0;

	for (i = 0; i < RTE_DIM(d->online); i++)
		nb += (uint32_t)__builtin_popcountll(ration_load(&d->online[i], relaxed));
	return nb;
}

/** Set or clear the bit of a member in ration_domain::online: the member may hold stock. */
void ration_set_online(struct ration_domain *d, uint32_t member_id, bool online);

/** Return true if a thread of this process owns the member. */
bool ration_member_is_ours(const struct member *m);

/** Return true if the calling thread owns the member and the member is online. */
bool ration_member_is_mine(const struct member *m);

/** Return true if the owner of the member is an EAL worker of this process in WAIT. */
bool ration_member_is_waiting_worker(const struct member *m, uint32_t lcore_id);

/** Return true if lc is not shared, the calling thread owns it, and it is online. */
bool ration_lcore_is_usable(const struct ration_lcore *lc);

/** Return true if lc is not shared and the calling thread owns the member, online or not. */
bool ration_lcore_is_owner(const struct ration_lcore *lc, const struct member *m);

/** Return true if the owner of the member has died. If in doubt, it is alive. Reads /proc. */
bool ration_member_is_dead(const struct member *m);

#endif /* RATION_LCORE_MEMBER_H_ */
