/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "message.h"
#include "tenants.h"

#define ERROR_SIZE 512

/* Nodes that traffic can lead to, in the order of the file. */
static int
find_nodes(struct tenants *t)
{
	bool *led_to = calloc(t->nb_nodes, sizeof(*led_to));
	uint32_t i;

	t->nodes = calloc(t->nb_nodes, sizeof(*t->nodes));
	if (led_to == NULL || t->nodes == NULL) {
		free(led_to);
		complain("no memory for %u tenants", t->nb_nodes);
		return -ENOMEM;
	}
	led_to[t->budget != NULL ? t->budget->default_node : 0] = true;
	for (i = 0; t->budget != NULL && i < t->budget->nb_rules; i++)
		led_to[t->budget->rules[i].node] = true;
	for (i = 0; i < t->nb_nodes; i++)
		if (led_to[i])
			t->nodes[t->nb++] = i;
	free(led_to);
	return 0;
}

int
tenants_load(struct tenants *t, const struct options *o)
{
	const char *file = o->budget != NULL ? o->budget : o->classify;
	char error[ERROR_SIZE];

	*t = (struct tenants){.nb_nodes = 1};
	if (file != NULL) {
		t->budget = budget_load(file, error, sizeof(error));
		if (t->budget == NULL) {
			complain("%s", error);
			return -EINVAL;
		}
		t->nb_nodes = t->budget->nb_nodes;
	}
	return find_nodes(t);
}

static int
make_counters(struct tenants *t, unsigned int nb_lcores)
{
	struct ration_domain_params params = {
		.max_counters = t->nb_nodes,
		.max_lcores = nb_lcores,
		.socket_id = SOCKET_ID_ANY,
	};
	char error[ERROR_SIZE];
	int rc;

	t->domain = ration_domain_create("ration-pmd", &params);
	if (t->domain == NULL) {
		rc = -rte_errno;
		complain("no domain of %u counters for %u lcores: %s", t->nb_nodes, nb_lcores,
			 rte_strerror(rte_errno));
		return rc;
	}
	t->counters = calloc(t->nb_nodes, sizeof(*t->counters));
	if (t->counters == NULL) {
		complain("no memory for %u counters", t->nb_nodes);
		return -ENOMEM;
	}
	rc = budget_apply(t->budget, t->domain, t->counters, error, sizeof(error));
	if (rc < 0)
		complain("%s", error);
	return rc;
}

int
tenants_start(struct tenants *t, const struct options *o, unsigned int nb_lcores)
{
	char error[ERROR_SIZE];

	if (t->budget == NULL)
		return 0;
	t->classifier = classifier_create(t->budget, SOCKET_ID_ANY, error, sizeof(error));
	if (t->classifier == NULL) {
		complain("%s", error);
		return -EINVAL;
	}
	return o->budget != NULL ? make_counters(t, nb_lcores) : 0;
}

const char *
tenants_name(const struct tenants *t, uint32_t node)
{
	if (t->budget == NULL)
		return "all";
	/* No counter's name can be that. */
	return node == 0 ? "/" : t->budget->nodes[node].path;
}

void
tenants_free(struct tenants *t)
{
	ration_domain_free(t->domain);
	classifier_free(t->classifier);
	budget_free(t->budget);
	free(t->counters);
	free(t->nodes);
	*t = (struct tenants){0};
}
