/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <ration.h>

static struct ration_domain *domain;
static ration_counter_t gold;
static atomic_bool charged, polling, quit;

/* Step 2: lcore 1 registers, charges one unit, and polls later. */
static int
work(void *unused)
{
	struct ration_lcore *lc = ration_lcore_register(domain);

	(void)unused;
	if (lc == NULL || ration_try_charge(lc, gold, 1) != 0)
		return -1;
	charged = true;
	while (!quit) {
		if (polling)
			ration_quiescent(lc);
	}
	ration_uncharge(lc, gold, 1);
	return ration_lcore_unregister(lc);
}

static void
show(const char *when)
{
	struct ration_reading r;

	if (ration_read_sum(domain, gold, &r) == 0)
		printf("%s: usage %" PRIu64 ", stock %" PRIu64 ", granted %" PRIu64 "\n", when,
		       r.usage, r.stock, r.granted);
}

static void
charge(struct ration_lcore *lc, uint64_t n)
{
	int rc = ration_try_charge(lc, gold, n);

	printf("charge of %" PRIu64 ": %s\n", n, rc == 0 ? "granted" : strerror(-rc));
}

static void
drain(uint32_t timeout_us)
{
	struct ration_drain_row row[2];
	struct ration_drain_report report = {.rows = row, .max_rows = 2};
	int rc = ration_drain(domain, gold, timeout_us, &report);
	uint32_t i;

	printf("drain: %s\n", rc == 0 ? "done" : strerror(-rc));
	for (i = 0; i < report.nb_rows; i++) {
		if (row[i].status == RATION_DRAIN_TIMEDOUT)
			printf("  lcore %" PRIu32 " did not answer\n", row[i].lcore_id);
	}
}

int
main(int argc, char **argv)
{
	struct ration_counter_params limit = {.max = 100, .batch = 64};
	struct ration_lcore *lc;

	/* Step 1: a domain with one counter; the main lcore registers. */
	if (rte_eal_init(argc, argv) < 0 || rte_lcore_count() != 2)
		return 1;
	domain = ration_domain_create("tutorial", NULL);
	if (domain == NULL)
		return 1;
	gold = ration_counter_create(domain, ration_domain_root(domain), "gold", &limit);
	lc = ration_lcore_register(domain);

	rte_eal_remote_launch(work, NULL, rte_get_next_lcore(-1, 1, 0));
	while (!charged)
		;
	show("lcore 1 has charged 1 unit");

	/* Step 3: 99 units are free, and 80 are refused. */
	charge(lc, 80);

	/* Step 4: lcore 1 does not pass quiescent points. */
	drain(10000);

	/* Step 5: now it does. */
	polling = true;
	drain(1000000);
	show("drained");

	/* Step 6: the same charge again. */
	charge(lc, 80);
	show("main has charged 80 units");

	/* Step 7: give everything back. */
	ration_uncharge(lc, gold, 80);
	ration_lcore_unregister(lc);
	quit = true;
	rte_eal_mp_wait_lcore();
	show("all have unregistered");
	return ration_domain_free(domain) != 0;
}
