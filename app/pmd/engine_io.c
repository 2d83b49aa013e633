/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Packets go on as they came. */
#include "loop.h"

static void
change(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb)
{
	(void)s;
	(void)pkts;
	(void)nb;
}

static void
run_plain(struct fwd_lcore *l)
{
	loop_plain(l, change);
}

static void
run_accounted(struct fwd_lcore *l)
{
	loop_accounted(l, change);
}

const struct engine engine_io = {
	.plain = run_plain,
	.accounted = run_accounted,
};
