/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_YAML_H_
#define BUDGET_YAML_H_

/**
 * @file
 * YAML read by tables of keys, over libyaml's event interface.
 *
 * Not with libcyaml: what it hands over carries no line numbers, so a duplicate name or an
 * overlapping rule could not be reported where it stands, and its recursive schemas go as deep as
 * the file does. Here a reader of values can check the depth before anything is read at that depth,
 * and no alias is ever followed.
 *
 * Functions that return int give 0, or -1 with the error written.
 */

#include <stddef.h>
#include <stdint.h>

#include <yaml.h>

#include "budget_private.h"

/** A file being read. */
struct budget_yaml {
	yaml_parser_t yaml;
	yaml_event_t event; /**< Being looked at: readers of values find their value here. */
	const char *text;
	size_t length;
	struct budget_build *w;
};

/** A key that a mapping may have. */
struct budget_key {
	const char *name;
	/** Reads the value, of node `node`. */
	int (*read)(struct budget_yaml *r, const struct budget_key *key, uint32_t node);
	int required;
};

/** A kind of mapping. */
struct budget_shape {
	const char *form; /**< What it looks like, for messages. */
	const struct budget_key *keys;
	unsigned int nb_keys;
	unsigned int most; /**< Keys that one mapping may have. */
};

/** Read the one document of a text, a mapping of that shape. */
int budget_yaml_read(struct budget_build *w, const char *text, size_t length,
		     const struct budget_shape *shape);

/** Read a mapping; `key` is the one whose value it is, for messages. */
int budget_yaml_mapping(struct budget_yaml *r, const char *key, const struct budget_shape *shape,
			uint32_t node);

/** Read a list, each item by `item`. */
int budget_yaml_list(struct budget_yaml *r, const struct budget_key *key, const char *form,
		     int (*item)(struct budget_yaml *r, const struct budget_key *key,
				 uint32_t node),
		     uint32_t node);

/** The text of a single value, without NUL inside, or NULL with the error written. */
const char *budget_yaml_text(struct budget_yaml *r, const char *key, const char *form);

/** Line of the value. */
uint32_t budget_yaml_line(const struct budget_yaml *r);

/** Say what is wrong with a single value. @return -1 */
int budget_yaml_fail(struct budget_yaml *r, const struct budget_key *key, const char *fault);

#endif /* BUDGET_YAML_H_ */
