/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_LCORES_H_
#define FORWARD_LCORES_H_

/**
 * @file
 * All forwarding lcores: assigning streams to them, launching them and waiting for them.
 *
 * All functions: main lcore only. Those that return int return 0, or a negative errno after one
 * line on stderr.
 */

#include <stdbool.h>
#include <stdint.h>

#include "forward/lcore.h"
#include "options/options.h"
#include "ports/ports.h"
#include "tenants/tenants.h"

/** All forwarding lcores. */
struct lcores {
	unsigned int nb;
	struct fwd_lcore *lcore[RTE_MAX_LCORE];
	forward_loop_t *loop;
	bool plain; /**< The loop does not count packets per tenant. */
	const struct tenants *tenants;
};

/**
 * Determine the number of forwarding lcores: --nb-cores, but not more than there are streams. An
 * error if EAL has fewer worker lcores than --nb-cores.
 *
 * @param nb
 *   Set to the number.
 */
int lcores_count(const struct options *o, const struct ports *ports, unsigned int *nb);

/** Create the contexts of `nb` lcores and assign streams to them. */
int lcores_create(struct lcores *lcores, unsigned int nb, const struct options *o,
		  const struct ports *ports, const struct tenants *t);

/** Launch the loops. */
int lcores_launch(struct lcores *lcores);

/** Return the number of loops that are still running. */
unsigned int lcores_running(const struct lcores *lcores);

/** Return the number of packets that all lcores have received since the launch. */
uint64_t lcores_received(const struct lcores *lcores);

/** Wait until all loops have ended. @return 0, or the first error of a loop */
int lcores_wait(const struct lcores *lcores);

/** Return when the last loop has ended, as clock_seconds(), or 0. After lcores_wait(). */
double lcores_end(const struct lcores *lcores);

/** Free all contexts. No loop may be running. */
void lcores_free(struct lcores *lcores);

#endif /* FORWARD_LCORES_H_ */
