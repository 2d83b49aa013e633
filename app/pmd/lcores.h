/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef LCORES_H_
#define LCORES_H_

/**
 * @file
 * The forwarding lcores: handing out streams to them, starting them, waiting for them.
 *
 * All functions: main lcore only; errors are one line on stderr and a negative errno.
 */

#include <stdbool.h>
#include <stdint.h>

#include "forward.h"
#include "options.h"
#include "ports.h"
#include "tenants.h"

struct lcores {
	unsigned int nb;
	struct fwd_lcore *lcore[RTE_MAX_LCORE];
	forward_loop_t *loop;
	bool plain; /**< The loop does not tell tenants apart: rows stay 0. */
	const struct tenants *tenants;
};

/** How many lcores there will be: --nb-cores, which EAL has to have, but not more than streams. */
int lcores_count(const struct options *o, const struct ports *ports, unsigned int *nb);

/** Make the lcores' memory and hand out the streams. */
int lcores_create(struct lcores *lcores, unsigned int nb, const struct options *o,
		  const struct ports *ports, const struct tenants *t);

/** Start the loops. */
int lcores_launch(struct lcores *lcores);

/** How many loops are still running. */
unsigned int lcores_running(const struct lcores *lcores);

/** Packets received so far, all lcores. */
uint64_t lcores_received(const struct lcores *lcores);

/** Wait until all loops have ended. @return 0, or the first error of a loop */
int lcores_wait(const struct lcores *lcores);

/** Free everything. */
void lcores_free(struct lcores *lcores);

#endif /* LCORES_H_ */
