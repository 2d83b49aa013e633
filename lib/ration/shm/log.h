/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LOG_H_
#define RATION_SHM_LOG_H_

/**
 * @file
 * Log messages of the library. Warnings about one domain are limited to one per second.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_log.h>

struct ration_domain;

extern int ration_logtype;

/** Write a log message. The format must be a literal. */
#define RATION_LOG(level, fmt, ...)                                                                \
	rte_log(RTE_LOG_##level, ration_logtype, "RATION: " fmt "\n", ##__VA_ARGS__)

/**
 * Whether a warning about a domain may be written now, at most once per second and process.
 *
 * @param[out] unlogged
 *   If true is returned: number of warnings that were suppressed since the last one.
 */
bool ration_log_is_due(struct ration_domain *d, uint32_t *unlogged);

/** Write a warning about a domain, unless ration_log_is_due() suppresses it. */
#define RATION_LOG_LIMITED(d, fmt, ...)                                                            \
	do {                                                                                       \
		uint32_t unlogged_;                                                                \
		if (ration_log_is_due(d, &unlogged_))                                              \
			RATION_LOG(WARNING, "domain %s: " fmt " (%u warnings suppressed)",         \
				   (d)->name, __VA_ARGS__, unlogged_);                             \
	} while (0)

#endif /* RATION_SHM_LOG_H_ */
