/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_MUTANTS_H_
#define TEST_EXPLORE_MUTANTS_H_

/**
 * @file
 * Deliberate defects. In the build with mutants the library's sources have been through mutate.py,
 * which puts each defect of mutants.txt at its place, behind the question whether it is switched
 * on.
 */

/** What each defect is. */
extern const char *const explore_mutants[];
extern const unsigned int explore_nb_mutants;
/** Where to look for each first; "": anywhere. */
extern const char *const explore_mutant_scenarios[];

#endif /* TEST_EXPLORE_MUTANTS_H_ */
