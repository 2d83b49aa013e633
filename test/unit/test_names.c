/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The rule for names of counters, and the escaping of text. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

/* Names that look like "gold", or like nothing, or that are no text; and how they are written. */
static const struct {
	const char *name;
	const char *fault;
	const char *escaped;
} bad[] = {
	{"", "is empty", ""},
	{"a/b", "'/'", "a/b"},
	{"/", "'/'", "/"},
	{"a\nb", "control character", "a\\u000ab"},
	{"\x1b[31m", "control character", "\\u001b[31m"},
	{"a\x7f", "control character", "a\\u007f"},
	{"a\xc2\x85", "control character", "a\\u0085"},
	{"a\xc2\x9b", "control character", "a\\u009b"},
	{"a\xe2\x80\xa8"
	 "b",
	 "line separator", "a\\u2028b"},
	{"a\xe2\x80\xa9", "line separator", "a\\u2029"},
	{"a\xe2\x80\xae"
	 "dlog",
	 "text direction mark", "a\\u202edlog"},
	{"gold\xe2\x80\x8e", "text direction mark", "gold\\u200e"},
	{"gold\xd8\x9c", "text direction mark", "gold\\u061c"},
	{"\xe2\x81\xa7gold", "text direction mark", "\\u2067gold"},
	{"gold\xe2\x80\x8b", "without width", "gold\\u200b"},
	{"go\xe2\x80\x8dld", "without width", "go\\u200dld"},
	{"go\xe2\x81\xa0ld", "without width", "go\\u2060ld"},
	{"go\xc2\xadld", "without width", "go\\u00adld"},
	{"\xef\xbb\xbfgold", "without width", "\\ufeffgold"},
	{"gold\xef\xb8\x8f", "without width", "gold\\ufe0f"},
	{"\xe3\x85\xa4", "without width", "\\u3164"},
	{"gold\xf3\xa0\x81\x81", "without width", "gold\\U000e0041"},
	{"gold\xef\xbf\xbf", "not a character", "gold\\uffff"},
	{"gold\xef\xb7\x90", "not a character", "gold\\ufdd0"},
	{"gold\xf4\x8f\xbf\xbe", "not a character", "gold\\U0010fffe"},
	{" gold", "blank", " gold"},
	{"gold ", "blank", "gold "},
	{" ", "blank", " "},
	{"gold\xc2\xa0", "plain space", "gold\\u00a0"},
	{"go\xe2\x80\x83ld", "plain space", "go\\u2003ld"},
	{"\xe2\x80\x83gold", "plain space", "\\u2003gold"},
	{"gold\xe3\x80\x80", "plain space", "gold\\u3000"},
	{"a  b", "two blanks", "a  b"},
	{"\xe2\xa0\x80", "without width", "\\u2800"},
	{"\xf0\x9d\x85\x99", "without width", "\\U0001d159"},
	{"\xff", "UTF-8", "\\xff"},
	{"a\x80z", "UTF-8", "a\\x80z"},
	{"t\xc3", "UTF-8", "t\\xc3"},
	{"t\xe2\x82", "UTF-8", "t\\xe2\\x82"},
	{"\xc0\xaf", "UTF-8", "\\xc0\\xaf"},
	{"\xe0\x80\xaf", "UTF-8", "\\xe0\\x80\\xaf"},
	{"\xf0\x80\x80\xaf", "UTF-8", "\\xf0\\x80\\x80\\xaf"},
	{"\xed\xa0\x80", "UTF-8", "\\xed\\xa0\\x80"},
	{"\xf4\x90\x80\x80", "UTF-8", "\\xf4\\x90\\x80\\x80"},
	{"\xf8\x88\x80\x80\x80", "UTF-8", "\\xf8\\x88\\x80\\x80\\x80"},
};

static void
a_bad_name_is_refused_with_its_reason(void **state)
{
	struct fixture *f = *state;
	const char *fault;
	unsigned int i;

	fault = ration_name_error(NULL);
	assert_non_null(fault);
	assert_non_null(strstr(fault, "is empty"));
	for (i = 0; i < RTE_DIM(bad); i++) {
		fault = ration_name_error(bad[i].name);
		if (fault == NULL || strstr(fault, bad[i].fault) == NULL)
			fail_msg("name %u: '%s' does not contain '%s'", i, fault, bad[i].fault);
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, bad[i].name, NULL), EINVAL);
	}
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
}

