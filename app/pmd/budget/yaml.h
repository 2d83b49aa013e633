/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_YAML_H_
#define BUDGET_YAML_H_

/**
 * @file
 * A YAML reader that is driven by tables of keys and uses the event interface of libyaml.
 *
 * libcyaml is not used: its data carries no line numbers, therefore an error such as a duplicate
 * name could not be reported with its line. Its recursive schemas also have no depth limit. This
 * reader can check the depth before it reads the next level, and it refuses all aliases.
 *
 * Functions that return int return 0, or -1 with the error written.
 */

#include <stddef.h>
#include <stdint.h>

#include <yaml.h>

#include "budget/build.h"

/** A file that is being read. */
struct budget_yaml {
	yaml_parser_t yaml;
	yaml_event_t event; /**< The current event; value callbacks find their value here. */
	const char *text;
	size_t length; /**< Bytes of `text`. */
	uint64_t nb_events;
	struct budget_build *w;
};

/** A key that a mapping may have. */
struct budget_key {
	const char *name;
	/** Callback that reads the value. `node` is the node that the mapping describes. */
	int (*read)(struct budget_yaml *r, const struct budget_key *key, uint32_t node);
	int required;
};

/** The keys of one kind of mapping. */
struct budget_shape {
	const char *form; /**< Description for messages. */
	const struct budget_key *keys;
	unsigned int nb_keys;
	unsigned int most; /**< Most keys that one mapping may have. */
};

/** Read the only document of a text, which must be a mapping of the given shape. */
int budget_yaml_read(struct budget_build *w, const char *text, size_t length,
		     const struct budget_shape *shape);

/** Read a mapping. `key` is the key whose value the mapping is, for messages. */
int budget_yaml_mapping(struct budget_yaml *r, const char *key, const struct budget_shape *shape,
			uint32_t node);

/** Read a list. The callback `item` reads each item. */
int budget_yaml_list(struct budget_yaml *r, const struct budget_key *key, const char *form,
		     int (*item)(struct budget_yaml *r, const struct budget_key *key,
				 uint32_t node),
		     uint32_t node);

/** Return the text of a scalar without NUL characters, or NULL with the error written. */
const char *budget_yaml_text(struct budget_yaml *r, const char *key, const char *form);

/** Return the line of the current event, from 1. */
uint32_t budget_yaml_line(const struct budget_yaml *r);

/** Write the error message for a scalar; `fault` follows the value. @return -1 */
int budget_yaml_fail(struct budget_yaml *r, const struct budget_key *key, const char *fault);

#endif /* BUDGET_YAML_H_ */
