/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The rule for names of counters, and the escaping of text for logs and reports. One table of
 * characters serves both, so no name that the rule accepts is escaped.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include <ration_counter.h>

#include "shm/name_rule.h"

/* Kinds of characters. The rule refuses all but GRAPHIC, and a single space between such. */
enum kind {
	GRAPHIC,
	BLANK,
	OTHER_BLANK,
	CONTROL,
	SEPARATOR,
	DIRECTION,
	INVISIBLE,
	UNASSIGNED,
	MALFORMED,
};

static const char *const faults[] = {
	[OTHER_BLANK] = "contains a blank that is not the plain space (plain spaces only)",
	[CONTROL] = "contains a control character (printable characters only)",
	[SEPARATOR] = "contains a line separator (printable characters only)",
	[DIRECTION] = "contains a text direction mark (visible characters only)",
	[INVISIBLE] = "contains a character without width (visible characters only)",
	[UNASSIGNED] = "contains a code point that is not a character (printable characters only)",
	[MALFORMED] = "is not valid UTF-8 (plain UTF-8 text)",
};

/*
 * Ranges of code points, in ascending order. INVISIBLE are those with the Unicode property
 * Default_Ignorable_Code_Point, the interlinear annotations, and the two whose glyph is empty.
 * Those with the property White_Space that are not controls or separators are BLANK or OTHER_BLANK.
 */
static const struct {
	uint32_t first;
	uint32_t last;
	enum kind kind;
} ranges[] = {
	{0x0000, 0x001f, CONTROL},     {0x0020, 0x0020, BLANK},	      {0x007f, 0x009f, CONTROL},
	{0x00a0, 0x00a0, OTHER_BLANK}, {0x00ad, 0x00ad, INVISIBLE},   {0x034f, 0x034f, INVISIBLE},
	{0x061c, 0x061c, DIRECTION},   {0x115f, 0x1160, INVISIBLE},   {0x1680, 0x1680, OTHER_BLANK},
	{0x17b4, 0x17b5, INVISIBLE},   {0x180b, 0x180f, INVISIBLE},   {0x2000, 0x200a, OTHER_BLANK},
	{0x200b, 0x200d, INVISIBLE},   {0x200e, 0x200f, DIRECTION},   {0x2028, 0x2029, SEPARATOR},
	{0x202a, 0x202e, DIRECTION},   {0x202f, 0x202f, OTHER_BLANK}, {0x205f, 0x205f, OTHER_BLANK},
	{0x2060, 0x2065, INVISIBLE},   {0x2066, 0x2069, DIRECTION},   {0x206a, 0x206f, INVISIBLE},
	{0x2800, 0x2800, INVISIBLE},   {0x3000, 0x3000, OTHER_BLANK}, {0x3164, 0x3164, INVISIBLE},
	{0xfdd0, 0xfdef, UNASSIGNED},  {0xfe00, 0xfe0f, INVISIBLE},   {0xfeff, 0xfeff, INVISIBLE},
	{0xffa0, 0xffa0, INVISIBLE},   {0xfff0, 0xfffb, INVISIBLE},   {0x1bca0, 0x1bca3, INVISIBLE},
	{0x1d159, 0x1d159, INVISIBLE}, {0x1d173, 0x1d17a, INVISIBLE}, {0xe0000, 0xe0fff, INVISIBLE},
};

/*
 * Decode the character at the start of a text that is not empty. Overlong forms, surrogates and
 * what is above U+10FFFF are malformed. The terminating NUL is no continuation byte, so a character
 * that is cut short does not make the function read past it.
 * @return length in bytes, or 0 if it is malformed
 */
static size_t
decode(const unsigned char *s, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length, i;

	*code = s[0];
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc0 || s[0] >= 0xf8)
		return 0;
	length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	*code = s[0] & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3fu);
	}
	if (*code < smallest[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

/* Kind of the first character of a text that is not empty, and its length; 1 if MALFORMED. */
static enum kind
kind_of(const char *text, size_t *length, uint32_t *code)
{
	size_t i;

	*length = decode((const unsigned char *)text, code);
	if (*length == 0) {
		*length = 1;
		return MALFORMED;
	}
	/* The last two code points of each plane are not characters. */
	if ((*code & 0xfffe) == 0xfffe)
		return UNASSIGNED;
	for (i = 0; i < RTE_DIM(ranges) && *code >= ranges[i].first; i++) {
		if (*code <= ranges[i].last)
			return ranges[i].kind;
	}
	return GRAPHIC;
}

const char *
ration_name_error(const char *name)
{
	bool blank_first = false, two_blanks = false;
	enum kind kind = GRAPHIC, before;
	const char *s;
	size_t length;
	uint32_t code;

	RTE_BUILD_BUG_ON(RATION_COUNTER_NAMESIZE != 43 + 1);
	if (name == NULL || name[0] == '\0')
		return "is empty (1 to 43 bytes)";
	if (strnlen(name, RATION_COUNTER_NAMESIZE) == RATION_COUNTER_NAMESIZE)
		return "is too long (1 to 43 bytes)";
	for (s = name; *s != '\0'; s += length) {
		before = kind;
		kind = kind_of(s, &length, &code);
		if (kind > BLANK)
			return faults[kind];
		if (*s == '/')
			return "contains '/' (which separates the names of a path)";
		blank_first |= s == name && kind == BLANK;
		two_blanks |= kind == BLANK && before == BLANK;
	}
	if (blank_first || kind == BLANK)
		return "starts or ends with a blank (blanks only between other characters)";
	if (two_blanks)
		return "contains two blanks in a row (one at a time)";
	return NULL;
}

/* The longest escape is that of a code point above U+FFFF. */
#define ESCAPE_SIZE sizeof("\\U0010ffff")

/* Write a character that is not printable as an escape. @return length of the escape */
static size_t
write_escape(char escape[ESCAPE_SIZE], enum kind kind, unsigned char byte, uint32_t code)
{
	if (kind == MALFORMED)
		return (size_t)snprintf(escape, ESCAPE_SIZE, "\\x%02x", byte);
	return (size_t)snprintf(escape, ESCAPE_SIZE, code > 0xffff ? "\\U%08x" : "\\u%04x", code);
}

size_t
ration_name_escape(char *out, size_t size, const char *text)
{
	size_t used = 0, needed = 0, length, nb;
	char escape[ESCAPE_SIZE];
	const char *from;
	enum kind kind;
	uint32_t code;

	for (; *text != '\0'; text += length) {
		kind = kind_of(text, &length, &code);
		from = text;
		nb = length;
		if (kind > BLANK) {
			nb = write_escape(escape, kind, (unsigned char)*text, code);
			from = escape;
		}
		/* Cut between characters only, and write nothing after the cut. */
		if (used == needed && used + nb < size) {
			memcpy(out + used, from, nb);
			used += nb;
		}
		needed += nb;
	}
	if (size > 0)
		out[used] = '\0';
	return needed;
}
