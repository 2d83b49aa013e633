/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdbool.h>
#include <string.h>

#include <rte_common.h>

#include "report/gnuplot.h"
#include "report/hgrm.h"

#define NAME_SIZE 96
/** Height of the curves, and of a line of the key, in pixels. */
#define HEIGHT 500u
#define KEY_LINE 20u
#define KEY_COLUMNS 2u
/** Filled and open marks of gnuplot. */
#define POINT_FIRST 4u
#define POINTS 10u

/** Color of a line, and of a related line with marks. */
static const char *const colors[][2] = {
	{"#d62728", "#ff9896"}, {"#1f77b4", "#86b8ea"}, {"#2ca02c", "#98df8a"},
	{"#9467bd", "#c5b0d5"}, {"#ff7f0e", "#ffbb78"}, {"#8c564b", "#c49c94"},
	{"#17becf", "#9edae5"}, {"#e377c2", "#f7b6d2"}, {"#555555", "#b5b5b5"},
	{"#bcbd22", "#dbdb8d"}, {"#000080", "#7a7ad0"}, {"#006400", "#6fb36f"},
};

/* Example: plot "latency", line "drain, isolated" gives "latency-drain-isolated.hgrm". */
static void
file_name(const char *plot, const char *line, char *name, size_t size)
{
	size_t used = (size_t)snprintf(name, size, "%s-", plot);
	const char *c;

	for (c = line; *c != '\0' && used + sizeof(".hgrm") < size; c++) {
		if (*c == ' ')
			name[used++] = '-';
		else if (*c != ',')
			name[used++] = *c;
	}
	snprintf(name + used, size - used, ".hgrm");
}

static int
write_line(const char *folder, const char *plot, const struct hgrm_line *line, double per_us)
{
	char name[NAME_SIZE];
	FILE *f;

	file_name(plot, line->name, name, sizeof(name));
	f = gnuplot_open(folder, name);
	if (f == NULL)
		return -1;
	hgrm_write(line->histogram, per_us, f);
	return gnuplot_close(f, folder);
}

/*
 * The largest value is at 100 %, which this scale does not reach. It is in the .hgrm file. The
 * marks of different lines are at different places.
 */
static void
write_curves(const char *plot, const struct hgrm_line *lines, uint32_t nb, FILE *f)
{
	const char *separator = "plot ";
	char name[NAME_SIZE];
	uint32_t i;

	for (i = 0; i < nb; i++) {
		const struct hgrm_line *line = &lines[i];

		if (line->histogram->total == 0)
			continue;
		file_name(plot, line->name, name, sizeof(name));
		fprintf(f, "%s'%s' using 4:1 with ", separator, name);
		if (line->marked)
			fprintf(f, "linespoints pointtype %u pointsize 0.8 pointinterval 6 ",
				POINT_FIRST + line->color % POINTS);
		else
			fputs("lines ", f);
		fprintf(f, "linewidth 2 linecolor rgb '%s' title '%s'",
			colors[line->color % RTE_DIM(colors)][line->marked], line->name);
		separator = ", \\\n     ";
	}
	fputc('\n', f);
}

/* The key is below the curves, with space for all of its lines. */
static uint32_t
height_of(uint32_t nb)
{
	return HEIGHT + KEY_LINE * ((nb + KEY_COLUMNS - 1) / KEY_COLUMNS);
}

static int
write_script(const char *folder, const char *plot, const char *title, const char *script,
	     const struct hgrm_line *lines, uint32_t nb)
{
	FILE *f = gnuplot_open(folder, script);
	uint32_t i;

	if (f == NULL)
		return -1;
	fputs("# SPDX-License-Identifier: BSD-3-Clause\n"
	      "# Each nine has the same width, as in HdrHistogram's plots.\n"
	      "set logscale xy\nset grid\nset xrange [1:*]\nset rmargin 9\n"
	      "set xtics ('0%%' 1, '90%%' 10, '99%%' 100, '99.9%%' 1e3, '99.99%%' 1e4, \\\n"
	      "  '99.999%%' 1e5, '99.9999%%' 1e6, '99.99999%%' 1e7, '99.999999%%' 1e8)\n"
	      "set xlabel \"percentile\\n \"\nset ylabel 'microseconds'\n",
	      f);
	fprintf(f, "set key below left Left reverse maxcols %u\nset title '%s' noenhanced\n",
		KEY_COLUMNS, title);
	for (i = 0; i < GNUPLOT_TERMINALS; i++) {
		gnuplot_write_output(&gnuplot_terminals[i], plot, height_of(nb), f);
		write_curves(plot, lines, nb, f);
	}
	return gnuplot_close(f, folder);
}

static bool
has_values(const struct hgrm_line *lines, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		if (lines[i].histogram->total > 0)
			return true;
	}
	return false;
}

int
hgrm_plot(const char *folder, const char *name, const char *title, const struct hgrm_line *lines,
	  uint32_t nb, double per_us)
{
	char script[NAME_SIZE];
	uint32_t i;

	if (!has_values(lines, nb))
		return 0;
	for (i = 0; i < nb; i++) {
		if (lines[i].histogram->total > 0 &&
		    write_line(folder, name, &lines[i], per_us) < 0)
			return -1;
	}
	snprintf(script, sizeof(script), "%s.gp", name);
	if (write_script(folder, name, title, script, lines, nb) < 0)
		return -1;
	return gnuplot_draw(folder, script);
}
