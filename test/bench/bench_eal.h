/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_BENCH_EAL_H_
#define TEST_BENCH_EAL_H_

/**
 * @file
 * EAL for a test that needs no hugepages, no devices and no second lcore.
 */

#include <stdio.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>

/** @return 0, or -1 after a message of EAL */
static inline int
bench_eal_init(void)
{
	/* EAL needs writable strings. */
	static char option[][24] = {"test", "--no-huge",	   "--no-shconf", "-m",
				    "64",   "--log-level=*:error", "--no-pci",	  "--file-prefix"};
	static char prefix[32];
	char *argv[RTE_DIM(option) + 1];
	unsigned int i;

	for (i = 0; i < RTE_DIM(option); i++)
		argv[i] = option[i];
	snprintf(prefix, sizeof(prefix), "bench-test-%d", (int)getpid());
	argv[i++] = prefix;
	return rte_eal_init((int)i, argv) < 0 ? -1 : 0;
}

#endif /* TEST_BENCH_EAL_H_ */
