/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include "report/hgrm.h"
#include "tests/latency_plot.h"

/* Append one line for each state of the CPU. @param names of these lines */
static uint32_t
add_lines(const struct latency *l, uint32_t i, uint32_t p, const char *const *names, uint32_t color,
	  struct hgrm_line *lines)
{
	const struct latency_result *r;
	uint32_t nb = 0, state;

	for (state = 0; state < 2; state++) {
		r = &l->results[state][i][p];
		if (r->median == NULL)
			continue;
		lines[nb++] = (struct hgrm_line){
			.name = names[state],
			.histogram = &r->all.delays,
			.color = color,
			.marked = state == 1,
		};
	}
	return nb;
}

/*
 * Plot the cases of libration with drains, and the first case without; or all cases without drains.
 */
static int
plot_ration(const struct bench *b, const struct latency *l, const char *file, const char *title,
	    bool storm)
{
	struct hgrm_line lines[2 * LATENCY_CASES_MAX];
	uint32_t nb = 0, color = 0, i;

	for (i = 0; i < latency_nb_cases; i++) {
		const struct latency_case *c = &latency_cases[i];
		const char *const names[] = {c->row, c->row_isolated};

		if (i == 0 || (c->roles == LATENCY_DRAINED) == storm)
			nb += add_lines(l, i, TAILS_RATION, names, color++, &lines[nb]);
	}
	return hgrm_plot(b->plot, file, title, lines, nb, 1000 * b->ticks_per_ns);
}

/* Plot one case for all measured backends. */
static int
plot_backends(const struct bench *b, const struct latency *l, uint32_t i)
{
	struct hgrm_line lines[2 * TAILS_NB_BACKENDS];
	char isolated[TAILS_NB_BACKENDS][32];
	char title[96];
	uint32_t nb = 0, p;

	for (p = 0; p < TAILS_NB_BACKENDS; p++) {
		const char *const names[] = {l->backends[p].impl->name, isolated[p]};

		snprintf(isolated[p], sizeof(isolated[p]), "%s, isolated", names[0]);
		nb += add_lines(l, i, p, names, p, &lines[nb]);
	}
	snprintf(title, sizeof(title), "Delay of %s, since the planned start",
		 latency_cases[i].row);
	return hgrm_plot(b->plot, latency_cases[i].plot, title, lines, nb, 1000 * b->ticks_per_ns);
}

int
latency_plot(const struct bench *b, const struct latency *l)
{
	uint32_t i;
	int rc;

	if (b->plot == NULL)
		return 0;
	rc = plot_ration(b, l, "latency",
			 "Delay of operations of libration since their planned start", false);
	if (rc == 0)
		rc = plot_ration(
			b, l, "latency-drained",
			"Delay of 1,000 operations of libration while all counters are drained",
			true);
	for (i = 0; i < latency_nb_cases && rc == 0; i++) {
		if (latency_cases[i].plot != NULL)
			rc = plot_backends(b, l, i);
	}
	return rc;
}
