/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * What a packet costs at a limit in accesses that do not depend on the machine (P9): shared
 * read-modify-writes, and transfers of cache lines. One thread plays all lcores, in a drawn order,
 * with the library's own sources. With --table the figures only; they are the same in every run.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "lines.h"
#include "price_atomics.h"
#include <ration.h>

#define BURST 32
#define WARM_UP 400 /* Bursts of each lcore before the measurement. */
#define MEASURED 200
#define FAR 1000000

enum load {
	REFUSED, /* The counter is full from the start. */
	HALF_REFUSED, /* The same for every other packet; the others have a counter per lcore. */
	HOLD, /* Each lcore charges a burst, and returns it at its next turn. */
	PIPELINE, /* One half charges, the other half uncharges. */
	GROWING, /* The same, with a batch that may grow. */
	PARENT, /* As HOLD, but each lcore has a counter of its own below one with the limit. */
};

struct row {
	const char *name;
	enum load load;
	uint32_t percent; /* The limit, of what all lcores want to hold. 99: one unit less. */
	double rmws; /* At most so many for each packet, with any number of lcores. */
};

static const struct row rows[] = {
	{"all refused", REFUSED, 0, 0.01}, {"half refused", HALF_REFUSED, 0, 0.01},
	{"limit 75 %", HOLD, 75, 0.06},	   {"limit 99 %", HOLD, 99, 0.02},
	{"limit 150 %", HOLD, 150, 0.01},  {"parent 75 %", PARENT, 75, 0.06},
	{"parent 99 %", PARENT, 99, 0.02}, {"far from the limit", HOLD, 0, 0.01},
	{"pipeline", PIPELINE, 0, 0.12},   {"pipeline, growing", GROWING, 0, 0.01},
};

static const uint32_t numbers[] = {1, 2, 4, 8, 15, 32, 64, 128};

struct result {
	double rmws, transfers; /* For each packet. */
	double granted; /* Part of the packets. */
};

struct lcore {
	struct ration_lcore *lc;
	ration_counter_t burst[BURST], held[BURST];
	uint16_t nb_held;
	uint64_t packets, granted;
};

struct play {
	struct ration_domain *d;
	ration_counter_t edge, c;
	const struct row *row;
	uint32_t nb;
	uint64_t random;
	uint32_t in_flight; /* In the pipeline: bursts that were charged and not yet uncharged. */
	struct lcore lcores[PRICE_LCORES];
};

static bool
is_true(bool condition, const char *what)
{
	if (!condition)
		fprintf(stderr, "# %s: %s\n", what, rte_strerror(rte_errno));
	return condition;
}

static uint32_t
draw(struct play *p, uint32_t n)
{
	p->random = p->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(p->random >> 33) % n;
}

static bool
is_pipeline(const struct row *row)
{
	return row->load == PIPELINE || row->load == GROWING;
}

static uint64_t
limit_of(const struct row *row, uint32_t nb)
{
	if (row->load == REFUSED || row->load == HALF_REFUSED)
		return 64;
	if (row->percent == 0)
		return FAR;
	return row->percent == 99 ? (uint64_t)BURST * nb - 1
				  : (uint64_t)BURST * nb * row->percent / 100;
}

static bool
open_play(struct play *p, const struct row *row, uint32_t nb)
{
	const struct ration_domain_params params = {
		.max_counters = 256, .max_members = PRICE_LCORES, .socket_id = SOCKET_ID_ANY};
	const struct ration_counter_params far = {.max = FAR, .batch = 64},
					   near = {.max = limit_of(row, nb),
						   .batch = 64,
						   .batch_max = row->load == GROWING ? 1024 : 0};
	ration_counter_t own;
	char name[16];
	uint32_t i, k;

	memset(p, 0, sizeof(*p));
	p->row = row;
	p->nb = nb;
	p->random = 1;
	p->d = ration_domain_create("price", &params);
	if (!is_true(p->d != NULL, "domain"))
		return false;
	p->edge = ration_counter_create(p->d, ration_domain_root(p->d), "edge",
					row->load == PARENT ? &near : &far);
	p->c = ration_counter_create(p->d, p->edge, "c", &near);
	if (row->load == REFUSED || row->load == HALF_REFUSED)
		ration_charge_force(ration_lcore_shared(p->d), p->c, near.max);
	for (i = 0; i < nb; i++) {
		snprintf(name, sizeof(name), "own%u", i);
		p->lcores[i].lc = ration_lcore_register_extra(p->d);
		if (!is_true(p->lcores[i].lc != NULL, "member"))
			return false;
		own = p->c;
		if (row->load == HALF_REFUSED || row->load == PARENT)
			own = ration_counter_create(p->d, p->edge, name, &far);
		for (k = 0; k < BURST; k++)
			p->lcores[i].burst[k] = k % 2 == 0 || row->load == PARENT ? own : p->c;
	}
	return true;
}

