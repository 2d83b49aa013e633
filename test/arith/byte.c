/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Checks the arithmetic of limits for all values of types of one byte, against plain int. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define uint64_t uint8_t
#define uint32_t uint8_t

#include "shm/arith.h"

#define MOST UINT8_MAX

static bool
limits_are_right(int a, int b, int c)
{
	if (ration_fits((uint8_t)a, (uint8_t)b, (uint8_t)c) != (a + b <= c)) {
		printf("fits(%d, %d, %d)\n", a, b, c);
		return false;
	}
	if (ration_sub_sat((uint8_t)a, (uint8_t)b) != (a > b ? a - b : 0)) {
		printf("left(%d, %d)\n", a, b);
		return false;
	}
	return true;
}

/* Exactly as many units as the three bounds allow. */
static bool
ahead_is_right(int batch, int room, int margin, int need, int lcores)
{
	int n = ration_precharge_units((uint8_t)batch, (uint8_t)room, (uint8_t)margin,
				       (uint8_t)need, (uint8_t)lcores);
	bool within = n <= batch && 2 * n <= room && (n == 0 || need + 2 * lcores * n <= margin);
	bool most = n == batch || 2 * (n + 1) > room || need + 2 * lcores * (n + 1) > margin;

	if (!within || !most)
		printf("ahead(%d, %d, %d, %d, %d) = %d\n", batch, room, margin, need, lcores, n);
	return within && most;
}

static bool
all_limits(void)
{
	int a, b, c;

	for (a = 0; a <= MOST; a++)
		for (b = 0; b <= MOST; b++)
			for (c = 0; c <= MOST; c++)
				if (!limits_are_right(a, b, c) || !ahead_is_right(a, b, c, 0, 1) ||
				    !ahead_is_right(a, b, c, 9, 3))
					return false;
	return true;
}

/* All margins, needs and numbers of lcores, with some batches and rooms. */
static bool
all_margins(int batch, int room)
{
	int margin, need, lcores;

	for (margin = 0; margin <= MOST; margin++)
		for (need = 0; need <= MOST; need++)
			for (lcores = 1; lcores <= INT8_MAX; lcores++)
				if (!ahead_is_right(batch, room, margin, need, lcores))
					return false;
	return true;
}

int
main(void)
{
	static const int some[] = {0, 11, MOST};
	size_t i, j;

	if (!all_limits())
		return 1;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		for (j = 0; j < sizeof(some) / sizeof(some[0]); j++)
			if (!all_margins(some[i], some[j]))
				return 1;
	return 0;
}
