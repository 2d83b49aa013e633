/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/walk.h"

uint32_t
ration_walk_begin(struct ration_lcore *lc)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t which;

	/*
	 * seq_cst read-modify-writes, before the walk reads the flags and the gate. They pair with
	 * the exchange in ration_counter_change_flags(): either the walk sees the new flags, or
	 * ration_grace() sees the walk. Models n_handshakes: DYING, SHARED; e_destroy: LATESEQ.
	 */
	if (!(lc->flags & RATION_LCORE_SHARED))
		return ration_fetch_add(&lc->seq, 1, seq_cst);
	which = ration_load(&d->inflight_index, relaxed) & 1;
	ration_fetch_add(&d->inflight[which], UINT64_C(1) << 32 | 1, seq_cst);
	return which;
}

void
ration_walk_end(struct ration_lcore *lc, uint32_t token)
{
	/*
	 * Release: pairs with the acquire in ration_grace(), which then sees all stores of the
	 * walk.
	 */
	if (lc->flags & RATION_LCORE_SHARED)
		ration_fetch_sub(&ration_domain_of(lc)->inflight[token], 1, release);
	else
		ration_store(&lc->seq, token + 2, release);
}
