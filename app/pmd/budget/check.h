/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_CHECK_H_
#define BUDGET_CHECK_H_

/**
 * @file
 * The checks that need the complete tree of a budget.
 */

#include "budget/build.h"

/**
 * Check names, limits and rules, and fill in the paths and the default node.
 *
 * @return
 *   0, or -1 with the error written.
 */
int budget_check(struct budget_build *w);

#endif /* BUDGET_CHECK_H_ */
