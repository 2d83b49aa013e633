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

static const struct {
	const char *suffix;
	unsigned int shift;
} number_suffixes[] = {
	{"", 0},
	{"k", 10},
	{"M", 20},
	{"G", 30},
};

/* Returns RATION_UNLIMITED + 1 if the value is larger. */
static uint64_t
read_digits(const char *text, size_t nb)
{
	const uint64_t too_large = RATION_UNLIMITED + 1;
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < nb && value < too_large; i++) {
		if (value > RATION_UNLIMITED / 10)
			return too_large;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	return RTE_MIN(value, too_large);
}

int
budget_number(const char *text, uint64_t *value)
{
	size_t nb = strspn(text, "0123456789");
	uint64_t v;
	size_t i;

	if (strcmp(text, "max") == 0) {
		*value = RATION_UNLIMITED;
		return 0;
	}
	if (nb == 0)
		return -EINVAL;
	v = read_digits(text, nb);
	for (i = 0; i < RTE_DIM(number_suffixes); i++) {
		if (strcmp(text + nb, number_suffixes[i].suffix) != 0)
			continue;
		if (v > RATION_UNLIMITED >> number_suffixes[i].shift)
			return -ERANGE;
		*value = v << number_suffixes[i].shift;
		return 0;
	}
	return -EINVAL;
}

const char *
budget_number_fault(const char *text, uint64_t *value)
{
	int rc = budget_number(text, value);

	if (rc == 0)
		return NULL;
	if (rc == -ERANGE)
		return "is too large (at most 9223372036854775807; 'max' for no limit)";
	if (text[0] == '-')
		return "is negative (0 or more, optionally with suffix k, M or G; or 'max')";
	return "is not a number (digits, optionally with suffix k, M or G; or 'max')";
}

int
budget_id(const char *text, uint16_t min, uint16_t max, uint16_t *id)
{
	size_t nb = strspn(text, "0123456789");
	uint64_t value = read_digits(text, nb);

	if (nb == 0 || text[nb] != '\0' || value < min || value > max)
		return -1;
	*id = (uint16_t)value;
	return 0;
}
