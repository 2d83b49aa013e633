/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>

#include "shm/log.h"
#include "shm/params.h"

/* Separators and values of the optional name of a counter in a log message. */
#define OF_FMT "domain %s: %s%s%s: "
#define OF_ARGS(of)                                                                                \
	(of)->domain, (of)->call, (of)->counter != NULL ? " " : "",                                \
		(of)->counter != NULL ? (of)->counter : ""

bool
ration_param_fits(const struct params_of *of, const char *member, uint64_t value, uint64_t max)
{
	if (value <= max)
		return true;
	RATION_LOG(ERR, OF_FMT "%s is %" PRIu64 ", the maximum is %" PRIu64, OF_ARGS(of), member,
		   value, max);
	return false;
}

bool
ration_flags_fit(const struct params_of *of, uint32_t flags, uint32_t allowed)
{
	if ((flags & ~allowed) == 0)
		return true;
	RATION_LOG(ERR, OF_FMT "unknown flags %#" PRIx32, OF_ARGS(of), flags & ~allowed);
	return false;
}
