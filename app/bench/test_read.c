/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration.h>

#include "crew.h"
#include "progress.h"

/**
 * @file
 * What it costs to read how much is granted: the exact sum over the stocks of 1 to all lcores,
 * which charge meanwhile, and the word with an error bound; beside that of a tree without stock.
 */

#define READS 256
#define WINDOWS_MAX 101
#define PAIRS 64
#define DEPTH_OF_THREE 2
#define UNITS_MAX (UINT64_C(1) << 40)

static void
charge_and_poll(struct crew_member *m)
{
	const struct accounter_work work = {
		.order = m->crew->counters, .nb_order = 1, .units = 1, .pairs = PAIRS};

	m->crew->impl->loop[ACCOUNTER_SAME](m->lane, &work);
	crew_add(&m->progress, PAIRS);
}

struct read_crew {
	struct crew crew;
	uint64_t counter;
};

typedef uint64_t (*read_t)(struct crew *c);

static uint64_t
read_exact(struct crew *c)
{
	struct ration_reading reading;

	ration_read_exact(accounter_ration_domain(c->self), c->counters[0], &reading);
	return reading.granted;
}

static uint64_t
read_approx(struct crew *c)
{
	struct ration_reading reading;

	ration_read_approx(accounter_ration_domain(c->self), c->counters[0], &reading);
	return reading.granted;
}

static uint64_t
read_word(struct crew *c)
{
	return c->impl->granted(c->self, c->counters[0]);
}

static const struct {
	const char *name;
	const struct accounter *impl;
	read_t read;
} read_cases[] = {
	{"exact", &accounter_ration, read_exact},
	{"with error bound", &accounter_ration, read_approx},
	{"exact", &accounter_atomic_tree, read_word},
};

static void
take_windows(struct bench *b, struct crew *c, struct row *row, read_t read)
{
	uint32_t nb = RTE_MIN(b->repeats, (uint32_t)WINDOWS_MAX), turn, i;
	uint64_t start, end, sum = 0;

	for (turn = 0; turn < 4 * nb && row->samples.nb < nb; turn++) {
		uint64_t before[RTE_MAX_LCORE];
		bool ran = true;

		for (i = 1; i < c->nb; i++)
			before[i] = ration_load(&c->members[i].turns, relaxed);
		start = rte_rdtsc_precise();
		for (i = 0; i < READS; i++)
			sum += read(c);
		end = rte_rdtsc_precise();
		for (i = 1; i < c->nb; i++)
			ran = ran && ration_load(&c->members[i].turns, relaxed) != before[i];
		if (ran || row->one_cpu)
			samples_add(&row->samples, bench_ns(b, end - start) / READS);
	}
	/* The compiler must think that somebody wants to know. */
	asm volatile("" : : "r"(sum));
}

static int
run_one(struct bench *b, struct read_crew *r, uint32_t i, uint32_t nb)
{
	struct crew *c = &r->crew;
	const struct accounter *impl = read_cases[i].impl;
	const struct accounter_tree tree = {
		.counters = 1, .depth = DEPTH_OF_THREE, .max = UNITS_MAX, .lanes = nb};
	struct row *row;

	memset(r, 0, sizeof(*r));
	c->impl = impl;
	c->nb = nb;
	c->task = charge_and_poll;
	c->counters = &r->counter;
	c->self = impl->create(&tree);
	if (c->self == NULL)
		return -1;
	r->counter = impl->counter(c->self, 0);
	row = results_row(&b->results, impl->name, read_cases[i].name, "ns/read",
			  json_pack("{s:i}", "lcores", (int)nb));
	if (crew_shares_cpus(nb))
		results_mark_one_cpu(row);
	if (crew_start(c) < 0) {
		impl->destroy(c->self);
		return -1;
	}
	charge_and_poll(&c->members[0]);
	take_windows(b, c, row, read_cases[i].read);
	crew_stop(c);
	impl->destroy(c->self);
	results_close_or_drop_row(&b->results, row);
	return 0;
}

static int
run_read(struct bench *b)
{
	struct read_crew *c = aligned_alloc(alignof(struct read_crew), sizeof(*c));
	uint32_t all = rte_lcore_count(), nb, i;
	const struct row_key exact = {"ration", "exact", 0, 0, 1},
			     word = {"atomic-tree", "exact", 0, 0, 1};
	int rc = 0;

	if (c == NULL) {
		warn("read");
		return -1;
	}
	for (nb = 1; nb <= all && rc == 0; nb = crew_next_nb(nb, all)) {
		progress("read", nb, all + 1);
		for (i = 0; i < RTE_DIM(read_cases) && rc == 0; i++)
			rc = run_one(b, c, i, nb);
	}
	progress("read", all + 1, all + 1);
	free(c);
	if (rc == 0)
		results_ratio(&b->results, "exact reading, 1 lcore: ration / atomic-tree",
			      results_find(&b->results, &exact), results_find(&b->results, &word),
			      0);
	return rc;
}

const struct bench_test test_read = {
	.name = "read",
	.summary = "read what is granted, exactly or with an error bound",
	.nb_lcores = 1,
	.run = run_read,
};
