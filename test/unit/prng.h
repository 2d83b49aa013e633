/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_PRNG_H_
#define TEST_PRNG_H_

/**
 * @file
 * Random numbers that are the same for a seed on every machine (splitmix64, by Sebastiano Vigna,
 * public domain).
 */

#include <stdint.h>

struct prng {
	uint64_t state;
};

static inline uint64_t
prng_next(struct prng *p)
{
	uint64_t z = (p->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/** A number from 0 to n - 1; n must not be 0. */
static inline uint64_t
prng_below(struct prng *p, uint64_t n)
{
	return prng_next(p) % n;
}

#endif /* TEST_PRNG_H_ */
