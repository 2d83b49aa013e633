/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_GONE_H_
#define RATION_GONE_H_

#include "ration_pvt.h"

/** Whether the thread that owns a member has died. Reads /proc. */
bool ration_member_is_dead(const struct member *m);

/**
 * Book what an lcore was granted as nobody's, and report it to cb unless that is NULL. Primary
 * process only, inside a walk or under the tree lock: the sum of the ledgers is wrong for a moment.
 */
void ration_settle(struct ration_domain *d, struct member *m, ration_gone_cb cb, void *arg);

/** Mend what a dead lcore was in the middle of. @return 0 or -ETIMEDOUT: nothing is changed */
int ration_repair(struct ration_lcore *lc, uint64_t deadline);

/**
 * If the owner of a member has died, take all its stock back. Primary process only, any thread.
 * @return whether it is gone now; *units was taken back
 */
bool ration_member_recover(struct ration_domain *d, struct member *m, uint64_t deadline,
			   uint64_t *units);

#endif /* RATION_GONE_H_ */
