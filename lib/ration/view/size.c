/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Units as text. Own code, because cmdline_parse_num() of DPDK has no suffixes, and strtoull()
 * accepts signs and blanks.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include <ration.h>

static const char suffixes[] = "kMGTPE";

/* Powers of 1024 of a suffix, or -1. */
static int
power_of(const char *suffix)
{
	const char *found;

	if (suffix[0] == '\0')
		return 0;
	if (suffix[1] != '\0')
		return -1;
	found = strchr(suffixes, suffix[0] == 'K' ? 'k' : suffix[0]);
	return found != NULL ? (int)(found - suffixes) + 1 : -1;
}

/* @return RATION_UNLIMITED + 1 if the number is larger than RATION_UNLIMITED */
static uint64_t
read_digits(const char *text, size_t nb)
{
	const uint64_t too_large = RATION_UNLIMITED + 1;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < nb; i++) {
		if (n > RATION_UNLIMITED / 10)
			return too_large;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	return RTE_MIN(n, too_large);
}

int
ration_size_parse(const char *text, uint64_t *units)
{
	uint64_t n;
	size_t nb;
	int power;

	if (text == NULL)
		return -EINVAL;
	if (strcmp(text, "max") == 0) {
		*units = RATION_UNLIMITED;
		return 0;
	}
	nb = strspn(text, "0123456789");
	power = power_of(text + nb);
	if (nb == 0 || power < 0)
		return -EINVAL;
	n = read_digits(text, nb);
	if (n > RATION_UNLIMITED >> (10 * power))
		return -ERANGE;
	*units = n << (10 * power);
	return 0;
}

int
ration_size_format(uint64_t units, char *text, size_t size)
{
	char longest[RATION_SIZE_TEXT_SIZE];
	int power = 0, length;

	if (text == NULL || units > RATION_UNLIMITED)
		return -EINVAL;
	if (units == RATION_UNLIMITED) {
		length = snprintf(longest, sizeof(longest), "max");
	} else {
		for (; units > 0 && units % 1024 == 0; units /= 1024)
			power++;
		length = snprintf(longest, sizeof(longest), "%" PRIu64 "%.*s", units, power > 0,
				  &suffixes[power > 0 ? power - 1 : 0]);
	}
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	memcpy(text, longest, (size_t)length + 1);
	return length;
}
