/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_errno.h>

#include "budget/loading.h"
#include "classify/prefixes.h"

/* Longest prefix that needs no second-level table (tbl8), and bits that each of them resolves. */
#define FLAT_LENGTH 24
#define LEVEL_BITS 8

/* An entry of rte_fib has 31 bits for the node, one of rte_lpm6 has 21. */
#define NODE4_NONE ((uint32_t)INT32_MAX)
#define NODE6_MAX ((UINT32_C(1) << 21) - 1)

/* Fits into the names of rte_fib, rte_rib and rte_lpm6. */
#define TABLE_NAME_SIZE 32

static int
order_by_prefix(const void *x, const void *y)
{
	const struct budget_rule *a = *(const struct budget_rule *const *)x;
	const struct budget_rule *b = *(const struct budget_rule *const *)y;
	int order = memcmp(a->prefix, b->prefix, sizeof(a->prefix));

	if (order == 0)
		order = (int)a->length - (int)b->length;
	/* Of equal ones the last in the array counts; qsort() alone may swap them. */
	return order != 0 ? order : (a > b) - (a < b);
}

/*
 * Collect the rules of one match and family that are longer than /0, in the order of their
 * prefixes, which the count of second-level tables needs.
 */
static const struct budget_rule **
collect(const struct budget *b, enum budget_match match, enum budget_family family, uint32_t *nb)
{
	const struct budget_rule **rules = calloc(b->nb_rules + 1, sizeof(*rules));
	uint32_t i;

	*nb = 0;
	if (rules == NULL)
		return NULL;
	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *r = &b->rules[i];

		if (r->match == match && r->family == family && r->length > 0)
			rules[(*nb)++] = r;
	}
	qsort(rules, *nb, sizeof(*rules), order_by_prefix);
	return rules;
}

/* Returns the number of whole bits from the front that two addresses have in common, up to 128. */
static unsigned int
common_bits(const uint8_t *a, const uint8_t *b)
{
	unsigned int i;

	for (i = 0; i < BUDGET_ADDRESS_SIZE; i++)
		if (a[i] != b[i])
			return i * 8 + (unsigned int)__builtin_clz((unsigned int)(a[i] ^ b[i])) -
			       24;
	return BUDGET_ADDRESS_SIZE * 8;
}

/*
 * Returns the number of second-level tables. A rule needs one for every level below the first 24
 * bits, and shares those of the bits that it has in common with another rule. In the order of the
 * prefixes, that is the one before it which reached as deep; `depth` is how far it did.
 */
static uint32_t
count_tbl8s(const struct budget_rule *const *rules, uint32_t nb)
{
	unsigned int from, common, depth = FLAT_LENGTH;
	uint32_t i, sum = 0;

	for (i = 0; i < nb; i++) {
		common = i > 0 ? common_bits(rules[i - 1]->prefix, rules[i]->prefix) : 0;
		/* Tables that exist on this path: those of the common bits, as deep as they go. */
		depth = i > 0 && common >= FLAT_LENGTH
				? RTE_MIN(depth, RTE_ALIGN_FLOOR(common, LEVEL_BITS) + LEVEL_BITS)
				: FLAT_LENGTH;
		from = RTE_ALIGN_CEIL((unsigned int)rules[i]->length, LEVEL_BITS);
		if (from <= depth)
			continue;
		sum += (from - depth) / LEVEL_BITS;
		depth = from;
	}
	return sum;
}

static uint32_t
ipv4_of(const struct budget_rule *r)
{
	rte_be32_t address;

	memcpy(&address, r->prefix, sizeof(address));
	return rte_be_to_cpu_32(address);
}

/*
 * The address of the tables makes the name unique among the existing classifiers. It is short,
 * because rte_rib puts more in front of it, and names of mempools have 25 characters.
 */
static void
name_table(char *name, size_t size, const struct classifier_prefixes *p)
{
	snprintf(name, size, "pfx_%p", (const void *)p);
}

