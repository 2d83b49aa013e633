/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_EAL_H_
#define RATION_SHM_EAL_H_

/**
 * @file
 * What EAL is to this process: not yet initialized, primary or not, or already cleaned up. Any
 * thread.
 */

#include <stdbool.h>

#include "shm/layout.h"

/** Return true if rte_eal_init() has succeeded in this process. */
bool ration_eal_is_up(void);

/** Return true if EAL is up. If not, log it for a domain, and set rte_errno to ENODEV. */
bool ration_eal_needed(const char *domain);

/**
 * Return true if this is the primary process. A child that the primary process forked is not: it
 * has copies of the locks, so it would not exclude its parent, and it may be killed at any time.
 */
bool ration_is_primary(void);

/**
 * Return true if the memory of a domain is still mapped and still holds the domain that this
 * process knows by this address. rte_eal_cleanup() unmaps all domains without telling the library.
 * The memory is read by a system call, which does not fault. Not for the data path.
 */
bool ration_domain_is_there(const struct ration_domain *d);

/** Return true if an lcore area and its domain are still there, as ration_domain_is_there(). */
bool ration_lcore_is_there(const struct ration_lcore *lc);

#endif /* RATION_SHM_EAL_H_ */
