/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_H_
#define BUDGET_H_

/**
 * @file
 * Budget files: a tree of named counters with limits and match rules, in YAML.
 *
 * A file is read and checked completely before any counter is created.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <ration.h>

/** The unit that packets are charged in. */
enum budget_unit {
	BUDGET_PACKETS, /**< One unit per packet. */
	BUDGET_BYTES, /**< The length of the packet. */
};

/** The property of a packet that a rule matches. */
enum budget_match {
	BUDGET_SOURCE, /**< IPv4 or IPv6 source prefix. */
	BUDGET_DESTINATION, /**< IPv4 or IPv6 destination prefix. */
	BUDGET_VLAN, /**< VLAN id of the outermost tag, 1 to 4094. Id 0 is no tag. */
	BUDGET_ETHERTYPE, /**< EtherType after all tags, 0x0600 to 0xffff. */
	BUDGET_PORT, /**< DPDK port id that received the packet. */
};

/** The address family of a prefix. */
enum budget_family {
	BUDGET_IPV4,
	BUDGET_IPV6,
};

/** Bytes of the longest address. */
#define BUDGET_ADDRESS_SIZE 16

/** Name of the counter for malformed frames, if the file names none. */
#define BUDGET_MALFORMED "malformed"

/** A rule that assigns packets to a node. */
struct budget_rule {
	enum budget_match match;
	enum budget_family family; /**< Of `prefix`. */
	/** In network byte order; bits beyond the length are 0. IPv4 uses the first 4 bytes. */
	uint8_t prefix[BUDGET_ADDRESS_SIZE];
	uint8_t length; /**< Length of the prefix in bits, 0 to 32, or to 128 with IPv6. */
	uint16_t id; /**< VLAN id, EtherType or port id. */
	uint32_t node; /**< Index of the node. */
	uint32_t line; /**< Line of the file. */
};

/** Batch of a node that has none in the file. */
#define BUDGET_BATCH_UNSET UINT32_MAX

/** What files and reports call the root. */
#define BUDGET_ROOT "/"

/** A node of the tree: one counter. Nodes are in depth-first order, parents before children. */
struct budget_node {
	char name[RATION_COUNTER_NAMESIZE];
	char *path; /**< For example "edge/gold"; "" for node 0, the root of the domain. */
	uint64_t max; /**< Limit in units; RATION_UNLIMITED if the file has none. */
	uint32_t batch; /**< BUDGET_BATCH_UNSET if the file has none. */
	uint32_t batch_max; /**< BUDGET_BATCH_UNSET if the file has none. */
	uint64_t min; /**< Protected units; 0 if the file has none. */
	uint64_t low; /**< Units that are protected as long as others can give; 0 without. */
	uint32_t parent; /**< Index of the parent. Node 0 is its own parent. */
	uint32_t nb_children;
	uint32_t line; /**< Line of the file; for the root that of its `max`, or 0. */
};

/** A checked budget file. */
struct budget {
	enum budget_unit unit;
	uint32_t default_node; /**< Node of the packets that no rule matches. */
	/**
	 * Node of the malformed frames that no rule matches, so that they do not use up the budget
	 * of default_node. Equal to default_node if no rule depends on headers.
	 */
	uint32_t malformed_node;
	uint32_t nb_nodes;
	struct budget_node *nodes;
	uint32_t nb_rules;
	struct budget_rule *rules; /**< In the order of their nodes. */
};

/**
 * Read a budget file.
 *
 * @param file
 *   Name of the file.
 * @param error
 *   On failure: one line without newline, "file:line: key: what is wrong (what is allowed)", or
 *   "file: what is wrong" for an error of the whole file. Control characters are replaced by '?'.
 * @param size
 *   Bytes of `error`.
 * @return
 *   The budget, or NULL.
 */
struct budget *budget_load(const char *file, char *error, size_t size);

/** Read a budget from memory. `file` is a name for messages. See budget_load(). */
struct budget *budget_parse(const char *file, const char *text, size_t length, char *error,
			    size_t size);

/** Write a budget as YAML. budget_parse() of this text returns an equal budget. */
void budget_print(const struct budget *b, FILE *f);

/** Return 1 if a rule depends on the headers of packets, else 0. */
int budget_reads_headers(const struct budget *b);

/** Free a budget. NULL is allowed. */
void budget_free(struct budget *b);

/**
 * Create the counters of a budget in an empty domain. After a failure the domain is empty again.
 * Counters that have children and are charged directly (by a rule or as default) get the flag
 * RATION_COUNTER_DIRECT. Main thread of the primary process only.
 *
 * @param counters
 *   Array of nb_nodes elements. Set to the handle of each node.
 * @param error
 *   On failure: one line without newline that names the counter and the reason.
 * @param size
 *   Bytes of `error`.
 * @return
 *   0 or a negative errno.
 */
int budget_apply(const struct budget *b, struct ration_domain *d, ration_counter_t *counters,
		 char *error, size_t size);

#endif /* BUDGET_H_ */
