/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_BUILD_H_
#define BUDGET_BUILD_H_

/**
 * @file
 * A budget under construction: its memory and its error message.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#include "budget/budget.h"

/** Largest budget file in bytes. */
#define BUDGET_FILE_MAX (UINT32_C(16) << 20)

/** What is known about a node while the file is read and checked. */
struct budget_draft {
	uint32_t depth; /**< Number of ancestors. */
	uint32_t max_line; /**< Line of `max`, 0 without. */
	uint32_t batch_line; /**< Line of `batch`, 0 without. */
	uint32_t batch_max_line; /**< Line of `batch_max`, 0 without. */
	uint32_t min_line; /**< Line of `min`, 0 without. */
	uint32_t low_line; /**< Line of `low`, 0 without. */
	uint32_t limiter; /**< The node, or its ancestor, with the smallest limit. */
};

/** A budget under construction. */
struct budget_build {
	const char *file; /**< Name of the file, for messages. */
	char *error;
	size_t size; /**< Bytes of `error`. */
	struct budget *b;
	struct budget_draft *drafts; /**< One for each node. */
	uint32_t nodes_room; /**< Allocated elements. */
	uint32_t rules_room;
	char *default_path; /**< NULL if the file has no `default`. */
	uint32_t default_line;
	char *malformed_path; /**< NULL if the file has no `malformed`. */
	uint32_t malformed_line;
};

/** Start a budget that consists of the root. @return 0, or -1 with the error written */
int budget_build_init(struct budget_build *w, const char *file, char *error, size_t size);

/** Free everything. A caller that keeps the budget sets `b` to NULL first. */
void budget_build_fini(struct budget_build *w);

/**
 * Add a node without a name.
 *
 * @param line
 *   Line of the file.
 * @return
 *   Index of the node; 0, which is the root's, with the error written.
 */
uint32_t budget_build_node(struct budget_build *w, uint32_t parent, uint32_t line);

/** Add a rule. @return 0, or -1 with the error written */
int budget_build_rule(struct budget_build *w, const struct budget_rule *rule);

/**
 * Write the error message "file:line: key: ...". Characters that cannot be printed are written as
 * ration_name_escape() does.
 *
 * @param line
 *   Line of the file; 0 leaves it out.
 * @param key
 *   Key in the file; NULL leaves it out.
 * @return
 *   -1, which the caller returns.
 */
int budget_fail(const struct budget_build *w, size_t line, const char *key, const char *format, ...)
	__rte_format_printf(4, 5);

/** Write the error message "out of memory". @return -1 */
int budget_fail_memory(const struct budget_build *w);

/** Most bytes of a text from the file that a message contains. */
#define BUDGET_EXCERPT_MAX 48

/** Return how many bytes of a text a message contains. Ends at a character boundary (UTF-8). */
int budget_excerpt_length(const char *text);

/** Arguments of "%.*s" for a text from the file. */
#define BUDGET_EXCERPT(text) budget_excerpt_length(text), text

#endif /* BUDGET_BUILD_H_ */
