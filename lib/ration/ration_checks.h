/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CHECKS_H_
#define RATION_CHECKS_H_

/**
 * @file
 * The checked build: finds calls that break the rules of these headers.
 *
 * A program that is compiled with RATION_CHECKS defined before it includes ration.h makes checked
 * calls: each call first verifies its arguments and its thread. A violation is counted, and
 * reported once for each kind and place through the log type lib.ration, with a backtrace. The
 * program goes on: a call that cannot be made is refused, and a call through the lcore area of
 * another thread walks the tree through the shared area, so that no unit is lost.
 *
 * The library is the same for both kinds of programs. Without RATION_CHECKS the calls are those of
 * the other headers, without any check. Define RATION_CHECKS for all files of a program: calls of
 * other files are not checked.
 */

#include <stdint.h>

#include <ration_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_checks
 * @{
 */

/** Kinds of violations. */
enum ration_check {
	/** A pointer is NULL. The call is refused. */
	RATION_CHECK_NULL,
	/** The domain or lcore area does not exist: it was freed, or never was one. Refused. */
	RATION_CHECK_GONE,
	/** The lcore area is used after it was unregistered. The call uses the shared area. */
	RATION_CHECK_UNREGISTERED,
	/** The lcore area belongs to another thread. The call uses the shared area. */
	RATION_CHECK_OWNER,
	/** Two calls use an lcore area at the same time. The second one uses the shared area. */
	RATION_CHECK_OVERLAP,
	/** A quiescent point of the lcore area of another thread. Ignored. */
	RATION_CHECK_QUIESCENT,
	/** The index of the handle is out of bounds. The call is refused as if it were stale. */
	RATION_CHECK_INDEX,
	/** The handle belongs to another domain. The call is refused as if it were stale. */
	RATION_CHECK_DOMAIN,
	/** The number of units is above RATION_UNLIMITED. The call is refused. */
	RATION_CHECK_UNITS,
	/** More units are uncharged than were granted, on all lcores together. Refused: -ERANGE. */
	RATION_CHECK_EXCESS,
};

/** Size of ration_checks::violations: kinds can be added without a change of the ABI. */
#define RATION_CHECKS_MAX 16

/** Violations of this process, see ration_checks_get(). */
struct ration_checks {
	/** Number of violations of each kind, indexed by enum ration_check. */
	uint64_t violations[RATION_CHECKS_MAX];
	/** Sum of the above. */
	uint64_t total;
};

/**
 * Read how many violations the checked calls of this process have found. All numbers are 0 in a
 * program that is compiled without RATION_CHECKS.
 *
 * Any thread. Does not wait.
 *
 * @param[out] checks
 *   Result. While other threads run, the numbers may be from different points in time. NULL:
 *   nothing is read.
 */
void ration_checks_get(struct ration_checks *checks);

/**
 * Name of a kind of violation, as in the reports. Any thread.
 *
 * @param kind
 *   The kind.
 * @return
 *   The name, or NULL if there is no such kind.
 */
const char *ration_check_name(enum ration_check kind);

/** @internal A place in the source of the program that makes a checked call. */
struct __ration_check_site {
	const char *file;
	const char *call;
	uint32_t line;
	RATION_ATOMIC(uint32_t) reported; /**< A bit for each kind that was reported. */
};

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_CHECKS_H_ */
