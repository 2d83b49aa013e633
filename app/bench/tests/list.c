/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "tests/list.h"

/* One test per line. */
/* clang-format off */
const struct bench_test *const bench_tests[] = {
	&test_charge,
	&test_seeds,
	&test_walk,
	&test_policy,
	&test_drain,
	&test_hiccup,
	&test_latency,
	&test_read,
	&test_scale,
	&test_limit,
	&test_footprint,
	NULL,
};
/* clang-format on */
