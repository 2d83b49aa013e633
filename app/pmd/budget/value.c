/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "budget/value.h"

const char *const budget_unit_names[] = {
	[BUDGET_PACKETS] = "packets",
	[BUDGET_BYTES] = "bytes",
};

const char *const budget_match_names[] = {
	[BUDGET_SOURCE] = "source", [BUDGET_DESTINATION] = "destination",
	[BUDGET_VLAN] = "vlan",	    [BUDGET_ETHERTYPE] = "ethertype",
	[BUDGET_PORT] = "port",
};

const char *
budget_number_fault(const char *text, uint64_t *value)
{
	int rc = ration_size_parse(text, value);

	if (rc == 0)
		return NULL;
	if (rc == -ERANGE)
		return "is too large (at most 9223372036854775807; 'max' for no limit)";
	if (text[0] == '-')
		return "is negative (0 or more, optionally with suffix k, M, G, T, P or E; "
		       "or 'max')";
	return "is not a number (digits, optionally with suffix k, M, G, T, P or E; or 'max')";
}

int
budget_id(const char *text, uint16_t min, uint16_t max, uint16_t *id)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++)
		value = RTE_MIN(value * 10 + (uint32_t)(text[i] - '0'), (uint32_t)UINT16_MAX + 1);
	if (i == 0 || text[i] != '\0' || value < min || value > max)
		return -1;
	*id = (uint16_t)value;
	return 0;
}
