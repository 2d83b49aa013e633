/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "lines.h"
#include "price_atomics.h"

#define NB_LINES (1u << 16)

struct line {
	uintptr_t number; /* Address / size of a line; 0: not used. */
	uint64_t copies[PRICE_LCORES / 64]; /* Lcores that read it without a transfer. */
	uint32_t user; /* The first lcore that used it. */
	bool shared; /* More than one lcore has used it. */
};

static struct line lines[NB_LINES];
static uint32_t me;
static struct price price;

void
price_reset(void)
{
	memset(lines, 0, sizeof(lines));
	price = (struct price){0};
}

void
price_run_as(uint32_t lcore)
{
	me = lcore;
}

struct price
price_so_far(void)
{
	return price;
}

static struct line *
line_of(const volatile void *p)
{
	uintptr_t number = (uintptr_t)p / RTE_CACHE_LINE_SIZE;
	uint32_t i = (uint32_t)(number * UINT32_C(0x9e3779b1)) % NB_LINES;

	while (lines[i].number != 0 && lines[i].number != number)
		i = (i + 1) % NB_LINES;
	if (lines[i].number == 0)
		lines[i] = (struct line){.number = number, .user = me};
	return &lines[i];
}

static bool
has_copy(const struct line *l)
{
	return l->copies[me / 64] >> (me % 64) & 1;
}

static bool
has_only_copy(const struct line *l)
{
	uint32_t i, nb = 0;

	for (i = 0; i < RTE_DIM(l->copies); i++)
		nb += (uint32_t)__builtin_popcountll(l->copies[i]);
	return nb == 1 && has_copy(l);
}

void
price_access(const volatile void *p, enum price_access kind)
{
	struct line *l = line_of(p);
	bool moves = kind == PRICE_READ ? !has_copy(l) : !has_only_copy(l);

	l->shared |= l->user != me;
	/* The first use of a line that nobody else uses comes from memory: not counted. */
	price.transfers += moves && l->shared;
	price.rmws += kind == PRICE_RMW && l->shared;
	if (kind != PRICE_READ)
		memset(l->copies, 0, sizeof(l->copies));
	l->copies[me / 64] |= UINT64_C(1) << (me % 64);
}
