/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_PARAMS_H_
#define RATION_SHM_PARAMS_H_

/**
 * @file
 * Checks of parameters. A value that is refused is named in the log, because the error number alone
 * does not say which of several parameters was wrong.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration_core.h>

/** Limit that the member `max` of a parameter structure selects. */
static inline uint64_t
ration_max_value(uint64_t member)
{
	if (member == 0)
		return RATION_UNLIMITED;
	return member != RATION_MAX_ZERO ? member : 0;
}

/** What the parameters belong to, for the log. */
struct params_of {
	const char *domain; /**< Name of the domain. */
	const char *call; /**< What is done, for example "create counter". */
	const char *counter; /**< Name or path of the counter, or NULL. */
};

/** Return true if value is at most max. If not, log both. */
bool ration_param_fits(const struct params_of *of, const char *member, uint64_t value,
		       uint64_t max);

/** Return true if no other flags than `allowed` are set. If not, log the others. */
bool ration_flags_fit(const struct params_of *of, uint32_t flags, uint32_t allowed);

#endif /* RATION_SHM_PARAMS_H_ */
