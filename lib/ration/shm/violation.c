/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_build_config.h>
#ifdef RTE_BACKTRACE
#include <execinfo.h>
#endif

#include "shm/log.h"
#include "shm/violation.h"

/* Largest number of frames in a report. */
#define FRAMES_MAX 32
/* The frames of dump_stack() and ration_violation() say nothing to the reader. */
#define FRAMES_OWN 2

static const char *const names[] = {
	[RATION_CHECK_NULL] = "null pointer",
	[RATION_CHECK_GONE] = "no such domain or lcore area",
	[RATION_CHECK_UNREGISTERED] = "lcore area after unregister",
	[RATION_CHECK_OWNER] = "lcore area of another thread",
	[RATION_CHECK_OVERLAP] = "calls at the same time",
	[RATION_CHECK_QUIESCENT] = "quiescent point of another thread",
	[RATION_CHECK_INDEX] = "index out of bounds",
	[RATION_CHECK_DOMAIN] = "handle of another domain",
	[RATION_CHECK_UNITS] = "units out of range",
	[RATION_CHECK_EXCESS] = "excess uncharge",
};

static RATION_ATOMIC(uint64_t) counts[RTE_DIM(names)];

/*
 * rte_dump_stack() writes to the log type of EAL, so an application that logs only lib.ration would
 * lose the frames.
 */
static __rte_noinline void
dump_stack(void)
{
#ifdef RTE_BACKTRACE
	void *frames[FRAMES_MAX];
	int nb = backtrace(frames, FRAMES_MAX), i;
	char **symbols = backtrace_symbols(frames, nb);

	for (i = FRAMES_OWN; symbols != NULL && i < nb; i++)
		RATION_LOG(ERR, "  #%d %s", i - FRAMES_OWN, symbols[i]);
	free(symbols);
#endif
}

/* If several threads come to the place at the same time, one of them reports. */
static bool
is_first_here(struct __ration_check_site *site, enum ration_check kind)
{
	uint32_t bit = UINT32_C(1) << kind;

	return (ration_fetch_or(&site->reported, bit, relaxed) & bit) == 0;
}

__rte_noinline void
ration_violation(struct __ration_check_site *site, enum ration_check kind, const char *format, ...)
{
	char what[256];
	va_list args;

	ration_fetch_add(&counts[kind], 1, relaxed);
	if (!is_first_here(site, kind))
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	RATION_LOG(ERR, "misuse at %s:%u: %s(): %s: %s; from now on only counted at this place",
		   site->file, site->line, site->call, names[kind], what);
	dump_stack();
}

void
ration_checks_get(struct ration_checks *checks)
{
	uint32_t i;

	if (checks == NULL)
		return;
	memset(checks, 0, sizeof(*checks));
	for (i = 0; i < RTE_DIM(counts); i++) {
		checks->violations[i] = ration_load(&counts[i], relaxed);
		checks->total += checks->violations[i];
	}
}

const char *
ration_check_name(enum ration_check kind)
{
	return (uint32_t)kind < RTE_DIM(names) ? names[kind] : NULL;
}
