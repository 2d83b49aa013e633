/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Checks the arithmetic of stock entries for all values of a `limit` of one byte, with 3 bits of
 * cap below 5 bits of generation, and of units of two bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define uint64_t uint16_t
#define uint32_t uint8_t

#include "shm/arith.h"

#define MOST UINT8_MAX
#define CAPS (1 << RATION_CAP_BITS)

static bool
log_error(const char *what, int a, int b)
{
	printf("%s(%d, %d)\n", what, a, b);
	return false;
}

/* A limit `a` and any generation or tag `b`. */
static bool
packing_is_right(int a, int b)
{
	int match = __ration_limit_match((uint8_t)a, (uint8_t)b),
	    turned = ration_limit_toggle_idle((uint8_t)a);

	if (ration_gen_tag((uint8_t)b) != b * CAPS % (MOST + 1) + b * CAPS / (MOST + 1))
		return log_error("tag", b, 0);
	if (ration_limit_cap((uint8_t)a) != a % CAPS)
		return log_error("limit_cap", a, 0);
	if (a / CAPS == b / CAPS ? match != a % CAPS : match < CAPS)
		return log_error("limit_match", a, b);
	if (turned % CAPS != a % CAPS || turned / CAPS != MOST / CAPS - a / CAPS)
		return log_error("limit_turn", a, 0);
	if (a < CAPS && ration_limit((uint8_t)b, (uint8_t)a) != b / CAPS * CAPS + a)
		return log_error("limit", b, a);
	return true;
}

static bool
stock_is_right(int stock, int cap)
{
	int n;

	if (__ration_stock_room((uint8_t)stock, (uint8_t)cap) != cap - stock)
		return log_error("stock_room", stock, cap);
	for (n = 0; n <= stock; n++)
		if (__ration_stock_less((uint8_t)stock, (uint16_t)n) != stock - n)
			return log_error("stock_less", stock, n);
	for (n = 0; n <= cap - stock; n++)
		if (__ration_stock_more((uint8_t)stock, (uint16_t)n) != stock + n)
			return log_error("stock_more", stock, n);
	return true;
}

int
main(void)
{
	int a, b;

	for (a = 0; a <= MOST; a++)
		for (b = 0; b <= MOST; b++)
			if (!packing_is_right(a, b) || (a <= b && !stock_is_right(a, b)))
				return 1;
	return 0;
}
