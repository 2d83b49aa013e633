/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_PRIVATE_H_
#define BUDGET_PRIVATE_H_

/**
 * @file
 * Between the parts that make a budget of a file: its keys (budget_parse.c, over
 * budget_yaml.c), their values (budget_value.c), the tree under construction (budget_build.c) and
 * the checks that need all of it (budget_check.c).
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>

#include "budget.h"

/** Largest budget file in bytes. */
#define BUDGET_FILE_MAX (UINT32_C(16) << 20)

/** What is known of a node while its tree is checked, and not needed afterwards. */
struct budget_draft {
	uint32_t depth; /**< Levels above it. */
	uint32_t max_line; /**< Line of `max`, 0 if it has none. */
	uint32_t batch_line; /**< Line of `batch`, 0 if it has none. */
	uint32_t limiter; /**< Node on the way up, itself included, with the smallest limit. */
};

/** A budget under construction. */
struct budget_build {
	const char *file;
	char *error;
	size_t size;
	struct budget *b;
	struct budget_draft *drafts; /**< nb_nodes of them. */
	uint32_t nodes_room;
	uint32_t rules_room;
	char *default_path; /**< NULL: not given. */
	uint32_t default_line;
};

/** Begin a budget that has the root only. @return 0, or -1 with the error written */
int budget_build_init(struct budget_build *w, const char *file, char *error, size_t size);

/** Free what is left in it; the budget too unless it was taken out by setting `b` to NULL. */
void budget_build_fini(struct budget_build *w);

/** Add a nameless node. @return its index, or 0 (which the root has) with the error written */
uint32_t budget_build_node(struct budget_build *w, uint32_t parent, uint32_t line);

/** Add a rule. @return 0, or -1 with the error written */
int budget_build_rule(struct budget_build *w, const struct budget_rule *rule);

/** Check what needs the whole tree, and fill in paths and the default. @return 0 or -1 */
int budget_check(struct budget_build *w);

/**
 * Write the error line "file:line: key: ..."; without the line if it is 0, without the key if it
 * is NULL. What cannot be printed on one line is replaced by '?'.
 *
 * @return
 *   -1, for the caller to return
 */
int budget_fail(const struct budget_build *w, size_t line, const char *key, const char *format, ...)
	__rte_format_printf(4, 5);

/** Write that there is no memory. @return -1 */
int budget_fail_memory(const struct budget_build *w);

/** Most bytes of a text of the file that a message repeats. */
#define BUDGET_SHOWN_MAX 48

/** Bytes of the control character or line separator (UTF-8) that a text begins with; 0 if none. */
size_t budget_control(const char *text);

/** Bytes of a text that a message shows: BUDGET_SHOWN_MAX at most, never half a character. */
int budget_shown(const char *text);

/** Arguments for "%.*s" that show a text of the file in a message. */
#define BUDGET_SHOWN(text) budget_shown(text), text

/*
 * The readers of values return NULL, or what is wrong and what is allowed, to stand behind the
 * value in a message: "is negative (...)".
 */

/** Check a name. */
const char *budget_name_fault(const char *name);

/** Read a limit or a batch, see budget_number(). */
const char *budget_number_fault(const char *text, uint64_t *value);

/** Read "a.b.c.d/length". */
const char *budget_prefix_fault(const char *text, uint32_t *prefix, uint8_t *length);

/** Read an id from min to max. @return 0, or -1 if it is none */
int budget_id(const char *text, uint16_t min, uint16_t max, uint16_t *id);

/** Bytes of a rule's value as text, the final NUL included. */
#define BUDGET_MATCH_SIZE sizeof("255.255.255.255/32")

/** Write what a rule matches: "10.1.0.0/16", "100". */
void budget_match_text(const struct budget_rule *rule, char text[BUDGET_MATCH_SIZE]);

/** The words of the file, by enum budget_unit and enum budget_match. */
extern const char *const budget_unit_names[BUDGET_BYTES + 1];
extern const char *const budget_match_names[BUDGET_PORT + 1];

#endif /* BUDGET_PRIVATE_H_ */
