/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include <rte_common.h>

#include "scenarios.h"

const struct scenario *
scenario_at(uint32_t i)
{
	static const struct scenario *const lists[] = {
		scenarios_charge, scenarios_drain, scenarios_member, scenarios_counter,
		scenarios_death,  scenarios_churn, scenarios_limit,  scenarios_watch,
	};
	const struct scenario *s;
	uint32_t list;

	for (list = 0; list < RTE_DIM(lists); list++) {
		for (s = lists[list]; s->name != NULL; s++) {
			if (i-- == 0)
				return s;
		}
	}
	return NULL;
}

const struct scenario *
scenario_find(const char *name)
{
	const struct scenario *s;
	uint32_t i;

	for (i = 0; (s = scenario_at(i)) != NULL; i++) {
		if (strcmp(s->name, name) == 0)
			break;
	}
	return s;
}
