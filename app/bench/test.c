/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "test.h"

const struct bench_test *const bench_tests[] = {
	&test_charge,
	&test_drain,
	&test_policy,
	NULL,
};
