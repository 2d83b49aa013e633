/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CONTROL_BANNER_H_
#define CONTROL_BANNER_H_

/**
 * @file
 * What the program is about to do, printed once at the start.
 */

#include "forward/lcores.h"
#include "options/options.h"
#include "ports/ports.h"
#include "tenants/tenants.h"

/**
 * Print ports, mode, lcores and budgets to stderr, one line each. The ports are started. Main lcore
 * only.
 */
void banner_print(const struct options *o, const struct ports *ports, const struct tenants *t,
		  const struct lcores *lcores);

#endif /* CONTROL_BANNER_H_ */
