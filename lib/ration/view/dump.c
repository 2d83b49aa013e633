/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Dump of a domain as text.
 */

#include <inttypes.h>

#include <rte_lcore.h>

#include "shm/layout.h"

static void
dump_counter(const struct ration_domain *d, ration_counter_t c, FILE *f)
{
	struct ration_counter_info info;
	struct ration_reading reading;
	char max[24] = "max";

	if (ration_counter_get(d, c, &info) != 0 || ration_read_sum(d, c, &reading) != 0)
		return;
	if (info.max != RATION_UNLIMITED)
		snprintf(max, sizeof(max), "%" PRIu64, info.max);
	fprintf(f,
		"%*s%-*s usage %" PRIu64 " stock %" PRIu64 " max %s watermark %" PRIu64
		" batch %u failures %" PRIu64 " forced %" PRIu64 " rejected %" PRIu64 "%s\n",
		2 * (int)info.depth, "", RTE_MAX(24 - 2 * (int)info.depth, 0),
		info.depth == 0 ? "(root)" : info.name, reading.usage, reading.stock, max,
		info.watermark, info.batch, info.failures, info.forced, info.rejected,
		info.flags & RATION_COUNTER_OFFLINE ? " offline" : "");
}

static void
dump_lcore(const struct ration_domain *d, uint32_t member_id, FILE *f)
{
	static const char *const states[] = {
		[MEMBER_FREE] = "free",	    [MEMBER_CLAIMED] = "claimed",
		[MEMBER_ONLINE] = "online", [MEMBER_OFFLINE] = "offline",
		[MEMBER_TAKEN] = "taken",   [MEMBER_UNREAPED] = "unreaped",
		[MEMBER_DEAD] = "dead",
	};
	const struct ration_lcore *lc = ration_lcore_get(d, member_id);
	enum member_state state = MEMBER_STATE(ration_load(&d->members[member_id].state, relaxed));
	struct ration_lcore_stats st;
	uint32_t lcore_id;

	if (lc == NULL || state > MEMBER_DEAD)
		return;
	lcore_id = ration_load(&lc->lcore_id, relaxed);
	ration_lcore_stats_get(lc, &st);
	fprintf(f, "member %u ", member_id);
	if (lcore_id == LCORE_ID_ANY)
		fprintf(f, "thread");
	else
		fprintf(f, "lcore %u", lcore_id);
	fprintf(f,
		" %s refills %" PRIu64 " trims %" PRIu64 " refusals %" PRIu64 " forced %" PRIu64
		" drains %" PRIu64 " drained %" PRIu64 " rejected %" PRIu64 "\n",
		states[state], st.refills, st.trims, st.refusals, st.forced, st.drains, st.drained,
		st.rejected);
}

void
ration_domain_dump(const struct ration_domain *d, FILE *f)
{
	ration_counter_t c;
	uint32_t i, nb = 0;

	fprintf(f, "domain %s: at most %u counters, %u members\n", d->name, d->max_counters,
		d->max_members);
	/* The number of steps is bounded, because the tree may change all the time. */
	for (c = ration_domain_root(d); c != RATION_COUNTER_NONE && nb < d->max_counters; nb++) {
		dump_counter(d, c, f);
		c = ration_counter_next(d, c);
	}
	for (i = 0; i < d->max_members; i++)
		dump_lcore(d, i, f);
}
