/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Random budgets are parsed, printed and parsed again. Random changes are made to a valid file: the
 * result must be a budget or an error of one line. The test prints its seed; pass it as the second
 * argument to repeat a run.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"
#include "equal.h"

#define TREES 300
#define DAMAGES 20000

static const char *good_file;
static uint64_t random_state = 1;

/* xorshift64: the same numbers on every machine. */
static uint32_t
below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % limit;
}

/* Parts of names that a YAML printer has to quote. */
static const char *const name_parts[] = {
	"a",
	"gold",
	"-",
	"?",
	":",
	"#",
	"'",
	"''",
	"\\\"",
	"\\\\",
	"&",
	"*",
	"!",
	"|",
	">",
	"%",
	"@",
	"`",
	"[",
	"]",
	"{",
	"}",
	",",
	"~",
	"=",
	"<<",
	"---",
	"...",
	"1",
	"0x",
	"1e",
	"null",
	"true",
	".",
	"\xc3\xa9",
	"\xe6\x97\xa5",
	"\xf0\x9f\x98\x80",
	/* With blanks outside: only in the middle of a name. */
	"- ",
	": ",
	" #",
	" ",
};
#define NB_INNER_PARTS 4
#define NB_OUTER_PARTS (RTE_DIM(name_parts) - NB_INNER_PARTS)

/* The number makes the names of siblings unique. */
static void
write_name(FILE *f, uint32_t number)
{
	uint32_t i, part, nb = below(3);

	fprintf(f, "{name: \"");
	if (below(2))
		fprintf(f, "%u", number);
	else
		nb++, fprintf(f, "%s%u", name_parts[below(NB_OUTER_PARTS)], number);
	for (i = 0; i < nb; i++) {
		part = below(RTE_DIM(name_parts));
		fputs(name_parts[part], f);
		/* No two blanks in a row. */
		if (part >= NB_OUTER_PARTS)
			fputs(name_parts[below(NB_OUTER_PARTS)], f);
	}
	fprintf(f, "\"");
}

/* Each id is used once, so that no two rules overlap. */
static void
write_rules(FILE *f, uint32_t *next_id)
{
	static const char *const rules[] = {
		"{vlan: %u}",
		"{source: 10.0.%u.0/24}",
		"{destination: 10.0.0.%u/32}",
		"{source: 10.%u.0.0/16}",
		"{source: '2001:db8:%x::/48'}",
		"{destination: '::%x/128'}",
		"{ethertype: 0x9%03x}",
	};
	uint32_t i, nb = below(3);

	fprintf(f, ", match: [");
	for (i = 0; i < nb && *next_id < 250; i++) {
		fprintf(f, i > 0 ? ", " : "");
		fprintf(f, rules[below(RTE_DIM(rules))], ++*next_id);
	}
	fprintf(f, "]");
}

static void
write_children(FILE *f, uint32_t depth, uint64_t most, uint32_t *next_id)
{
	uint32_t i, nb = depth == 0 ? 1 + below(6) : below(4);

	fputc('[', f);
	for (i = 0; i < nb; i++) {
		uint64_t max = most / (1 + below(3));

		fputs(i > 0 ? ", " : "", f);
		write_name(f, i);
		if (below(2))
			fprintf(f, ", max: %ju", (uintmax_t)max);
		else
			max = most;
		if (below(2))
			fprintf(f, ", batch: %u", below((uint32_t)RTE_MIN(max, 1000u) + 1));
		if (below(2))
			fprintf(f, ", min: %u", below((uint32_t)RTE_MIN(max, 1000u) + 1));
		if (below(2))
			fputs(", low: max", f);
		if (below(2))
			write_rules(f, next_id);
		if (depth + 1 < RATION_DEPTH_MAX && below(2)) {
			fprintf(f, ", children: ");
			write_children(f, depth + 1, max, next_id);
		}
		fputc('}', f);
	}
	fputc(']', f);
}

static void
random_budgets_are_parsed_to_equal_ones(void **state)
{
	char error[1024], *text;
	uint32_t i, next_id;
	struct budget *b;
	size_t size;
	FILE *f;

	RTE_SET_USED(state);
	for (i = 0; i < TREES; i++) {
		next_id = 0;
		f = open_memstream(&text, &size);
		assert_non_null(f);
		fprintf(f, "unit: %s\nbudgets: ", below(2) ? "bytes" : "packets");
		write_children(f, 0, UINT64_C(1) << below(63), &next_id);
		assert_int_equal(fclose(f), 0);
		b = budget_parse("random", text, size, error, sizeof(error));
		if (b == NULL)
			fail_msg("%s\n%s", error, text);
		b->default_node = below(b->nb_nodes);
		if ((below(2) && b->default_node != 0) || !budget_reads_headers(b))
			b->malformed_node = b->default_node;
		assert_round_trip(b);
		budget_free(b);
		free(text);
	}
}

/* Change, remove or duplicate at most 64 bytes. */
static size_t
damage(char *text, size_t size)
{
	size_t at = below((uint32_t)size), nb = RTE_MIN(1 + below(64), size - at);

	switch (below(4)) {
	case 0:
		text[at] = (char)below(256);
		return size;
	case 1:
		text[at] = "\n\r\t :-[]{},\"'#&*!|>%?\\/0"[below(24)];
		return size;
	case 2:
		memmove(text + at, text + at + nb, size - at - nb);
		return size - nb;
	default:
		memmove(text + at + nb, text + at, size - at);
		return size + nb;
	}
}

static void
assert_budget_or_one_line(const char *text, size_t size)
{
	char error[256] = "";
	struct budget *b = budget_parse("damaged", text, size, error, sizeof(error));

	if (b != NULL) {
		assert_round_trip(b);
		budget_free(b);
		return;
	}
	if (strncmp(error, "damaged:", strlen("damaged:")) != 0 || strchr(error, '\n') != NULL)
		fail_msg("'%s'", error);
}

static void
a_damaged_file_is_a_budget_or_one_line(void **state)
{
	FILE *f = fopen(good_file, "r");
	char good[4096];
	size_t size;
	uint32_t i, n;

	RTE_SET_USED(state);
	assert_non_null(f);
	size = fread(good, 1, sizeof(good), f);
	fclose(f);
	assert_in_range(size, 100, sizeof(good) - 1);
	for (i = 0; i < DAMAGES; i++) {
		char bad[sizeof(good) + 4 * 64], *exact;
		size_t length = size;

		memcpy(bad, good, size);
		for (n = below(4) + 1; n > 0; n--)
			length = damage(bad, length);
		/* The exact size, so that a sanitizer detects each read beyond the end. */
		exact = malloc(length);
		assert_non_null(exact);
		memcpy(exact, bad, length);
		assert_budget_or_one_line(exact, length);
		free(exact);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_budgets_are_parsed_to_equal_ones),
		cmocka_unit_test(a_damaged_file_is_a_budget_or_one_line),
	};

	if (argc < 2) {
		fprintf(stderr, "usage: %s GOOD-FILE [SEED]\n", argv[0]);
		return 2;
	}
	good_file = argv[1];
	if (argc > 2)
		random_state = strtoull(argv[2], NULL, 0) | 1;
	printf("seed %ju\n", (uintmax_t)random_state);
	return cmocka_run_group_tests_name("random budgets", tests, NULL, NULL);
}
