/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* For the build without defects. */

#include "explore.h"
#include "mutants.h"

unsigned int explore_mutant;
const char *const explore_mutants[] = {""};
const char *const explore_mutant_scenarios[] = {""};
const unsigned int explore_nb_mutants = 0;
