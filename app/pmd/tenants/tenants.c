/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "budget/loading.h"
#include "message.h"
#include "tenants/tenants.h"

#define ERROR_SIZE 512

/* Find the nodes that packets can be assigned to. They are in the order of the file. */
static int
find_nodes(struct tenants *t)
{
	bool *is_target = calloc(t->nb_nodes, sizeof(*is_target));
	uint32_t i;

	t->nodes = calloc(t->nb_nodes, sizeof(*t->nodes));
	if (is_target == NULL || t->nodes == NULL) {
		free(is_target);
		log_error("no memory for %u tenants", t->nb_nodes);
		return -ENOMEM;
	}
	is_target[t->budget != NULL ? t->budget->default_node : 0] = true;
	if (t->budget != NULL)
		is_target[t->budget->malformed_node] = true;
	for (i = 0; t->budget != NULL && i < t->budget->nb_rules; i++)
		is_target[t->budget->rules[i].node] = true;
	for (i = 0; i < t->nb_nodes; i++)
		if (is_target[i])
			t->nodes[t->nb++] = i;
	free(is_target);
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
		if (t->budget == NULL && loading_interrupted())
			return -EINTR;
		if (t->budget == NULL) {
			log_error("%s", error);
			return -EINVAL;
		}
		t->nb_nodes = t->budget->nb_nodes;
	}
	return find_nodes(t);
}

static int
create_domain(struct tenants *t, unsigned int nb_lcores)
{
	struct ration_domain_params params = {
		.max_counters = t->nb_nodes,
		.max_members = nb_lcores,
		.socket_id = SOCKET_ID_ANY,
	};
	char error[ERROR_SIZE];
	int rc;

	t->domain = ration_domain_create("ration-pmd", &params);
	if (t->domain == NULL) {
		rc = -rte_errno;
		log_error("cannot create a domain of %u counters for %u lcores: %s", t->nb_nodes,
			  nb_lcores, rte_strerror(rte_errno));
		return rc;
	}
	t->counters = calloc(t->nb_nodes, sizeof(*t->counters));
	if (t->counters == NULL) {
		log_error("no memory for %u counters", t->nb_nodes);
		return -ENOMEM;
	}
	rc = budget_apply(t->budget, t->domain, t->counters, error, sizeof(error));
	if (rc < 0 && rc != -EINTR)
		log_error("%s", error);
	return rc;
}

int
tenants_start(struct tenants *t, const struct options *o, unsigned int nb_lcores)
{
	char error[ERROR_SIZE];

	if (t->budget == NULL)
		return 0;
	t->classifier = classifier_create(t->budget, SOCKET_ID_ANY, error, sizeof(error));
	if (t->classifier == NULL && loading_interrupted())
		return -EINTR;
	if (t->classifier == NULL) {
		log_error("%s", error);
		return -EINVAL;
	}
	return o->budget != NULL ? create_domain(t, nb_lcores) : 0;
}

const char *
tenants_name(const struct tenants *t, uint32_t node)
{
	if (t->budget == NULL)
		return "all";
	/* The name of a counter cannot contain '/'. */
	return node == 0 ? "/" : t->budget->nodes[node].path;
}

bool
tenants_read_headers(const struct tenants *t)
{
	return t->classifier != NULL && t->classifier->parse_headers;
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
