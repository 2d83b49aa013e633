/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_REPORT_H_
#define BENCH_REPORT_H_

/**
 * @file
 * The report, as text and as JSON.
 */

#include <stdio.h>

#include <jansson.h>

#include "report/results.h"

/** Write the rows and ratios as tables. */
void report_text(const struct results *r, const char *test, const json_t *machine, FILE *f);

/** The whole report as one document. Takes ownership of `machine`. NULL if there is no memory. */
json_t *report_json(const struct results *r, const char *test, json_t *machine);

/**
 * Check that a file can be written, before hours are spent on measuring. Does not change it.
 *
 * @return
 *   0, or -1 after a message
 */
int report_probe_file(const char *path);

/** Write a document to a file. @return 0, or -1 after a message */
int report_write_file(const json_t *document, const char *path);

#endif /* BENCH_REPORT_H_ */
