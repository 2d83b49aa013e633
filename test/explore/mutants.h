/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_MUTANTS_H_
#define TEST_EXPLORE_MUTANTS_H_

/**
 * @file
 * Deliberate defects. In the build with mutants mutate.py has inserted each defect of mutants.txt
 * into the library's sources, with a check whether the defect is switched on.
 */

/** Name and description of each defect. */
extern const char *const explore_mutants[];
extern const unsigned int explore_nb_mutants;
/** Scenario that is searched first for each; "": none. */
extern const char *const explore_mutant_scenarios[];

#endif /* TEST_EXPLORE_MUTANTS_H_ */
