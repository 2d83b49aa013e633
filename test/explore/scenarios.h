/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_SCENARIOS_H_
#define TEST_EXPLORE_SCENARIOS_H_

/**
 * @file
 * All scenarios. The letters in `shows` name concerns from the reviews of the kernel's series and
 * of its predecessors; doc/guide/internals/verification.rst lists them.
 */

#include "explore.h"

extern const struct scenario scenarios_charge[];
extern const struct scenario scenarios_drain[];
extern const struct scenario scenarios_member[];
extern const struct scenario scenarios_counter[];
extern const struct scenario scenarios_death[];
extern const struct scenario scenarios_churn[];
extern const struct scenario scenarios_limit[];
extern const struct scenario scenarios_watch[];

/** The i-th of all scenarios, or NULL. */
const struct scenario *scenario_at(uint32_t i);

/** Find a scenario by name, or NULL. */
const struct scenario *scenario_find(const char *name);

#endif /* TEST_EXPLORE_SCENARIOS_H_ */
