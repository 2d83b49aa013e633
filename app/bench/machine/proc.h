/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_PROC_H_
#define BENCH_MACHINE_PROC_H_

/**
 * @file
 * Files of /proc and /sys. A value that cannot be read is null.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/** Length of the longest line. */
#define LINE_SIZE 4096

/** The first line of a file, or null. */
json_t *file_line(const char *path);

/** The value of the first line "key : value" of a file. @return true if there is one */
bool file_value(const char *path, const char *key, char *value, size_t size);

/** The same as JSON, or null. */
json_t *file_value_json(const char *path, const char *key);

#endif /* BENCH_MACHINE_PROC_H_ */
