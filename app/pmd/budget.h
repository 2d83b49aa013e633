/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_H_
#define BUDGET_H_

/**
 * @file
 * The budget file: a tree of named counters with limits and match rules, in YAML.
 *
 * Loading is all or nothing: the file is read and checked completely before any counter is made.
 */

#include <stdint.h>
#include <stdio.h>

#include <ration.h>

/** What a packet costs. */
enum budget_unit {
	BUDGET_PACKETS, /**< One unit a packet. */
	BUDGET_BYTES, /**< Its length. */
};

/** What a rule looks at. */
enum budget_match {
	BUDGET_SOURCE, /**< IPv4 source prefix. */
	BUDGET_DESTINATION, /**< IPv4 destination prefix. */
	BUDGET_VLAN, /**< VLAN id of the outermost tag, 1 to 4094. */
	BUDGET_PORT, /**< DPDK port id the packet came in on. */
};

/** Traffic that belongs to a counter. */
struct budget_rule {
	enum budget_match match;
	uint32_t prefix; /**< Host byte order, bits beyond the length are 0. */
	uint8_t length; /**< Bits of the prefix, 0 to 32. */
	uint16_t id; /**< VLAN or port id. */
	uint32_t node; /**< Index of the node it leads to. */
	uint32_t line; /**< Where it stands in the file. */
};

/** One counter of the tree. They stand depth first, so parents before their children. */
struct budget_node {
	char name[RATION_NAMESIZE];
	char *path; /**< "edge/gold"; "" for node 0, which is the domain's root. */
	uint64_t max; /**< RATION_UNLIMITED: no limit of its own. */
	uint32_t batch; /**< RATION_BATCH_UNSET: the default. */
	uint32_t parent; /**< Index; node 0 is its own parent. */
	uint32_t nb_children;
	uint32_t line;
};

/** A checked budget file. */
struct budget {
	enum budget_unit unit;
	uint32_t default_node; /**< Where traffic goes that no rule matches. */
	uint32_t nb_nodes;
	struct budget_node *nodes;
	uint32_t nb_rules;
	struct budget_rule *rules; /**< In the order of their nodes. */
};

/**
 * Read a budget file.
 *
 * @param file
 *   Its name.
 * @param error
 *   On failure: one line without newline, "file:line: key: what is wrong (what is allowed)";
 *   "file: what is wrong" if it is the file as such. Control characters are replaced by '?'.
 * @param size
 *   Bytes of `error`.
 * @return
 *   The budget, or NULL.
 */
struct budget *budget_load(const char *file, char *error, size_t size);

/** The same from memory; `file` is the name for messages. */
struct budget *budget_parse(const char *file, const char *text, size_t length, char *error,
			    size_t size);

/** Write a budget as YAML that budget_parse() reads back to an equal budget. */
void budget_print(const struct budget *b, FILE *f);

/** Free a budget; NULL is allowed. */
void budget_free(struct budget *b);

/**
 * Make the counters of a budget in an empty domain. After a failure it is empty again. Counters
 * with children that packets are charged to (by rule or by default) get RATION_COUNTER_DIRECT.
 * Main thread of the primary process.
 *
 * @param counters
 *   Set to the handle of each node, nb_nodes of them.
 * @param error
 *   On failure: one line that says which counter and why.
 * @return
 *   0 or a negative errno
 */
int budget_apply(const struct budget *b, struct ration_domain *d, ration_counter_t *counters,
		 char *error, size_t size);

/**
 * Read a number with an optional suffix: k, M, G (powers of 1024; "1M" is 1,048,576), or "max" for
 * RATION_UNLIMITED. No sign, no blanks, nothing behind it, at most RATION_UNLIMITED.
 *
 * @return
 *   0, -EINVAL (no number) or -ERANGE (too large)
 */
int budget_number(const char *text, uint64_t *value);

#endif /* BUDGET_H_ */
