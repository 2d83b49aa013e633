/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ABI_H_
#define RATION_SHM_ABI_H_

/**
 * @file
 * The ABI guard: whether the program that calls was compiled for this library.
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * Check the RATION_ABI that a program was compiled with. A mismatch is logged in one line that names
 * both sides.
 *
 * @return true, or false with rte_errno EPROTO
 */
bool ration_abi_fits(const char *domain, uint64_t abi);

#endif /* RATION_SHM_ABI_H_ */
