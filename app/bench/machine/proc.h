/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_PROC_H_
#define BENCH_MACHINE_PROC_H_

/**
 * @file
 * Files of /proc and /sys. What cannot be read is null.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/** Longest line that is read. */
#define LINE_SIZE 4096

/** The one line of a file, or null. */
json_t *file_line(const char *path);

/** The value of the first line "key : value" of a file. @return Is there one? */
bool file_value(const char *path, const char *key, char *value, size_t size);

/** The same as JSON, or null. */
json_t *file_value_json(const char *path, const char *key);

#endif /* BENCH_MACHINE_PROC_H_ */