static int
fill4(struct classifier_prefixes *p, const struct budget_rule *const *rules, uint32_t nb,
      int socket_id)
{
	struct rte_fib_conf conf = {
		.type = RTE_FIB_DIR24_8,
		.default_nh = NODE4_NONE,
		.max_routes = (int)nb,
		.dir24_8 = {.nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = count_tbl8s(rules, nb) + 1},
	};
	char name[TABLE_NAME_SIZE];
	uint32_t i;
	int rc = 0;

	name_table(name, sizeof(name), p);
	p->ipv4 = rte_fib_create(name, socket_id, &conf);
	if (p->ipv4 == NULL)
		return -rte_errno;
	for (i = 0; i < nb && rc == 0; i++) {
		rc = loading_step("adding IPv4 prefixes", i, nb);
		if (rc == 0)
			rc = rte_fib_add(p->ipv4, ipv4_of(rules[i]), rules[i]->length,
					 rules[i]->node);
	}
	return rc;
}

static int
fill6(struct classifier_prefixes *p, const struct budget_rule *const *rules, uint32_t nb,
      int socket_id)
{
	struct rte_lpm6_config config = {
		.max_rules = nb,
		.number_tbl8s = count_tbl8s(rules, nb) + 1,
	};
	uint8_t address[BUDGET_ADDRESS_SIZE];
	char name[TABLE_NAME_SIZE];
	uint32_t i;
	int rc = 0;

	name_table(name, sizeof(name), p);
	p->ipv6 = rte_lpm6_create(name, socket_id, &config);
	if (p->ipv6 == NULL)
		return -rte_errno;
	for (i = 0; i < nb && rc == 0; i++) {
		rc = loading_step("adding IPv6 prefixes", i, nb);
		memcpy(address, rules[i]->prefix, sizeof(address));
		if (rc == 0 && rules[i]->node > NODE6_MAX)
			rc = -E2BIG;
		if (rc == 0)
			rc = rte_lpm6_add(p->ipv6, address, rules[i]->length, rules[i]->node);
	}
	return rc;
}

static int
fill(struct classifier_prefixes *p, const struct budget *b, enum budget_match match,
     enum budget_family family, int socket_id)
{
	const struct budget_rule **rules;
	uint32_t nb;
	int rc = 0;

	rules = collect(b, match, family, &nb);
	if (rules == NULL)
		return -ENOMEM;
	if (nb > 0)
		rc = family == BUDGET_IPV4 ? fill4(p, rules, nb, socket_id)
					   : fill6(p, rules, nb, socket_id);
	free(rules);
	return rc;
}

int
classifier_prefixes_create(struct classifier_prefixes *p, const struct budget *b,
			   enum budget_match match, int socket_id)
{
	uint32_t i;
	int rc;

	*p = (struct classifier_prefixes){.any4 = CLASSIFIER_NONE, .any6 = CLASSIFIER_NONE};
	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *r = &b->rules[i];

		if (r->match == match && r->length == 0)
			*(r->family == BUDGET_IPV4 ? &p->any4 : &p->any6) = r->node;
	}
	rc = fill(p, b, match, BUDGET_IPV4, socket_id);
	return rc < 0 ? rc : fill(p, b, match, BUDGET_IPV6, socket_id);
}

void
classifier_prefixes_free(struct classifier_prefixes *p)
{
	rte_fib_free(p->ipv4);
	rte_lpm6_free(p->ipv6);
}

void
classifier_prefixes_find4(const struct classifier_prefixes *p, uint32_t *address, uint32_t nb,
			  uint32_t *found)
{
	uint64_t next[CLASSIFIER_LOOKUP_MAX];
	uint32_t i;

	if (p->ipv4 != NULL)
		rte_fib_lookup_bulk(p->ipv4, address, next, (int)nb);
	for (i = 0; i < nb; i++)
		found[i] = p->ipv4 == NULL || next[i] == NODE4_NONE ? p->any4 : (uint32_t)next[i];
}

void
classifier_prefixes_find6(const struct classifier_prefixes *p,
			  uint8_t (*address)[BUDGET_ADDRESS_SIZE], uint32_t nb, uint32_t *found)
{
	int32_t next[CLASSIFIER_LOOKUP_MAX];
	uint32_t i;

	if (p->ipv6 != NULL)
		rte_lpm6_lookup_bulk_func(p->ipv6, address, next, nb);
	for (i = 0; i < nb; i++)
		found[i] = p->ipv6 == NULL || next[i] < 0 ? p->any6 : (uint32_t)next[i];
}
