/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "report/gnuplot.h"
#include "report/hgrm.h"

#define NAME_SIZE 96

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

/* The largest value is at 100 %, which this scale does not reach. It is in the .hgrm file. */
static void
write_curves(const char *plot, const struct hgrm_line *lines, uint32_t nb, FILE *f)
{
	char name[NAME_SIZE];
	uint32_t i;

	for (i = 0; i < nb; i++) {
		file_name(plot, lines[i].name, name, sizeof(name));
		fputs(i == 0 ? "plot " : ", \\\n     ", f);
		fprintf(f, "'%s' using 4:1 with steps linewidth 2 ", name);
		fprintf(f, "linecolor %u dashtype %d title '%s'", lines[i].color + 1,
			lines[i].dashed ? 2 : 1, lines[i].name);
	}
	fputc('\n', f);
}

static int
write_script(const char *folder, const char *plot, const char *script,
	     const struct hgrm_line *lines, uint32_t nb)
{
	FILE *f = gnuplot_open(folder, script);
	uint32_t i;

	if (f == NULL)
		return -1;
	fputs("# SPDX-License-Identifier: BSD-3-Clause\n"
	      "# Each nine has the same width, as in HdrHistogram's plots.\n"
	      "set logscale xy\nset grid\nset key left top\nset xrange [1:*]\n"
	      "set xtics ('0%%' 1, '90%%' 10, '99%%' 100, '99.9%%' 1e3, '99.99%%' 1e4, \\\n"
	      "  '99.999%%' 1e5, '99.9999%%' 1e6, '99.99999%%' 1e7, '99.999999%%' 1e8)\n"
	      "set xlabel 'percentile'\nset ylabel 'microseconds'\n",
	      f);
	fprintf(f, "set title '%s'\n", plot);
	for (i = 0; i < GNUPLOT_TERMINALS; i++) {
		fprintf(f, "set terminal %s\nset output '%s.%s'\n", gnuplot_terminals[i].terminal,
			plot, gnuplot_terminals[i].ending);
		write_curves(plot, lines, nb, f);
	}
	return gnuplot_close(f, folder);
}

int
hgrm_plot(const char *folder, const char *name, const struct hgrm_line *lines, uint32_t nb,
	  double per_us)
{
	char script[NAME_SIZE];
	uint32_t i;

	for (i = 0; i < nb; i++) {
		if (write_line(folder, name, &lines[i], per_us) < 0)
			return -1;
	}
	snprintf(script, sizeof(script), "%s.gp", name);
	if (write_script(folder, name, script, lines, nb) < 0)
		return -1;
	return gnuplot_draw(folder, script);
}
