/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Dump of a domain as text.
 */

#include <inttypes.h>
#include <stdlib.h>

#include <rte_lcore.h>

#include "lcore/member.h"
#include "shm/name_rule.h"
#include "shm/zone.h"
#include "tree/counter.h"
#include "view/inspect.h"

/* A dump in progress. */
struct dump {
	const struct ration_domain *d;
	FILE *f;
	/* Units in stock of each counter and its subtree; NULL if there was no memory. */
	uint64_t *stocks;
	uint32_t nb_stocks;
};

/* Add the stock of an lcore to the sums of each counter and its ancestors. */
static void
add_stock(struct dump *dump, const struct ration_area *area)
{
	struct ration_lineage lineage;
	uint64_t bits, units;
	uint32_t i, depth, index;

	for (i = 0; i < area->nb_stocks / 64; i++) {
		bits = ration_load(&area->active[i], relaxed);
		for (; bits != 0; bits &= bits - 1) {
			index = i * 64 + (uint32_t)__builtin_ctzll(bits);
			if (index >= dump->nb_stocks ||
			    !ration_lineage_to(dump->d, index, &lineage))
				continue;
			units = ration_load(&area->stocks[index].units, relaxed);
			for (depth = 0; depth <= lineage.depth; depth++) {
				if (lineage.index[depth] < dump->nb_stocks)
					dump->stocks[lineage.index[depth]] += units;
			}
		}
	}
}

/* One pass over all stocks. A ration_read_sum() for each counter would make one for each. */
static void
add_up_stocks(struct dump *dump)
{
	struct ration_area area;
	uint32_t i;

	dump->nb_stocks = RTE_MIN(ration_read_once(&dump->d->nb_ever_used), dump->d->max_counters);
	dump->stocks = calloc(RTE_MAX(dump->nb_stocks, 1u), sizeof(*dump->stocks));
	if (dump->stocks == NULL)
		return;
	for (i = 0; i < dump->d->max_members; i++) {
		if (ration_area_find(dump->d, i, &area) > 0)
			add_stock(dump, &area);
	}
}

static uint64_t
stock_of(const struct dump *dump, ration_counter_t c)
{
	struct ration_reading reading = {.stock = 0};

	if (dump->stocks != NULL)
		return (uint32_t)c < dump->nb_stocks ? dump->stocks[(uint32_t)c] : 0;
	ration_read_sum(dump->d, c, &reading);
	return reading.stock;
}

static void
dump_path(const struct dump *dump, ration_counter_t c, int width)
{
	char path[RATION_COUNTER_NAMESIZE * RATION_DEPTH_MAX] = "";
	char escaped[RATION_ESCAPED_SIZE(sizeof(path))];

	if (ration_counter_path(dump->d, c, path, sizeof(path)) < 0)
		snprintf(path, sizeof(path), "(gone)");
	/* The name in a damaged domain may be any bytes. */
	ration_name_escape(escaped, sizeof(escaped), path);
	fprintf(dump->f, "counter %-*s", width, escaped[0] != '\0' ? escaped : "(root)");
}

static void
dump_units(FILE *f, const char *word, uint64_t units)
{
	if (units == RATION_UNLIMITED)
		fprintf(f, " %s unlimited", word);
	else
		fprintf(f, " %s %" PRIu64, word, units);
}

static void
dump_flags(const struct dump *dump, ration_counter_t c, uint32_t flags)
{
	uint32_t all = ration_load(&ration_counter_at(dump->d, (uint32_t)c)->flags, relaxed);

	for (; flags != 0; flags &= flags - 1)
		fprintf(dump->f, " %s", ration_counter_flag_name(flags & (~flags + 1)));
	if ((all & COUNTER_DYING) && !(all & RATION_COUNTER_OFFLINE))
		fprintf(dump->f, " dying");
}

