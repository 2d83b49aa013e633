/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Numbers and ids, compared with a second implementation, and numbers written and read again. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ration.h>

#include "budget/value.h"
#include "fuzz.h"

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* Returns the number at the start of `text`. It stops growing far above 64 bits. */
static unsigned __int128
leading_number(const char *text, const char **end)
{
	unsigned __int128 n = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (n >> 80 == 0)
			n = n * 10 + (unsigned int)(*text - '0');
	}
	*end = text;
	return n;
}

static int
expected_number(const char *text, uint64_t *value)
{
	static const char suffixes[] = "kMGTPE";
	unsigned __int128 n;
	const char *end, *suffix;

	if (strcmp(text, "max") == 0) {
		*value = RATION_UNLIMITED;
		return 0;
	}
	n = leading_number(text, &end);
	if (end == text)
		return -EINVAL;
	if (*end != '\0') {
		suffix = strchr(suffixes, *end == 'K' ? 'k' : *end);
		if (suffix == NULL || end[1] != '\0')
			return -EINVAL;
		for (; suffix >= suffixes && n >> 80 == 0; suffix--)
			n <<= 10;
	}
	if (n > RATION_UNLIMITED)
		return -ERANGE;
	*value = (uint64_t)n;
	return 0;
}

static void
check_id(const char *text, uint16_t min, uint16_t max)
{
	unsigned __int128 n;
	uint16_t id = 0xffff;
	const char *end;
	bool good;

	n = leading_number(text, &end);
	good = end != text && *end == '\0' && n >= min && n <= max;
	CLAIM((budget_id(text, min, max, &id) == 0) == good);
	CLAIM(!good || id == n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint64_t value = UNTOUCHED, expected = UNTOUCHED;
	char *text = fuzz_text(bytes, size), written[RATION_SIZE_TEXT_SIZE];

	CLAIM(ration_size_parse(text, &value) == expected_number(text, &expected));
	CLAIM(value == expected);
	if (expected != UNTOUCHED) {
		CLAIM(ration_size_format(value, written, sizeof(written)) == (int)strlen(written));
		CLAIM(ration_size_parse(written, &value) == 0 && value == expected);
	}
	CLAIM((budget_number_fault(text, &value) == NULL) == (expected != UNTOUCHED));
	check_id(text, 1, 4094);
	check_id(text, 0, 31);
	free(text);
	return 0;
}
