/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_EQUAL_H_
#define BUDGET_EQUAL_H_

#include "budget/budget.h"

/** Fail the test unless the two say the same; lines may differ. */
void assert_budget_equal(const struct budget *a, const struct budget *b);

/** Print a budget, parse what was printed, and fail the test unless it is equal. */
void assert_round_trip(const struct budget *b);

#endif /* BUDGET_EQUAL_H_ */
