/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>

#include <rte_lcore.h>

#include "harness/budget.h"
#include "harness/isolation.h"
#include "harness/progress.h"
#include "tests/drain_many.h"
#include "tests/drain_plot.h"
#include "tests/drain_request.h"
#include "tests/test.h"

/**
 * @file
 * Duration of a drain, as its caller sees it: of a polling lcore, compared with a round trip
 * through a ring; of a worker in WAIT, compared with a remote launch; of the caller itself; and of
 * a thread that has died with stock. An offline lcore has no stock, because it returns the stock
 * before it goes offline, so its row is only the cost of checking.
 *
 * Each request is timed alone and starts at a random time, or it would synchronize with the polling
 * loop. It counts only if the target lcore ran (its iterations advanced before the request and
 * until the answer) and units were returned.
 */

enum {
	POLLING_RING,
	POLLING,
	POLLING_MANY,
	WAITING_LAUNCH,
	WAITING,
	SELF,
	OFFLINE,
	DEAD,
	REAP,
	REAP_MANY,
	UNDISTURBED,
	DISTURBED,
	NB_CASES
};

#define MANY 1024
/** Time of the whole test with this number of repeats or fewer, see budget.h. */
#define SECONDS 90
#define REPEATS_OF_TIME 1001
/** Of so many parts of the time, one is for drains by each engine, which need two lcores. */
#define ENGINES_PARTS 2

static const struct drain_case cases[NB_CASES] = {
	[POLLING_RING] = {"ring", "polling lcore", 1, false, drain_block_polling,
			  drain_request_ring, target_poll_ring, RATION_DRAIN_NONE},
	[POLLING] = {"ration", "polling lcore", 1, false, drain_block_polling, drain_request_drain,
		     target_poll_ration, RATION_DRAIN_MAILBOX},
	[POLLING_MANY] = {"ration", "polling lcore", MANY, false, drain_block_polling,
			  drain_request_drain, target_poll_ration, RATION_DRAIN_MAILBOX},
	[WAITING_LAUNCH] = {"launch", "worker in WAIT", 1, false, drain_block_waiting,
			    drain_request_launch, NULL, RATION_DRAIN_NONE},
	[WAITING] = {"ration", "worker in WAIT", 1, false, drain_block_waiting, drain_request_drain,
		     NULL, RATION_DRAIN_LAUNCH},
	[SELF] = {"ration", "caller itself", 1, true, drain_block_self, drain_request_drain, NULL,
		  RATION_DRAIN_SELF},
	[OFFLINE] = {"ration", "offline lcore, no stock", 1, false, drain_block_offline,
		     drain_request_drain, NULL, RATION_DRAIN_TAKEOVER},
	[DEAD] = {"ration", "dead thread, drained", 1, true, drain_block_dead, drain_request_drain,
		  NULL, RATION_DRAIN_DEAD},
	[REAP] = {"ration", "dead thread, reaped", 1, true, drain_block_dead, drain_request_reap,
		  NULL, RATION_DRAIN_DEAD},
	[REAP_MANY] = {"ration", "dead thread, reaped", MANY, true, drain_block_dead,
		       drain_request_reap, NULL, RATION_DRAIN_DEAD},
	[UNDISTURBED] = {"ration", "iteration of a polling lcore", 1, false, drain_block_throughput,
			 NULL, target_poll_ration, RATION_DRAIN_NONE},
	[DISTURBED] = {"ration", "iteration while drained all the time", 1, false,
		       drain_block_throughput, drain_request_drain, target_poll_ration,
		       RATION_DRAIN_MAILBOX},
};

static int
start_run(struct bench *b, struct drain_run *run, const struct drain_case *c)
{
	run->c = c;
	run->lcore_id = rte_get_next_lcore(-1, 1, 0);
	run->target = aligned_alloc(alignof(struct drain_target), sizeof(*run->target));
	if (run->target == NULL) {
		warn("drain");
		return -1;
	}
	if (target_init(run->target, c->counters) < 0) {
		free(run->target);
		run->target = NULL;
		return -1;
	}
	run->row = results_row(&b->results, c->impl, c->name, "ns",
			       json_pack("{s:i}", "counters", (int)c->counters));
	if (!c->one_lcore && isolation_one_cpu(rte_get_main_lcore(), run->lcore_id))
		results_mark_one_cpu(run->row);
	return 0;
}

/* If the target lcore did not run, there are samples missing: try as many times again. */
static int
retry_missing(struct bench *b, struct drain_run *runs, uint64_t end)
{
	uint32_t repeat;
	int i;

	for (repeat = 0; repeat < b->repeats && !bench_stops(b) && !budget_is_over(end); repeat++) {
		for (i = 0; i < NB_CASES; i++) {
			if (runs[i].row->samples.nb < b->repeats && cases[i].block(b, &runs[i]) < 0)
				return -1;
		}
	}
	return 0;
}

