/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_OUTPUT_H_
#define REPORT_OUTPUT_H_

/**
 * @file
 * A file descriptor that texts are written to, whole and in order, without waiting for a reader
 * that has stopped reading. A text that the reader does not take is kept and is written later;
 * while it is pending, no other one is accepted.
 *
 * All functions: main lcore only.
 */

#include <stdbool.h>
#include <stddef.h>

/** The descriptor and the pending text. */
struct output {
	int fd;
	bool is_socket;
	size_t chunk; /**< Largest write in bytes that does not wait when poll() reports room. */
	char *text; /**< Pending text, NULL if there is none. */
	size_t size; /**< Bytes of the text. */
	size_t written; /**< Bytes of the text that have been written. */
};

/**
 * Take over a file descriptor.
 *
 * @return
 *   0 or a negative errno.
 */
int output_open(struct output *o, int fd);

/**
 * Make a text the pending one. There must be no other.
 *
 * @param text
 *   Memory from malloc(), which the output frees.
 * @param size
 *   Bytes of the text.
 */
void output_set(struct output *o, char *text, size_t size);

/**
 * Write the pending text, or as much as the reader takes in time.
 *
 * @param timeout_ms
 *   Longest wait in milliseconds. 0: does not wait.
 * @return
 *   - 0: no text is pending
 *   - -EAGAIN: a part of the text is still pending
 *   - another negative errno: the descriptor failed; no text is pending
 */
int output_write(struct output *o, unsigned int timeout_ms);

/** Forget the pending text and close the descriptor. */
void output_close(struct output *o);

#endif /* REPORT_OUTPUT_H_ */
