/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hgrm.h"

#define NAME_SIZE 96
#define PATH_SIZE 4096

static FILE *
open_in(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		warn("--plot: cannot write '%s'", path);
	return f;
}

static int
close_file(FILE *f, const char *name)
{
	bool failed = ferror(f) != 0;

	if (fclose(f) == 0 && !failed)
		return 0;
	warn("--plot: cannot write '%s'", name);
	return -1;
}

/* "latency", "drain, isolated": "latency-drain-isolated.hgrm" */
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
write_line(const char *folder, const char *plot, const struct hgrm_line *line, double ticks_per_us)
{
	char name[NAME_SIZE];
	FILE *f;

	file_name(plot, line->name, name, sizeof(name));
	f = open_in(folder, name);
	if (f == NULL)
		return -1;
	hgrm_write(line->histogram, ticks_per_us, f);
	return close_file(f, name);
}

/* The largest value has no place on a scale that goes on for ever: it is in the .hgrm file. */
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
write_script(const char *folder, const char *plot, const struct hgrm_line *lines, uint32_t nb)
{
	static const char *const outputs[] = {"svg size 900,600 dynamic", "svg",
					      "png size 900,600 truecolor", "png"};
	char name[NAME_SIZE];
	uint32_t i;
	FILE *f;

	snprintf(name, sizeof(name), "%s.gp", plot);
	f = open_in(folder, name);
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
	for (i = 0; i < 4; i += 2) {
		fprintf(f, "set terminal %s\nset output '%s.%s'\n", outputs[i], plot,
			outputs[i + 1]);
		write_curves(plot, lines, nb, f);
	}
	return close_file(f, name);
}

static int
run_gnuplot(const char *folder, const char *plot)
{
	char program[] = "gnuplot", script[NAME_SIZE];
	char *argv[] = {program, script, NULL};
	posix_spawn_file_actions_t actions;
	int rc, status = -1;
	pid_t pid;

	snprintf(script, sizeof(script), "%s.gp", plot);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	rc = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc == ENOENT) {
		warnx("--plot: gnuplot is not installed, %s/%s stays for later", folder, script);
		return 0;
	}
	if (rc == 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return 0;
	warnx("--plot: gnuplot fails at '%s/%s'", folder, script);
	return -1;
}

int
hgrm_plot(const char *folder, const char *name, const struct hgrm_line *lines, uint32_t nb,
	  double ticks_per_us)
{
	uint32_t i;

	if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
		warn("--plot: cannot make '%s'", folder);
		return -1;
	}
	for (i = 0; i < nb; i++) {
		if (write_line(folder, name, &lines[i], ticks_per_us) < 0)
			return -1;
	}
	if (write_script(folder, name, lines, nb) < 0)
		return -1;
	return run_gnuplot(folder, name);
}
