/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Mode io: packets are sent unchanged. */
#include "forward/loop.h"

static void
rewrite(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb)
{
	(void)s;
	(void)pkts;
	(void)nb;
}

static void
run_plain(struct fwd_lcore *l)
{
	loop_plain(l, rewrite);
}

static void
run_accounted(struct fwd_lcore *l)
{
	loop_accounted(l, rewrite);
}

const struct engine engine_io = {
	.plain = run_plain,
	.accounted = run_accounted,
};
