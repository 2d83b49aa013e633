/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_GNUPLOT_H_
#define BENCH_GNUPLOT_H_

/**
 * @file
 * The directory of --plot: writing files there and running gnuplot in it.
 */

#include <stdint.h>
#include <stdio.h>

/** Output format of a plot. */
struct gnuplot_terminal {
	const char *terminal;
	const char *options;
	const char *ending;
};

#define GNUPLOT_TERMINALS 2

extern const struct gnuplot_terminal gnuplot_terminals[GNUPLOT_TERMINALS];

/**
 * Check that plots can be drawn, before time is spent on measuring: create the directory and run
 * gnuplot.
 *
 * @return
 *   0, or -1 after a message
 */
int gnuplot_probe(const char *folder);

/** Write the commands that select an output format, and the file NAME.ENDING. */
void gnuplot_write_output(const struct gnuplot_terminal *t, const char *name, uint32_t height,
			  FILE *f);

/** Create a file in the directory. @return NULL after a message */
FILE *gnuplot_open(const char *folder, const char *name);

/** Close a file and check for write errors. @return 0, or -1 after a message */
int gnuplot_close(FILE *f, const char *folder);

/** Run a script in the directory. @return 0, or -1 after a message */
int gnuplot_draw(const char *folder, const char *script);

#endif /* BENCH_GNUPLOT_H_ */