static void
charge_burst(struct lcore *l)
{
	uint8_t granted[BURST];
	uint32_t i;

	l->granted += ration_try_charge_burst(l->lc, l->burst, NULL, BURST, granted);
	l->packets += BURST;
	l->nb_held = 0;
	for (i = 0; i < BURST; i++) {
		if (granted[i])
			l->held[l->nb_held++] = l->burst[i];
	}
}

static bool
return_burst(struct lcore *l)
{
	uint16_t nb = l->nb_held;

	l->nb_held = 0;
	return nb == 0 || ration_uncharge_burst(l->lc, l->held, NULL, nb) == nb;
}

/* The next action of an lcore. A burst that is charged ends at a quiescent point, as in a loop. */
static bool
act(struct play *p, uint32_t i)
{
	struct lcore *l = &p->lcores[i];
	bool ok = true;

	price_run_as(i);
	if (is_pipeline(p->row) && i % 2 == 1) {
		if (p->in_flight == 0)
			return true;
		p->in_flight--;
		ok = ration_uncharge_burst(l->lc, l->burst, NULL, BURST) == BURST;
	} else if (is_pipeline(p->row)) {
		charge_burst(l);
		p->in_flight++;
	} else if (l->nb_held > 0) {
		ok = return_burst(l);
	} else {
		charge_burst(l);
		if (l->nb_held > 0)
			return true;
	}
	ration_quiescent(l->lc);
	return ok;
}

static bool
play_bursts(struct play *p, uint32_t bursts)
{
	uint32_t i;

	/* A burst is two actions. */
	for (i = 0; i < 2 * bursts * p->nb; i++) {
		if (!is_true(act(p, draw(p, p->nb)), "a burst was not returned"))
			return false;
	}
	return true;
}

static bool
close_play(struct play *p)
{
	uint32_t i;

	if (p->d == NULL)
		return false;
	for (; p->in_flight > 0; p->in_flight--) {
		if (ration_uncharge_burst(p->lcores[0].lc, p->lcores[0].burst, NULL, BURST) !=
		    BURST)
			return is_true(false, "a burst in flight is not charged");
	}
	for (i = 0; i < p->nb; i++) {
		price_run_as(i);
		if (!return_burst(&p->lcores[i]) || ration_lcore_unregister(p->lcores[i].lc) != 0)
			return is_true(false, "a member does not leave");
	}
	if (p->row->load == REFUSED || p->row->load == HALF_REFUSED)
		ration_uncharge(ration_lcore_shared(p->d), p->c, limit_of(p->row, p->nb));
	return is_true(ration_domain_verify(p->d, 1, stderr) == 0, "verify") &&
	       is_true(ration_domain_free(p->d) == 0, "free");
}

static bool
measure(const struct row *row, uint32_t nb, struct result *result)
{
	static struct play p;
	uint64_t packets = 0, granted = 0;
	struct price before, after;
	uint32_t i;
	bool ok;

	price_reset();
	ok = open_play(&p, row, nb) && play_bursts(&p, WARM_UP);
	before = price_so_far();
	for (i = 0; i < nb; i++) {
		packets -= p.lcores[i].packets;
		granted -= p.lcores[i].granted;
	}
	ok = ok && play_bursts(&p, MEASURED);
	after = price_so_far();
	for (i = 0; i < nb; i++) {
		packets += p.lcores[i].packets;
		granted += p.lcores[i].granted;
	}
	result->rmws = (double)(after.rmws - before.rmws) / (double)packets;
	result->transfers = (double)(after.transfers - before.transfers) / (double)packets;
	result->granted = (double)granted / (double)packets;
	return close_play(&p) && ok;
}

int
main(int argc, char **argv)
{
	const bool table = argc > 1 && strcmp(argv[1], "--table") == 0;
	uint32_t i, k, n = 0, failed = 0;
	struct result r;
	bool ok, all;

	if (test_eal_start("price", 0) != 0)
		return 1;
	printf(table ? "%-20s %7s %10s %10s %9s\n" : "1..10\n", "case", "lcores", "shared RMW",
	       "transfers", "granted");
	for (i = 0; i < RTE_DIM(rows); i++) {
		all = true;
		for (k = 0; k < RTE_DIM(numbers); k++) {
			if (is_pipeline(&rows[i]) && numbers[k] % 2 != 0)
				continue;
			ok = measure(&rows[i], numbers[k], &r);
			printf("%s%-20s %7u %10.4f %10.4f %7.1f %%\n", table ? "" : "# ",
			       rows[i].name, numbers[k], r.rmws, r.transfers, 100 * r.granted);
			all = all && ok && r.rmws <= rows[i].rmws;
		}
		failed += !all;
		if (!table)
			printf("%sok %u - %s: at most %.2f shared read-modify-writes a packet\n",
			       all ? "" : "not ", ++n, rows[i].name, rows[i].rmws);
	}
	return test_eal_stop(failed > 0);
}
