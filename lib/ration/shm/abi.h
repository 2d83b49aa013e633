/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ABI_H_
#define RATION_SHM_ABI_H_

/**
 * @file
 * The ABI guard: checks that a program was compiled for the ABI of this library.
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * Compare the RATION_ABI of a program with that of the library. A mismatch is logged in one line
 * that names both. Any process, any thread.
 *
 * @param domain
 *   Name of the domain, for the log message; may be NULL.
 * @param abi
 *   RATION_ABI as the program was compiled with it.
 * @return true, or false with rte_errno EPROTO
 */
bool ration_abi_fits(const char *domain, uint64_t abi);

#endif /* RATION_SHM_ABI_H_ */
