/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_VIEW_ATTACH_H_
#define RATION_VIEW_ATTACH_H_

/**
 * @file
 * Find a domain by its name, and check that this library can use it.
 */

#include "shm/layout.h"

struct rte_memzone;

/**
 * Find a domain and enter it into the process-local table. Any process, any thread.
 *
 * @param name
 *   Name of the domain.
 * @param[out] mz
 *   Memzone of the domain.
 * @return
 *   The domain, or NULL with rte_errno ENOENT, EINVAL or EPROTO as from ration_domain_lookup().
 */
struct ration_domain *ration_domain_attach(const char *name, const struct rte_memzone **mz);

#endif /* RATION_VIEW_ATTACH_H_ */
