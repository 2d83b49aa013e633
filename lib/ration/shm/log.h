/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LOG_H_
#define RATION_SHM_LOG_H_

/**
 * @file
 * Messages of the library. Warnings about one domain are limited to one a second.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_log.h>

struct ration_domain;

extern int ration_logtype;

#define RATION_LOG(level, fmt, ...)                                                                \
	rte_log(RTE_LOG_##level, ration_logtype, "RATION: " fmt "\n", ##__VA_ARGS__)

/** Whether a warning about a domain may be written now: once a second. Not for the data path. */
bool ration_log_is_due(struct ration_domain *d, uint32_t *unlogged);

/** Write one if so. The format is a literal. */
#define RATION_LOG_LIMITED(d, fmt, ...)                                                            \
	do {                                                                                       \
		uint32_t unlogged_;                                                                \
		if (ration_log_is_due(d, &unlogged_))                                              \
			RATION_LOG(WARNING, "domain %s: " fmt " (%u more warnings before)",        \
				   (d)->name, __VA_ARGS__, unlogged_);                             \
	} while (0)

#endif /* RATION_SHM_LOG_H_ */