static void
dump_counter(const struct dump *dump, ration_counter_t c)
{
	struct ration_counter_info info;
	uint64_t stock;

	if (ration_counter_get(dump->d, c, &info) != 0)
		return;
	/* The two may be from different points in time. */
	stock = RTE_MIN(stock_of(dump, c), info.usage);
	dump_path(dump, c, 24);
	fprintf(dump->f, " usage %" PRIu64 " granted %" PRIu64 " stock %" PRIu64, info.usage,
		info.usage - stock, stock);
	dump_units(dump->f, "max", info.max);
	fprintf(dump->f,
		" watermark %" PRIu64 " batch %u batch_max %u failures %" PRIu64 " refused %" PRIu64
		" forced %" PRIu64 " rejected %" PRIu64 " children %u",
		info.watermark, info.batch, RTE_MAX(info.batch, info.batch_max), info.failures,
		info.refused, info.forced, info.rejected, info.nb_children);
	dump_flags(dump, c, info.flags);
	fprintf(dump->f, "\n");
}

static void
dump_member(const struct dump *dump, uint32_t member_id)
{
	struct ration_member_info m;

	if (ration_member_get(dump->d, member_id, &m) != 0) {
		fprintf(dump->f, "member %u corrupted\n", member_id);
		return;
	}
	if (m.state == RATION_MEMBER_FREE)
		return;
	fprintf(dump->f, "member %u ", m.member_id);
	if (m.lcore_id == LCORE_ID_ANY)
		fprintf(dump->f, "thread");
	else
		fprintf(dump->f, "lcore %u", m.lcore_id);
	fprintf(dump->f,
		" pid %d tid %d %s stock %" PRIu64 " in %u entries refills %" PRIu64
		" trims %" PRIu64 " refusals %" PRIu64 " forced %" PRIu64 " drains %" PRIu64
		" drained %" PRIu64 " idle %" PRIu64 " rejected %" PRIu64 "\n",
		m.pid, m.tid, ration_member_state_name(m.state), m.stock, m.nb_stocks,
		m.stats.refills, m.stats.trims, m.stats.refusals, m.stats.forced, m.stats.drains,
		m.stats.drained, m.stats.idle, m.stats.rejected);
}

static void
dump_head(const struct dump *dump)
{
	const struct ration_domain *d = dump->d;
	char name[RATION_ESCAPED_SIZE(RATION_DOMAIN_NAMESIZE)];

	ration_name_escape(name, sizeof(name), d->name);
	fprintf(dump->f,
		"domain %s: at most %u counters, %u members (%u for secondary processes)\n", name,
		d->max_counters, d->max_members, d->secondary_members);
	fprintf(dump->f, "timeout_us %u drain_work %u idle_us %u", d->timeout_us, d->drain_work,
		d->idle_us);
	dump_units(dump->f, "stock_share", RTE_MIN(d->stock_share, RATION_UNLIMITED));
	fprintf(dump->f, " online %u offline_counters %u\n", ration_nb_online(d),
		ration_read_once(&d->nb_offline));
}

/* The drains that run: the low half of the round word has a bit for each. */
static void
dump_drains(const struct dump *dump)
{
	uint32_t drainers = (uint32_t)ration_load(&dump->d->round, acquire), i, index;

	for (; drainers != 0; drainers &= drainers - 1) {
		i = (uint32_t)__builtin_ctz(drainers);
		index = ration_load(&dump->d->targets[i], relaxed);
		fprintf(dump->f, "drain %u of ", i);
		if (index < dump->d->max_counters)
			dump_path(dump, ration_handle(dump->d, index), 0);
		fprintf(dump->f, "\n");
	}
}

void
ration_domain_dump(const struct ration_domain *d, FILE *f)
{
	struct dump dump = {.d = d, .f = f};
	ration_counter_t c;
	uint32_t i, nb = 0;

	if (d == NULL || f == NULL)
		return;
	dump_head(&dump);
	dump_drains(&dump);
	add_up_stocks(&dump);
	/* The number of steps is bounded, because the tree may change all the time. */
	for (c = ration_domain_root(d); c != RATION_COUNTER_NONE && nb < d->max_counters; nb++) {
		dump_counter(&dump, c);
		c = ration_counter_next(d, c);
	}
	for (i = 0; i < d->max_members; i++)
		dump_member(&dump, i);
	free(dump.stocks);
}
