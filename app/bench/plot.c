/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>

#include "plot.h"

#define LINES_MAX 16

struct plot {
	const char *file;
	const char *title;
	const char *name; /**< Case of the rows. */
	const char *param; /**< On the x axis. */
	const char *xlabel;
	const char *ylabel;
	bool log_x;
};

static const struct plot plots[] = {
	{"counters", "Pair of charge and uncharge, counters in turn, 3 levels", "turn", "counters",
	 "counters", "ns per pair", true},
	{"bursts", "Bursts of 32 over counters in random order", "burst", "counters", "counters",
	 "ns per pair", true},
	{"prefetched", "Bursts of 32 over counters in random order, prefetched",
	 "burst, prefetched", "counters", "counters", "ns per pair", true},
	{"depth", "Pair of charge and uncharge of one counter", "pair", "depth",
	 "levels below the root", "ns per pair", false},
	{"walk", "Pair of charge and uncharge without stock", "walk", "depth",
	 "levels below the root", "ns per pair", false},
	{"seeds", "The table of the seeds: 64 pages charged and released by each group", "seeds",
	 "counters", "groups", "us per iteration", true},
	{"lcores-private", "Pair on each lcore, trees of their own", "private trees", "lcores",
	 "lcores", "ns per pair", false},
	{"lcores-shared", "Pair on each lcore, own counters below shared ancestors",
	 "shared ancestors", "lcores", "lcores", "ns per pair", false},
	{"lcores-same", "Pair on each lcore, the same counter", "same counter", "lcores", "lcores",
	 "ns per pair", false},
	{"drain", "Drain of counters that have stock on polling lcores", "many: requester waits",
	 "counters", "counters", "ns", true},
};

/* An implementation has the same colour in all plots. */
static const char *const colours[][2] = {
	{"ration", "#d62728"},	      {"limit", "#555555"},	    {"atomic-tree", "#1f77b4"},
	{"cas-tree", "#17becf"},      {"spinlock-tree", "#000080"}, {"slots-7-random", "#ffbb78"},
	{"slots-7-rr", "#ff7f0e"},    {"stock-v3", "#2ca02c"},	    {"stock-v4", "#98df8a"},
	{"limit-counter", "#9467bd"}, {"mempool-cache", "#8c564b"}, {"meter", "#e377c2"},
};

static const char *
colour_of(const char *impl)
{
	uint32_t i;

	for (i = 0; i < RTE_DIM(colours); i++) {
		if (strcmp(colours[i][0], impl) == 0)
			return colours[i][1];
	}
	return "#000000";
}

/* The implementations that have rows of a plot, in order of appearance. */
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

/* One block for each line: x, median, min, max. A line of one point is drawn as a point. */
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
	static const char *const terminals[][2] = {
		{"svg size 900,540 dynamic font 'sans,13' background 'white'", "svg"},
		{"pngcairo size 900,540 font 'sans,11' background 'white'", "png"}};
	uint32_t i, k;

	fprintf(f,
		"set title '%s'\nset xlabel '%s'\nset ylabel '%s'\nset logscale y\nset grid\n"
		"set key outside right\nset style data linespoints\n",
		p->title, p->xlabel, p->ylabel);
	if (p->log_x)
		fputs("set logscale x 2\n", f);
	else
		fputs("set xtics 1\n", f);
	fputs("set autoscale xfix\n", f);
	fputs("set offsets graph 0.02, graph 0.02, 0, 0\n", f);
	for (k = 0; k < RTE_DIM(terminals); k++) {
		fprintf(f, "set terminal %s\nset output '%s.%s'\nplot ", terminals[k][0], p->file,
			terminals[k][1]);
		for (i = 0; i < nb; i++)
			fprintf(f,
				"%s'%s.dat' index %u using 1:2 title '%s' lc rgb '%s' lw 2 pt %u "
				"ps 0.7",
				i > 0 ? ", " : "", p->file, i, lines[i], colour_of(lines[i]),
				i + 4);
		fputc('\n', f);
	}
}

static FILE *
open_in(const char *folder, const char *name, const char *ending)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, name, ending);
	f = fopen(path, "w");
	if (f == NULL)
		warn("--plot: cannot write '%s'", path);
	return f;
}

static int
close_file(FILE *f, const char *folder)
{
	bool bad = ferror(f) != 0;

	if (fclose(f) == 0 && !bad)
		return 0;
	warn("--plot: cannot write in '%s'", folder);
	return -1;
}

/* Run gnuplot in a folder. @return its status, or -1 */
static int
run_gnuplot(const char *folder, const char *argument)
{
	char *argv[] = {strdup("gnuplot"), strdup(argument), NULL};
	posix_spawn_file_actions_t actions;
	int status = -1, rc;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, "gnuplot", &actions, NULL, argv, environ);
	if (rc == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	free(argv[0]);
	free(argv[1]);
	return rc == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
plot_probe(const char *folder)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		warn("--plot: cannot make '%s'", folder);
		return -1;
	}
	if (access(folder, W_OK | X_OK) != 0) {
		warn("--plot: cannot write in '%s'", folder);
		return -1;
	}
	if (run_gnuplot(folder, "--version") == 0)
		return 0;
	warnx("--plot: gnuplot does not run; the Debian package is gnuplot-nox");
	return -1;
}

static int
draw_one(const struct results *r, const struct plot *p, const char *folder)
{
	const char *lines[LINES_MAX];
	uint32_t nb = find_lines(r, p, lines);
	char script[64];
	FILE *f;

	if (nb == 0)
		return 0;
	f = open_in(folder, p->file, "dat");
	if (f == NULL)
		return -1;
	write_data(r, p, lines, nb, f);
	if (close_file(f, folder) < 0)
		return -1;
	f = open_in(folder, p->file, "gp");
	if (f == NULL)
		return -1;
	write_script(p, lines, nb, f);
	if (close_file(f, folder) < 0)
		return -1;
	snprintf(script, sizeof(script), "%s.gp", p->file);
	if (run_gnuplot(folder, script) == 0)
		return 0;
	warnx("--plot: gnuplot fails at '%s/%s'", folder, script);
	return -1;
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
