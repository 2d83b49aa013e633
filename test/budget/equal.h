/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_EQUAL_H_
#define BUDGET_EQUAL_H_

/**
 * @file
 * Comparison of budgets for tests.
 */

#include "budget/budget.h"

/** Fail the test unless two budgets are equal. Their line numbers may differ. */
void assert_budget_equal(const struct budget *a, const struct budget *b);

/** Print a budget, parse the output, and fail the test unless the result is equal. */
void assert_round_trip(const struct budget *b);

#endif /* BUDGET_EQUAL_H_ */
