/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_REPORT_H_
#define BENCH_REPORT_H_

/**
 * @file
 * Results for people and for programs.
 */

#include <stdio.h>

#include <jansson.h>

#include "report/results.h"

/** Write the rows and ratios as tables. */
void report_text(const struct results *r, const char *test, const json_t *machine, FILE *f);

/** Everything as one document; `machine` is taken over. NULL if there is no memory. */
json_t *report_json(const struct results *r, const char *test, json_t *machine);

/**
 * See whether a file can be written, before hours are spent to fill it. Leaves it as it is.
 *
 * @return
 *   0, or -1 after a message
 */
int report_probe_file(const char *path);

/** Write a document to a file. @return 0, or -1 after a message */
int report_write_file(const json_t *document, const char *path);

#endif /* BENCH_REPORT_H_ */
