/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TENANTS_LIMITS_H_
#define TENANTS_LIMITS_H_

/**
 * @file
 * Limits that are valid but cannot be meant.
 */

#include "tenants/tenants.h"

/**
 * Warn about limits in bytes that are smaller than any packet: they refuse all packets, as a limit
 * of 0 does, but a limit of 0 is meant. Main lcore only.
 */
void tenants_warn_limits(const struct tenants *t);

#endif /* TENANTS_LIMITS_H_ */
