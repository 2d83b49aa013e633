/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_VIEW_ATTACH_H_
#define RATION_VIEW_ATTACH_H_

/**
 * @file
 * Finding a domain by its name, and checking that it is one of this library.
 */

#include "shm/layout.h"

struct rte_memzone;

/** Find a domain and enter it into the table. @return as ration_domain_lookup(); its memzone */
struct ration_domain *ration_domain_attach(const char *name, const struct rte_memzone **mz);

#endif /* RATION_VIEW_ATTACH_H_ */
