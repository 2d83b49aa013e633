/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "report/gnuplot.h"
#include "report/plot.h"

#define LINES_MAX 16
/** In pixels. */
#define HEIGHT 540

struct plot {
	const char *file;
	const char *title;
	const char *name; /**< Case of the rows. */
	const char *param; /**< Parameter on the x axis. */
	const char *xlabel;
	const char *ylabel;
	bool log_x;
};

static const struct plot plots[] = {
	{"counters", "Time of a pair of charge and uncharge, over counters in turn, 3 levels",
	 "round robin", "counters", "counters", "ns per pair", true},
	{"bursts", "Time of a pair in bursts of 32, over counters in random order", "burst",
	 "counters", "counters", "ns per pair", true},
	{"prefetched", "Time of a pair in bursts of 32, over counters in random order, prefetched",
	 "burst, prefetched", "counters", "counters", "ns per pair", true},
	{"depth", "Time of a pair of charge and uncharge of one counter, by depth", "pair", "depth",
	 "levels below the root", "ns per pair", false},
	{"walk", "Time of a pair of charge and uncharge without stock, by depth", "walk", "depth",
	 "levels below the root", "ns per pair", false},
	{"seeds", "Time in which each group charges and releases 64 pages", "seeds", "counters",
	 "groups", "us per iteration", true},
	{"lcores-private", "Time of a pair on each of several lcores, with a tree for each lcore",
	 "private trees", "lcores", "lcores", "ns per pair", false},
	{"lcores-shared",
	 "Time of a pair on each of several lcores, own counters, shared ancestors",
	 "shared ancestors", "lcores", "lcores", "ns per pair", false},
	{"lcores-same", "Time of a pair on each of several lcores, all with the same counter",
	 "same counter", "lcores", "lcores", "ns per pair", false},
	{"drain", "Time of a drain of counters that have stock on polling lcores",
	 "many: requester waits", "counters", "counters", "ns", true},
};

/* An implementation has the same color in all plots. */
static const char *const colors[][2] = {
	{"ration", "#d62728"},	      {"limit", "#555555"},	    {"atomic-tree", "#1f77b4"},
	{"cas-tree", "#17becf"},      {"spinlock-tree", "#000080"}, {"slots-7-random", "#ffbb78"},
	{"slots-7-rr", "#ff7f0e"},    {"stock-v3", "#2ca02c"},	    {"stock-v4", "#98df8a"},
	{"limit-counter", "#9467bd"}, {"mempool-cache", "#8c564b"}, {"meter", "#e377c2"},
};

static const char *
color_of(const char *impl)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(colors); i++) {
		if (strcmp(colors[i][0], impl) == 0)
			return colors[i][1];
	}
	return "#000000";
}

/* Find the implementations that have rows for a plot, in order of appearance. */
static uint32_t
find_lines(const struct results *r, const struct plot *p, const char **lines)
{
	const struct row *row;
	uint32_t nb = 0, i;

	TAILQ_FOREACH(row, &r->rows, next) {
		if (strcmp(row->name, p->name) != 0 || row->one_cpu)
			continue;
		for (i = 0; i < nb && strcmp(lines[i], row->impl) != 0; i++)
			;
		if (i == nb && nb < LINES_MAX)
			lines[nb++] = row->impl;
	}
	return nb;
}

/* Write one block per line: x, median, min, max. A line with one point is drawn as a point. */
static void
write_data(const struct results *r, const struct plot *p, const char *const *lines, uint32_t nb,
	   FILE *f)
{
	const struct row *row;
	uint32_t i;

	for (i = 0; i < nb; i++) {
		fprintf(f, "# %s\n", lines[i]);
		TAILQ_FOREACH(row, &r->rows, next) {
			if (strcmp(row->name, p->name) != 0 || strcmp(row->impl, lines[i]) != 0 ||
			    row->one_cpu)
				continue;
			fprintf(f, "%" JSON_INTEGER_FORMAT " %g %g %g\n",
				json_integer_value(json_object_get(row->params, p->param)),
				row->summary.median, row->summary.min, row->summary.max);
		}
		fputs("\n\n", f);
	}
}

static void
write_script(const struct plot *p, const char *const *lines, uint32_t nb, FILE *f)
{
	uint32_t i, k;

	fprintf(f,
		"set title '%s'\nset xlabel '%s'\nset ylabel '%s'\nset logscale y\nset grid\n"
		"set key outside right\nset style data linespoints\n",
		p->title, p->xlabel, p->ylabel);
	if (p->log_x)
		fputs("set logscale x 2\nset format x '%.0f'\n", f);
	else
		fputs("set xtics 1\n", f);
	fputs("set autoscale xfix\n", f);
	fputs("set offsets graph 0.02, graph 0.02, 0, 0\n", f);
	for (k = 0; k < GNUPLOT_TERMINALS; k++) {
		gnuplot_write_output(&gnuplot_terminals[k], p->file, HEIGHT, f);
		fputs("plot ", f);
		for (i = 0; i < nb; i++)
			fprintf(f,
				"%s'%s.dat' index %u using 1:2 title '%s' lc rgb '%s' lw 2 pt %u "
				"ps 0.7",
				i > 0 ? ", " : "", p->file, i, lines[i], color_of(lines[i]), i + 4);
		fputc('\n', f);
	}
}

static int
draw_one(const struct results *r, const struct plot *p, const char *folder)
{
	const char *lines[LINES_MAX];
	uint32_t nb = find_lines(r, p, lines);
	char name[64];
	FILE *f;

	if (nb == 0)
		return 0;
	snprintf(name, sizeof(name), "%s.dat", p->file);
	f = gnuplot_open(folder, name);
	if (f == NULL)
		return -1;
	write_data(r, p, lines, nb, f);
	if (gnuplot_close(f, folder) < 0)
		return -1;
	snprintf(name, sizeof(name), "%s.gp", p->file);
	f = gnuplot_open(folder, name);
	if (f == NULL)
		return -1;
	write_script(p, lines, nb, f);
	return gnuplot_close(f, folder) < 0 ? -1 : gnuplot_draw(folder, name);
}

int
plot_draw(const struct results *r, const char *folder)
{
	uint32_t i;
	int rc = 0;

	for (i = 0; i < RTE_DIM(plots) && rc == 0; i++)
		rc = draw_one(r, &plots[i], folder);
	return rc;
}
