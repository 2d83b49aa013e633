/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/gnuplot.h"

/** Width of all plots, in pixels. */
#define WIDTH 900u

const struct gnuplot_terminal gnuplot_terminals[GNUPLOT_TERMINALS] = {
	{"svg", "dynamic font 'sans,13' background 'white'", "svg"},
	{"pngcairo", "font 'sans,11' background 'white'", "png"},
};

/* Run gnuplot in a directory. @return its exit status, or -1 */
static int
run(const char *folder, const char *argument)
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
gnuplot_probe(const char *folder)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		warn("--plot: cannot create '%s'", folder);
		return -1;
	}
	if (access(folder, W_OK | X_OK) != 0) {
		warn("--plot: cannot write in '%s'", folder);
		return -1;
	}
	if (run(folder, "--version") == 0)
		return 0;
	warnx("--plot: cannot run gnuplot (Debian package gnuplot-nox)");
	return -1;
}

void
gnuplot_write_output(const struct gnuplot_terminal *t, const char *name, uint32_t height, FILE *f)
{
	fprintf(f, "set terminal %s size %u,%u %s\nset output '%s.%s'\n", t->terminal, WIDTH,
		height, t->options, name, t->ending);
}

FILE *
gnuplot_open(const char *folder, const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		warn("--plot: cannot write '%s'", path);
	return f;
}

int
gnuplot_close(FILE *f, const char *folder)
{
	bool bad = ferror(f) != 0;

	if (fclose(f) == 0 && !bad)
		return 0;
	warn("--plot: cannot write in '%s'", folder);
	return -1;
}

int
gnuplot_draw(const char *folder, const char *script)
{
	if (run(folder, script) == 0)
		return 0;
	warnx("--plot: gnuplot failed at '%s/%s'", folder, script);
	return -1;
}
