/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Names of counters, compared with the table of well-formed UTF-8 in the Unicode standard. */

#include <stdlib.h>
#include <string.h>

#include <ration.h>

#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static bool
is_between(unsigned char byte, unsigned int first, unsigned int last)
{
	return byte >= first && byte <= last;
}

/* Table 3-7 of the Unicode standard. @return bytes of the sequence, 0 if it is not well-formed */
static size_t
well_formed(const unsigned char *s)
{
	static const struct {
		unsigned char lead[2], second[2];
		size_t length;
	} rows[] = {
		{{0x01, 0x7f}, {0, 0}, 1},	 {{0xc2, 0xdf}, {0x80, 0xbf}, 2},
		{{0xe0, 0xe0}, {0xa0, 0xbf}, 3}, {{0xe1, 0xec}, {0x80, 0xbf}, 3},
		{{0xed, 0xed}, {0x80, 0x9f}, 3}, {{0xee, 0xef}, {0x80, 0xbf}, 3},
		{{0xf0, 0xf0}, {0x90, 0xbf}, 4}, {{0xf1, 0xf3}, {0x80, 0xbf}, 4},
		{{0xf4, 0xf4}, {0x80, 0x8f}, 4},
	};
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!is_between(s[0], rows[i].lead[0], rows[i].lead[1]))
			continue;
		if (rows[i].length > 1 && !is_between(s[1], rows[i].second[0], rows[i].second[1]))
			return 0;
		for (j = 2; j < rows[i].length; j++) {
			if (!is_between(s[j], 0x80, 0xbf))
				return 0;
		}
		return rows[i].length;
	}
	return 0;
}

static bool
is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t length;

	for (; *s != '\0'; s += length) {
		length = well_formed(s);
		if (length == 0)
			return false;
	}
	return true;
}

/* What is written is UTF-8 without controls, and needs no second escape. */
static void
claim_clean(const char *escaped)
{
	size_t size = strlen(escaped) + 1, i;
	char *again = malloc(size);

	CLAIM(again != NULL && is_utf8(escaped));
	for (i = 0; i + 1 < size; i++)
		CLAIM((unsigned char)escaped[i] >= 0x20 && escaped[i] != 0x7f);
	CLAIM(ration_name_escape(again, size, escaped) == size - 1);
	CLAIM(strcmp(again, escaped) == 0);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = fuzz_text(bytes, size);
	const char *fault = ration_name_error(text);
	size_t length = strlen(text), room = 6 * length + 1, nb, i;
	char *out = malloc(room);

	CLAIM(out != NULL);
	nb = ration_name_escape(out, room, text);
	CLAIM(nb < room && strlen(out) == nb);
	claim_clean(out);
	/* A good name is written as it is. */
	if (fault == NULL) {
		CLAIM(length > 0 && length < RATION_COUNTER_NAMESIZE && is_utf8(text));
		CLAIM(strcmp(out, text) == 0 && strchr(text, '/') == NULL);
	}
	if (!is_utf8(text))
		CLAIM(fault != NULL && strstr(out, "\\x") != NULL);
	/* A short buffer gets the start of it. */
	for (i = 1; i < nb && i < 16; i++) {
		char part[16];

		CLAIM(ration_name_escape(part, i, text) == nb);
		CLAIM(strlen(part) < i && strncmp(part, out, strlen(part)) == 0);
	}
	free(out);
	free(text);
	return 0;
}
