/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_XORSHIFT_H_
#define BENCH_XORSHIFT_H_

/**
 * @file
 * Random numbers that cost three shifts and are the same in every run.
 */

#include <stdint.h>

/** Initial state; never 0. */
#define XORSHIFT_SEED UINT64_C(88172645463325252)

/** Next number of xorshift64, by George Marsaglia. */
static inline uint64_t
xorshift_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif /* BENCH_XORSHIFT_H_ */
