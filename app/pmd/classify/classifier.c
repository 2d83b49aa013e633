/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "classify/classifier.h"

static void
fill_ids(struct classifier *cls, const struct budget *b)
{
	uint32_t i;

	cls->default_node = b->default_node;
	cls->malformed_node = b->malformed_node;
	/* A file with `malformed` alone wants them told apart. */
	cls->parse_headers = b->malformed_node != b->default_node;
	for (i = 0; i < RTE_DIM(cls->port); i++)
		cls->port[i] = CLASSIFIER_NONE;
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

static int
fill_ethertypes(struct classifier *cls, const struct budget *b, int socket_id)
{
	uint32_t i, n;

	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *rule = &b->rules[i];

		if (rule->match != BUDGET_ETHERTYPE)
			continue;
		if (cls->ethertype == NULL) {
			cls->ethertype = rte_malloc_socket(
				"ethertypes", CLASSIFIER_ETHERTYPES * sizeof(*cls->ethertype),
				RTE_CACHE_LINE_SIZE, socket_id);
			if (cls->ethertype == NULL)
				return -ENOMEM;
			for (n = 0; n < CLASSIFIER_ETHERTYPES; n++)
				cls->ethertype[n] = CLASSIFIER_NONE;
		}
		cls->ethertype[rule->id] = rule->node;
	}
	return 0;
}

static struct classifier *
fail(struct classifier *cls, const char *what, int rc, char *error, size_t size)
{
	snprintf(error, size, "cannot create the table of %s: %s", what, rte_strerror(-rc));
	classifier_free(cls);
	return NULL;
}

static struct classifier *
fail_prefixes(struct classifier *cls, const char *what, int rc, char *error, size_t size)
{
	char text[96];

	snprintf(text, sizeof(text), "%s%s", what,
		 rc == -ENOMEM ? " (64 MiB for IPv4, as much for IPv6: raise -m)" : "");
	return fail(cls, text, rc, error, size);
}

struct classifier *
classifier_create(const struct budget *b, int socket_id, char *error, size_t size)
{
	struct classifier *cls;
	int rc;

	cls = rte_zmalloc_socket("classifier", sizeof(*cls), RTE_CACHE_LINE_SIZE, socket_id);
	if (cls == NULL)
		return fail(NULL, "VLAN and port ids", -ENOMEM, error, size);
	fill_ids(cls, b);
	rc = fill_ethertypes(cls, b, socket_id);
	if (rc < 0)
		return fail(cls, "EtherTypes", rc, error, size);
	rc = classifier_prefixes_create(&cls->source, b, BUDGET_SOURCE, socket_id);
	if (rc < 0)
		return fail_prefixes(cls, "source prefixes", rc, error, size);
	rc = classifier_prefixes_create(&cls->destination, b, BUDGET_DESTINATION, socket_id);
	if (rc < 0)
		return fail_prefixes(cls, "destination prefixes", rc, error, size);
	return cls;
}

void
classifier_free(struct classifier *cls)
{
	if (cls == NULL)
		return;
	classifier_prefixes_free(&cls->source);
	classifier_prefixes_free(&cls->destination);
	rte_free(cls->ethertype);
	rte_free(cls);
}