static int
measure(struct bench *b, struct drain_run *runs, uint64_t end)
{
	uint32_t repeat;
	int i;

	for (i = 0; i < NB_CASES; i++) {
		if (cases[i].block(b, &runs[i]) < 0)
			return -1;
		/* The first block is a warm-up. */
		samples_clear(&runs[i].row->samples);
		runs[i].rejected = 0;
	}
	for (repeat = 0; repeat < b->repeats && !bench_stops(b); repeat++) {
		if (repeat > 0 && budget_is_over(end))
			break;
		progress("drain", repeat, b->repeats);
		for (i = 0; i < NB_CASES; i++) {
			if (cases[i].block(b, &runs[i]) < 0)
				return -1;
		}
	}
	progress("drain", repeat, b->repeats);
	return retry_missing(b, runs, end);
}

/* Cost of each counter beyond the first one, from the drains of many counters. */
static const struct row *
add_per_counter_row(struct bench *b, const struct row *one, const struct row *many)
{
	double first = samples_median_of(&one->samples, 0, one->samples.nb);
	struct row *row;
	uint32_t i;

	row = results_row(&b->results, many->impl, "polling lcore, each further counter", "ns",
			  json_pack("{s:i}", "counters", MANY));
	if (many->one_cpu)
		results_mark_one_cpu(row);
	for (i = 0; i < many->samples.nb; i++)
		samples_add(&row->samples, (many->samples.values[i] - first) / (MANY - 1));
	return results_close_or_drop_row(&b->results, row);
}

static int
close_rows(struct bench *b, struct drain_run *runs)
{
	/* Before the other rows are closed, because closing sorts their samples. */
	const struct row *per_counter =
		add_per_counter_row(b, runs[POLLING].row, runs[POLLING_MANY].row);
	int i;

	for (i = 0; i < NB_CASES; i++) {
		json_object_set_new(runs[i].row->params, "rejected",
				    json_integer(runs[i].rejected));
		budget_note(runs[i].row, b->repeats);
		runs[i].row = results_close_or_drop_row(&b->results, runs[i].row);
	}
	results_value(&b->results, "drain of each further counter, polling lcore: ns", per_counter,
		      10);
	results_ratio(&b->results, "reap of a dead thread with 1024 counters / 1 counter",
		      runs[REAP_MANY].row, runs[REAP].row, 0);
	results_ratio(&b->results,
		      "iteration of a polling lcore: drained all the time / undisturbed",
		      runs[DISTURBED].row, runs[UNDISTURBED].row, 0);
	results_ratio(&b->results, "drain of a polling lcore: ration / ring round trip",
		      runs[POLLING].row, runs[POLLING_RING].row, 2.0);
	results_ratio(&b->results, "drain of a worker in WAIT: ration / launch and wait",
		      runs[WAITING].row, runs[WAITING_LAUNCH].row, 1.2);
	results_ratio(&b->results, "drain of 1024 counters / 1 counter, polling lcore",
		      runs[POLLING_MANY].row, runs[POLLING].row, 0);
	results_ratio(&b->results, "drain of the caller itself: ration / ring round trip",
		      runs[SELF].row, runs[POLLING_RING].row, 0);
	return 0;
}

static void
stop_run(struct drain_run *run)
{
	if (run->target == NULL)
		return;
	target_fini(run->target);
	free(run->target);
}

static int
run_drain(struct bench *b)
{
	const double longer = RTE_MAX((double)b->repeats / REPEATS_OF_TIME, 1.0);
	const uint64_t end = budget_of_test(b, SECONDS * longer);
	struct drain_run runs[NB_CASES] = {0};
	int i, rc = 0;

	for (i = 0; i < NB_CASES && rc == 0; i++)
		rc = start_run(b, &runs[i], &cases[i]);
	if (rc == 0)
		rc = ring_baseline_init(&runs[POLLING_RING].target->ring);
	if (rc == 0) {
		rc = measure(b, runs, budget_next(end, ENGINES_PARTS));
		if (rc == 0)
			rc = close_rows(b, runs);
		ring_baseline_fini(&runs[POLLING_RING].target->ring);
	}
	for (i = 0; i < NB_CASES; i++)
		stop_run(&runs[i]);
	if (rc == 0 && !bench_stops(b))
		rc = drain_many(b, end);
	return rc < 0 ? rc : drain_plot(b);
}

const struct bench_test test_drain = {
	.name = "drain",
	.summary = "drain polling, waiting, offline and dead lcores",
	.nb_lcores = 2,
	.run = run_drain,
};
