/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "classify/classifier.h"

/* Longest prefix that rte_lpm stores without a second-level table (tbl8). */
#define LPM_FLAT_LENGTH 24

/*
 * Upper bounds for the rules of one match. Each rule longer than /24 needs at most one second-level
 * table: rules within the same /24 share one.
 */
static struct rte_lpm_config
lpm_config(const struct budget *b, enum budget_match match)
{
	struct rte_lpm_config config = {.number_tbl8s = 1};
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++) {
		if (b->rules[i].match != match || b->rules[i].length == 0)
			continue;
		config.max_rules++;
		config.number_tbl8s += b->rules[i].length > LPM_FLAT_LENGTH;
	}
	config.number_tbl8s = RTE_MIN(config.number_tbl8s, (uint32_t)RTE_LPM_MAX_TBL8_NUM_GROUPS);
	return config;
}

static int
add_prefix(struct classifier_prefixes *p, const struct budget_rule *rule)
{
	if (rule->length == 0) {
		p->any = rule->node;
		return 0;
	}
	return rte_lpm_add(p->lpm, rule->prefix, rule->length, rule->node);
}

static int
fill_prefixes(struct classifier_prefixes *p, const struct budget *b, enum budget_match match,
	      int socket_id)
{
	struct rte_lpm_config config = lpm_config(b, match);
	uint32_t i;
	int rc;

	if (config.max_rules > 0) {
		char name[RTE_LPM_NAMESIZE];

		/* The address makes the name unique among the existing classifiers. */
		snprintf(name, sizeof(name), "classify_%p", (void *)p);
		p->lpm = rte_lpm_create(name, socket_id, &config);
		if (p->lpm == NULL)
			return -rte_errno;
	}
	for (i = 0; i < b->nb_rules; i++) {
		if (b->rules[i].match != match)
			continue;
		rc = add_prefix(p, &b->rules[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void
fill_ids(struct classifier *cls, const struct budget *b)
{
	uint32_t i;

	cls->default_node = b->default_node;
	for (i = 0; i < RTE_DIM(cls->port); i++)
		cls->port[i] = b->default_node;
	for (i = 0; i < RTE_DIM(cls->vlan); i++)
		cls->vlan[i] = CLASSIFIER_NONE;
	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *rule = &b->rules[i];

		if (rule->match == BUDGET_PORT)
			cls->port[rule->id] = rule->node;
		else
			cls->parse_headers = 1;
		if (rule->match == BUDGET_VLAN)
			cls->vlan[rule->id] = rule->node;
	}
}

static struct classifier *
fail(struct classifier *cls, const char *what, int rc, char *error, size_t size)
{
	snprintf(error, size, "cannot create the table of %s: %s", what, rte_strerror(-rc));
	classifier_free(cls);
	return NULL;
}

struct classifier *
classifier_create(const struct budget *b, int socket_id, char *error, size_t size)
{
	struct classifier *cls;
	int rc;

	cls = rte_zmalloc_socket("classifier", sizeof(*cls), RTE_CACHE_LINE_SIZE, socket_id);
	if (cls == NULL)
		return fail(NULL, "VLAN and port ids", -ENOMEM, error, size);
	cls->source.any = CLASSIFIER_NONE;
	cls->destination.any = CLASSIFIER_NONE;
	fill_ids(cls, b);
	rc = fill_prefixes(&cls->source, b, BUDGET_SOURCE, socket_id);
	if (rc < 0)
		return fail(cls, "source prefixes (64 MiB)", rc, error, size);
	rc = fill_prefixes(&cls->destination, b, BUDGET_DESTINATION, socket_id);
	if (rc < 0)
		return fail(cls, "destination prefixes (64 MiB)", rc, error, size);
	return cls;
}

void
classifier_free(struct classifier *cls)
{
	if (cls == NULL)
		return;
	rte_lpm_free(cls->source.lpm);
	rte_lpm_free(cls->destination.lpm);
	rte_free(cls);
}
