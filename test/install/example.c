/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <rte_eal.h>
#include <ration.h>

int
main(int argc, char **argv)
{
	struct ration_counter_params edge_max = {.max = 1000, .batch = 64};
	struct ration_counter_params gold_max = {.max = 100, .batch = 16};
	struct ration_domain *domain;
	ration_counter_t edge, gold;
	struct ration_lcore *lc;
	int held = 0;

	if (rte_eal_init(argc, argv) < 0 || !(domain = ration_domain_create("example", NULL)))
		return 1;
	edge = ration_counter_create(domain, ration_domain_root(domain), "edge", &edge_max);
	gold = ration_counter_create(domain, edge, "gold", &gold_max);
	lc = ration_lcore_register(domain); /* each thread that forwards, once */
	while (ration_try_charge(lc, gold, 1) == 0) /* a packet has come in: is there room? */
		held++;
	printf("edge/gold holds %d packets, the next one was refused\n", held);
	for (; held > 0; held--)
		ration_uncharge(lc, gold, 1); /* a packet has left */
	ration_quiescent(lc); /* once per burst: give stock back if asked to */
	ration_lcore_unregister(lc);
	return ration_domain_free(domain) != 0;
}
