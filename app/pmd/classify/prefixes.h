/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_PREFIXES_H_
#define CLASSIFY_PREFIXES_H_

/**
 * @file
 * The lookup tables of source or destination prefixes.
 *
 * rte_fib holds the IPv4 prefixes: it adds each of them in the time that its length takes, however
 * many there are (rte_lpm searches all prefixes of the same length). rte_lpm6 holds those of IPv6.
 */

#include <stdint.h>

#include <rte_fib.h>
#include <rte_lpm6.h>

#include "budget/budget.h"

/** Table entry without a rule. */
#define CLASSIFIER_NONE UINT32_MAX

/** The rules for source or destination prefixes. */
struct classifier_prefixes {
	struct rte_fib *ipv4; /**< NULL if there is no rule, or only one for /0. */
	struct rte_lpm6 *ipv6; /**< NULL if there is no rule, or only one for /0. */
	uint32_t any4; /**< Node of the IPv4 rule for /0, or CLASSIFIER_NONE. */
	uint32_t any6; /**< The same for IPv6. */
};

/**
 * Create the tables of all rules with one match. EAL must be initialized. Main lcore only.
 *
 * @return
 *   0; -EINTR if the watch of loading.h ends it; or another negative errno. After an error, too,
 *   the caller frees the tables.
 */
int classifier_prefixes_create(struct classifier_prefixes *p, const struct budget *b,
			       enum budget_match match, int socket_id);

/** Free the tables. */
void classifier_prefixes_free(struct classifier_prefixes *p);

/** Return whether there is a rule for IPv4. */
static inline int
classifier_prefixes_have4(const struct classifier_prefixes *p)
{
	return p->ipv4 != NULL || p->any4 != CLASSIFIER_NONE;
}

/** Return whether there is a rule for IPv6. */
static inline int
classifier_prefixes_have6(const struct classifier_prefixes *p)
{
	return p->ipv6 != NULL || p->any6 != CLASSIFIER_NONE;
}

/** Most addresses of one lookup. */
#define CLASSIFIER_LOOKUP_MAX 64

/** Set `found` to the node of the longest prefix of each address (in host byte order). */
void classifier_prefixes_find4(const struct classifier_prefixes *p, uint32_t *address, uint32_t nb,
			       uint32_t *found);

/** Set `found` to the node of the longest prefix of each address (in network byte order). */
void classifier_prefixes_find6(const struct classifier_prefixes *p,
			       uint8_t (*address)[BUDGET_ADDRESS_SIZE], uint32_t nb,
			       uint32_t *found);

#endif /* CLASSIFY_PREFIXES_H_ */
