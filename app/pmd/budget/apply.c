/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "budget/budget.h"
#include "budget/loading.h"

/* Errors whose meaning here differs from the text of strerror(). */
static const struct {
	int error;
	const char *meaning;
} failures[] = {
	{E2BIG, "too many levels"},
	{EEXIST, "the domain already has a counter with this path"},
	{ENOSPC, "the domain is full"},
	{ETIMEDOUT, "an lcore did not return the stock of the parent counter in time"},
};

/* Set the elements of nodes that packets are charged to. */
static void
mark_charged(const struct budget *b, uint8_t *charged)
{
	uint32_t i;

	charged[b->default_node] = 1;
	charged[b->malformed_node] = 1;
	for (i = 0; i < b->nb_rules; i++)
		charged[b->rules[i].node] = 1;
}

static int
fail_counter(const struct budget_node *n, int err, char *error, size_t size)
{
	const char *meaning = rte_strerror(err);
	size_t i;

	for (i = 0; i < RTE_DIM(failures); i++)
		if (failures[i].error == err)
			meaning = failures[i].meaning;
	snprintf(error, size, "counter '%s' (line %u of the budget): %s", n->path, n->line,
		 meaning);
	return -err;
}

/* Children come after their parents, therefore destroy in reverse order. */
static void
undo(struct ration_domain *d, const ration_counter_t *counters, uint32_t nb)
{
	while (nb-- > 1)
		ration_counter_destroy(d, counters[nb], 0);
}

static int
create_counters(const struct budget *b, struct ration_domain *d, const uint8_t *charged,
		ration_counter_t *counters, char *error, size_t size)
{
	uint32_t i;
	int rc;

	counters[0] = ration_domain_root(d);
	for (i = 1; i < b->nb_nodes; i++) {
		const struct budget_node *n = &b->nodes[i];
		const struct ration_counter_params params = {
			.max = ration_params_max(n->max),
			.batch = n->batch == BUDGET_BATCH_UNSET ? 0 : ration_params_batch(n->batch),
			.batch_max = n->batch_max == BUDGET_BATCH_UNSET ? 0 : n->batch_max,
			.min = n->min,
			.low = n->low,
			/* Without this flag, creating a child removes the stock for good. */
			.flags = charged[i] && n->nb_children > 0 ? RATION_COUNTER_DIRECT : 0,
		};

		rc = loading_step("creating counters", i, b->nb_nodes);
		if (rc < 0) {
			snprintf(error, size, "interrupted");
			goto undo;
		}
		counters[i] = ration_counter_create(d, counters[n->parent], n->name, &params);
		if (counters[i] == RATION_COUNTER_NONE) {
			rc = fail_counter(n, rte_errno, error, size);
			goto undo;
		}
	}
	rc = ration_counter_set_max(d, counters[0], b->nodes[0].max, 0);
	if (rc == 0)
		return 0;
	fail_counter(&b->nodes[0], -rc, error, size);
undo:
	undo(d, counters, i);
	return rc;
}

int
budget_apply(const struct budget *b, struct ration_domain *d, ration_counter_t *counters,
	     char *error, size_t size)
{
	uint8_t *charged = calloc(b->nb_nodes, 1);
	int rc;

	if (charged == NULL) {
		snprintf(error, size, "out of memory");
		return -ENOMEM;
	}
	mark_charged(b, charged);
	rc = create_counters(b, d, charged, counters, error, size);
	free(charged);
	return rc;
}
