/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <math.h>
#include <stdlib.h>

#include "report/samples.h"

#define SAMPLES_FIRST 256

void
samples_add(struct samples *s, double value)
{
	if (s->nb == s->size) {
		s->size = s->size == 0 ? SAMPLES_FIRST : 2 * s->size;
		s->values = reallocarray(s->values, s->size, sizeof(*s->values));
		if (s->values == NULL)
			err(EXIT_FAILURE, "no memory for %u samples", s->size);
	}
	s->values[s->nb++] = value;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
samples_median_of(const struct samples *s, uint32_t from, uint32_t to)
{
	struct samples part = {0};
	double median;
	uint32_t i;

	for (i = from; i < to; i++)
		samples_add(&part, s->values[i]);
	median = part.nb > 0 ? samples_summary(&part).median : NAN;
	samples_free(&part);
	return median;
}

struct summary
samples_summary(struct samples *s)
{
	uint32_t nb = s->nb;

	if (nb == 0)
		return (struct summary){0};
	qsort(s->values, nb, sizeof(*s->values), by_value);
	return (struct summary){
		.min = s->values[0],
		.median = (s->values[(nb - 1) / 2] + s->values[nb / 2]) / 2,
		.max = s->values[nb - 1],
		.samples = nb,
	};
}

/* Number of values up to a percentile, as HdrHistogram counts them. */
static uint32_t
rank_of(const struct samples *s, double percent)
{
	uint32_t rank = (uint32_t)(percent / 100 * (double)s->nb + 0.5);

	if (rank == 0)
		return 1;
	return rank < s->nb ? rank : s->nb;
}

double
samples_percentile(const struct samples *s, double percent)
{
	return s->nb == 0 ? 0 : s->values[rank_of(s, percent) - 1];
}

bool
samples_support_percentile(const struct samples *s, double percent)
{
	return s->nb > 0 && s->nb - rank_of(s, percent) >= SAMPLES_BEYOND;
}

void
samples_clear(struct samples *s)
{
	s->nb = 0;
}

void
samples_free(struct samples *s)
{
	free(s->values);
	*s = (struct samples){0};
}