static void
a_good_name_is_taken_and_not_escaped(void **state)
{
	static const char *const good[] = {
		"x",
		"a b",
		"..",
		"%s",
		"a\\b",
		"t\xc3\xaate",
		"\xe9\x87\x91",
		"\xd7\x96\xd7\x94\xd7\x91",
		"\xf0\x9f\x92\xb0",
		"\xef\xbf\xbd",
		"\xee\x80\x80",
	};
	struct fixture *f = *state;
	char out[RATION_COUNTER_NAMESIZE];
	unsigned int i;

	for (i = 0; i < RTE_DIM(good); i++) {
		if (ration_name_error(good[i]) != NULL)
			fail_msg("'%s' %s", good[i], ration_name_error(good[i]));
		make_counter(f->d, f->root, good[i], 1, 0);
		assert_int_equal(ration_name_escape(out, sizeof(out), good[i]), strlen(good[i]));
		assert_string_equal(out, good[i]);
	}
}

static void
the_length_counts_in_bytes(void **state)
{
	char name[RATION_COUNTER_NAMESIZE + 1];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[RATION_COUNTER_NAMESIZE] = '\0';
	assert_non_null(strstr(ration_name_error(name), "too long"));
	name[RATION_COUNTER_NAMESIZE - 1] = '\0';
	assert_null(ration_name_error(name));
}

/* Encode a code point as UTF-8, also one that must not be encoded. */
static void
encode(uint32_t code, char *out)
{
	unsigned char *o = (unsigned char *)out;

	if (code < 0x80) {
		*o++ = (unsigned char)code;
	} else if (code < 0x800) {
		*o++ = (unsigned char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		*o++ = (unsigned char)(0xe0 | code >> 12);
		*o++ = (unsigned char)(0x80 | (code >> 6 & 0x3f));
	} else {
		*o++ = (unsigned char)(0xf0 | code >> 18);
		*o++ = (unsigned char)(0x80 | (code >> 12 & 0x3f));
		*o++ = (unsigned char)(0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80)
		*o++ = (unsigned char)(0x80 | (code & 0x3f));
	*o = '\0';
}

/* The number of code points that are refused inside a name, and only at its ends. */
static void
every_code_point_is_decided_and_written(void **state)
{
	uint32_t code, refused = 0, blanks = 0;
	char name[16] = "a", out[64];
	bool inside, outside;

	(void)state;
	for (code = 1; code <= 0x10ffff; code++) {
		encode(code, name + 1);
		outside = ration_name_error(name) == NULL;
		ration_name_escape(out, sizeof(out), name);
		strcat(name, "z");
		inside = ration_name_error(name) == NULL;
		refused += !inside;
		blanks += inside && !outside;
		/* Refused inside a name means escaped, and the reverse. */
		if (code != '/' && inside != (strchr(out, '\\') == NULL || code == '\\'))
			fail_msg("U+%04X is %s, but written as %s", code, inside ? "good" : "bad",
				 out);
		assert_true(inside || !outside);
	}
	/*
	 * 2048 surrogates, 66 that are no characters, 64 controls (without NUL), 2 separators, '/',
	 * 4174 with the property Default_Ignorable_Code_Point (12 of them direction marks), 3 for
	 * annotations, 2 with an empty glyph, and those with the property White_Space that are not
	 * plain spaces, without 6 controls and 2 separators; U+FFFE and U+FFFF of plane 14 are
	 * outside of 0xe0000 to 0xe0fff.
	 */
	assert_int_equal(refused, 2048 + 66 + 64 + 2 + 1 + 4174 + 3 + 2 + (25 - 1 - 6 - 2));
	assert_int_equal(blanks, 1);
}

static void
every_bad_name_is_written_in_one_way(void **state)
{
	char out[128];
	unsigned int i;
	size_t size;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		assert_int_equal(ration_name_escape(out, sizeof(out), bad[i].name),
				 strlen(bad[i].escaped));
		assert_string_equal(out, bad[i].escaped);
		/* A short buffer gets the start, cut between characters, and nothing behind it. */
		for (size = 0; size <= strlen(bad[i].escaped); size++) {
			memset(out, '#', sizeof(out));
			assert_int_equal(ration_name_escape(out, size, bad[i].name),
					 strlen(bad[i].escaped));
			assert_int_equal(out[size], '#');
			if (size == 0)
				continue;
			assert_true(strlen(out) < size);
			assert_memory_equal(out, bad[i].escaped, strlen(out));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest names[] = {
		in_domain(a_bad_name_is_refused_with_its_reason),
		in_domain(a_good_name_is_taken_and_not_escaped),
		cmocka_unit_test(the_length_counts_in_bytes),
		cmocka_unit_test(every_code_point_is_decided_and_written),
		cmocka_unit_test(every_bad_name_is_written_in_one_way),
	};

	if (test_eal_start("names", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(names, NULL, NULL));
}
