/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Checks the arithmetic with its real types, at the ends and around every power of two, against
 * 128-bit numbers; and runs of bursts against a count one by one.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "shm/arith.h"

#define DIM(array) (sizeof(array) / sizeof((array)[0]))
#define CAPS (UINT32_C(1) << RATION_CAP_BITS)

typedef unsigned __int128 whole;

static uint64_t values[3 * 64 + 2];
static size_t nb_values;

static void
fill_values(void)
{
	unsigned int bit;

	values[nb_values++] = 0;
	for (bit = 1; bit < 64; bit++) {
		values[nb_values++] = (UINT64_C(1) << bit) - 1;
		values[nb_values++] = UINT64_C(1) << bit;
		values[nb_values++] = (UINT64_C(1) << bit) + 1;
	}
	values[nb_values++] = UINT64_MAX - 1;
	values[nb_values++] = UINT64_MAX;
}

static bool
log_error(const char *what, uint64_t a, uint64_t b, uint64_t c)
{
	printf("%s(%" PRIu64 ", %" PRIu64 ", %" PRIu64 ")\n", what, a, b, c);
	return false;
}

/* -------------------------------------------------------------- limits */

static bool
ahead_is_right(uint32_t batch, uint64_t room, uint64_t margin, uint64_t need, uint32_t lcores)
{
	whole n = ration_precharge_units(batch, room, margin, need, lcores), l2 = (whole)2 * lcores;
	bool within = n <= batch && 2 * n <= room && (n == 0 || need + l2 * n <= margin);
	bool most = n == batch || 2 * (n + 1) > room || need + l2 * (n + 1) > margin;

	return (within && most) || log_error("ahead", room, margin, need);
}

static bool
ahead_is_right_for(uint64_t margin, uint64_t need)
{
	static const uint32_t batches[] = {0, 1, 64, UINT32_C(0x7ffff), UINT32_MAX};
	static const uint64_t rooms[] = {0, 1, 2, 129, UINT64_C(0xfffff), UINT64_MAX};
	static const uint32_t lcores[] = {1, 3, 128, INT32_MAX};
	size_t i, j, k;

	for (i = 0; i < DIM(batches); i++)
		for (j = 0; j < DIM(rooms); j++)
			for (k = 0; k < DIM(lcores); k++)
				if (!ahead_is_right(batches[i], rooms[j], margin, need, lcores[k]))
					return false;
	return true;
}

static bool
limits_are_right(void)
{
	size_t i, j, k;

	for (i = 0; i < nb_values; i++) {
		for (j = 0; j < nb_values; j++) {
			uint64_t a = values[i], b = values[j];

			if (ration_sub_sat(a, b) != (a > b ? a - b : 0))
				return log_error("left", a, b, 0);
			if (!ahead_is_right_for(a, b))
				return false;
			for (k = 0; k < nb_values; k++)
				if (ration_fits(a, b, values[k]) != ((whole)a + b <= values[k]))
					return log_error("fits", a, b, values[k]);
		}
	}
	return true;
}

/* ---------------------------------------------------------- stock entry */

static bool
packing_is_right(uint32_t a, uint32_t b)
{
	uint32_t match = __ration_limit_match(a, b), turned = ration_limit_toggle_idle(a);

	if (ration_gen_tag(b) != b % (1u << RATION_GEN_BITS) * CAPS + (b >> RATION_GEN_BITS))
		return log_error("tag", b, 0, 0);
	if (ration_limit_cap(a) != a % CAPS)
		return log_error("limit_cap", a, 0, 0);
	if (a / CAPS == b / CAPS ? match != a % CAPS : match < CAPS)
		return log_error("limit_match", a, b, 0);
	if (turned % CAPS != a % CAPS || turned / CAPS != UINT32_MAX / CAPS - a / CAPS)
		return log_error("limit_turn", a, 0, 0);
	if (ration_limit(b, a % CAPS) != b / CAPS * CAPS + a % CAPS)
		return log_error("limit", b, a, 0);
	return true;
}

static bool
stock_is_right(uint32_t stock, uint32_t cap)
{
	uint32_t room = cap - stock;

	if (__ration_stock_room(stock, cap) != room || __ration_stock_less(cap, room) != stock ||
	    __ration_stock_less(stock, stock) != 0 || __ration_stock_more(stock, room) != cap)
		return log_error("stock", stock, cap, 0);
	return true;
}

/* All pairs of words with one bit set or one bit clear, or at an end of the range. */
static bool
slots_are_right(void)
{
	size_t i, j;

	for (i = 0; i < nb_values; i++) {
		for (j = 0; j < nb_values; j++) {
			uint32_t a = (uint32_t)values[i], b = (uint32_t)values[j];

			if (!packing_is_right(a, b) || !packing_is_right(a, ~b) ||
			    !packing_is_right(~a, b))
				return false;
			if (a <= b && b < CAPS && !stock_is_right(a, b))
				return false;
		}
	}
	return true;
}

/* -------------------------------------------------------------- bursts */

#define BURST 7

static bool
run_is_right(const uint64_t *c, const uint32_t *n, uint32_t i, uint32_t nb)
{
	uint32_t end = 0, last = i;
	whole sum = n != NULL ? n[i] : 1;
	uint64_t units = __ration_run_units(c, n, i, nb, &end);

	while (last + 1 < nb && c[last + 1] == c[i]) {
		last++;
		sum += n != NULL ? n[last] : 1;
	}
	return (end == last + 1 && units == sum) || log_error("run_units", i, nb, units);
}

/* All bursts of up to BURST packets of two counters; memory after the burst is not read. */
static bool
runs_are_right(void)
{
	static const uint32_t n[BURST + 1] = {5, UINT32_MAX, 0, UINT32_MAX, UINT32_MAX, 1, 7, 100};
	uint64_t c[BURST + 1];
	uint32_t bits, i, nb;

	for (bits = 0; bits < 1u << (BURST + 1); bits++) {
		for (i = 0; i <= BURST; i++)
			c[i] = bits >> i & 1;
		for (nb = 1; nb <= BURST; nb++)
			for (i = 0; i < nb; i++)
				if (!run_is_right(c, n, i, nb) || !run_is_right(c, NULL, i, nb))
					return false;
	}
	return true;
}

int
main(void)
{
	fill_values();
	return limits_are_right() && slots_are_right() && runs_are_right() ? 0 : 1;
}
