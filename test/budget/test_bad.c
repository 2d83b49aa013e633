/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* budget_load() refuses each file in bad/ with one line that names file, line and key. */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"

static const char *folder;

static const struct bad {
	const char *name;
	unsigned int line;
	const char *key;
	const char *text; /* Part of the text after the key. */
} bad_files[] = {
	{"alias", 3, "alias", "'limit' is not allowed"},
	{"anchor", 3, "anchor", "'limit' is not allowed"},
	{"anchor-on-list", 3, "anchor", "'c' is not allowed"},
	{"bad-indent", 3, "syntax", "did not find expected"},
	{"batch-above-max", 3, "batch", "65 is more than the limit (at most 64, from line 4)"},
	{"batch-max-above-max", 4, "batch_max",
	 "128 is more than the limit (at most 100, from line 3)"},
	{"batch-max-below-batch", 4, "batch_max", "16 is less than the batch (at least 32)"},
	{"batch-max-below-default", 3, "batch_max", "63 is less than the batch (at least 64)"},
	{"batch-max-without-stock", 4, "batch_max",
	 "with a batch of 0 (line 3) nothing is in stock"},
	{"batch-max-too-large", 3, "batch_max", "'524288' is too large (0 to 524287)"},
	{"batch-above-root-max", 6, "batch", "11 is more than the limit (at most 10, from line 1)"},
	{"billion-laughs", 1, "anchor", "'a' is not allowed"},
	{"binary", 1, "encoding", "UTF-8"},
	{"blank-after-name", 3, "name", "'gold ' starts or ends with a blank"},
	{"blank-before-name", 3, "name", "' gold' starts or ends with a blank"},
	{"bom-in-name", 3, "name", "'\\ufeffgold' contains a character without width"},
	{"budget-is-empty", 3, "budgets", "empty (a counter"},
	{"budget-is-text", 2, "budgets", "not a mapping"},
	{"budgets-is-mapping", 3, "budgets", "not a list"},
	{"budgets-is-nothing", 1, "budgets", "not a list"},
	{"c1-control-in-name", 2, "name", "'a\\u009b31m' contains a control character"},
	{"child-above-grandparent", 7, "max",
	 "1025 is more than the limit of a (at most 1024, from line 8)"},
	{"child-above-parent", 8, "max",
	 "1025 is more than the limit of a (at most 1024, from line 3)"},
	{"child-above-root", 3, "max",
	 "2048 is more than the limit of the whole tree (at most 1024, from line 4)"},
	{"children-is-text", 3, "children", "not a list"},
	{"control-byte", 3, "encoding", "control characters are not allowed"},
	{"control-in-name", 3, "name", "'a\\u001b[31m' contains a control character"},
	{"direction-mark-in-name", 3, "name", "'a\\u202edlog' contains a text direction mark"},
	{"duplicate-key", 4, "max", "given twice"},
	{"duplicate-key-at-top", 3, "budgets", "given twice"},
	{"duplicate-name", 6, "name", "'b' already exists, in line 4"},
	{"duplicate-name-at-top", 4, "name", "'a' already exists, in line 2"},
	{"empty", 1, "budgets", "missing, the file is empty"},
	{"empty-default", 1, "default", "'' is empty"},
	{"empty-max", 3, "max", "'' is not a number"},
	{"empty-name", 3, "name", "'' is empty (1 to 43 bytes)"},
	{"empty-malformed", 1, "malformed", "'' is empty"},
	{"ethertype-decimal", 4, "ethertype", "'2054' is not an EtherType (0x0600 to 0xffff, or "},
	{"ethertype-large", 4, "ethertype", "'0x10000' is not an EtherType"},
	{"ethertype-length", 4, "ethertype", "'0x05ff' is not an EtherType"},
	{"ethertype-tag", 4, "ethertype", "'0x8100' is the type of a VLAN tag"},
	{"float-max", 3, "max", "'1.5k' is not a number"},
	{"hex-max", 3, "max", "'0x10' is not a number"},
	{"host-bits", 4, "source", "'10.1.0.1/16' has bits set beyond its length"},
	{"host-bits-of-zero-length", 4, "source", "'128.0.0.0/0' has bits set beyond its length"},
	{"huge-prefix", 4, "destination", "has a length above 32 (/0 to /32)"},
	{"invalid-utf8", 3, "encoding", "UTF-8"},
	{"ipv6-host-bits", 4, "destination", "'2001:db8::1/32' has bits set beyond its length"},
	{"ipv6-long", 4, "source", "'2001:db8::/129' has a length above 128 (/0 to /128)"},
	{"ipv6-scope", 4, "source", "'fe80::1%eth0/128' is not a prefix"},
	{"ipv6-text", 4, "source", "'2001:db8:::/32' is not a prefix (2001:db8::/length"},
	{"ipv6-without-length", 4, "source", "'2001:db8::1' is not a prefix"},
	{"large-batch", 3, "batch", "'512k' is too large (0 to 524287)"},
	{"line-separator-in-name", 2, "name", "'a\\u2028b' contains a line separator"},
	{"list-as-key", 3, "?", "not a single value"},
	{"long-name", 2, "name", "is too long (1 to 43 bytes)"},
	{"long-prefix", 4, "destination", "'10.1.0.0/33' has a length above 32 (/0 to /32)"},
	{"low-above-max", 4, "low",
	 "2048 is more than the limit (at most 1024, from line 3; or 'max')"},
	{"match-at-top", 2, "match", "unknown key (unit, max, default, malformed, budgets)"},
	{"match-is-mapping", 4, "match", "not a list"},
	{"max-is-mapping", 3, "max", "not a single value (a number)"},
	{"merge-key", 3, "<<", "unknown key"},
	{"min-above-parent", 6, "min",
	 "101 is more than the limit (at most 100, from line 3; or 'max')"},
	{"missing-name", 3, "name", "missing"},
	{"more-after-end", 3, "syntax", "(YAML)"},
	{"name-is-list", 2, "name", "not a single value"},
	{"negative-batch", 3, "batch", "'-1' is negative"},
	{"negative-max", 3, "max", "'-7' is negative (0 or more"},
	{"negative-min", 3, "min", "'-1' is negative"},
	{"negative-prefix", 4, "destination", "'10.1.0.0/-1' is not a prefix"},
	{"negative-root-max", 1, "max", "'-1k' is negative"},
	{"newline-in-name", 2, "name", "'a\\u000a' contains a control character"},
	{"no-budgets", 2, "budgets", "missing"},
	{"nul-byte", 2, "encoding", "control characters are not allowed"},
	{"nul-in-max", 3, "max", "contains a NUL character"},
	{"nul-in-name", 2, "name", "contains a NUL character"},
	{"octet-in-prefix", 4, "source", "'10.256.0.0/16' is not a prefix"},
	{"only-comments", 1, "budgets", "missing, the file is empty"},
	{"overflow-64-max", 3, "max", "'18446744073709551617' is too large"},
	{"overflow-max", 3, "max",
	 "'9223372036854775808' is too large (at most 9223372036854775807"},
	{"overflow-suffix-max", 3, "max", "'9007199254740992k' is too large"},
	{"overlap-destination", 5, "destination", "0.0.0.0/0 already belongs to 'a', from line 4"},
	{"overlap-ethertype", 5, "ethertype", "0x0806 already belongs to 'a', from line 4"},
	{"overlap-ipv6", 6, "source", "2001:db8::/32 already belongs to 'a', from line 3"},
	{"overlap-port", 6, "port", "1 already belongs to 'a', from line 3"},
	{"overlap-source", 9, "source", "10.0.0.0/8 already belongs to 'a', from line 4"},
	{"overlap-twice", 8, "source", "10.9.0.0/16 already belongs to 'a', from line 4"},
	{"overlap-vlan", 10, "vlan", "7 already belongs to 'a', from line 4"},
	{"plus-max", 3, "max", "'+7' is not a number"},
	{"port-large", 4, "port", "'65536' is not a port id (0 to "},
	{"port-negative", 4, "port", "'-1' is not a port id"},
	{"prefix-with-empty-length", 4, "source", "'10.1.0.0/' is not a prefix"},
	{"prefix-without-length", 4, "source",
	 "'10.1.0.1' is not a prefix (a.b.c.d/length, for one host a.b.c.d/32)"},
	{"quoted-empty-name", 2, "name", "'' is empty"},
	{"rule-empty", 4, "match", "empty"},
	{"rule-is-text", 4, "match", "not a mapping"},
	{"rule-value-is-list", 4, "source", "not a single value"},
	{"rule-with-two-keys", 5, "destination", "too many keys"},
	{"short-prefix", 4, "source", "'10.1/16' is not a prefix"},
	{"slash-in-name", 2, "name", "'edge/gold' contains '/'"},
	{"small-m-max", 3, "max",
	 "'7m' is not a number (digits, optionally with suffix k, M, G, T, P or E"},
	{"surrogate", 2, "encoding", "invalid Unicode character"},
	{"tab", 3, "syntax", "tab character"},
	{"tag", 3, "tag", "is not allowed"},
	{"tag-character-in-name", 3, "name",
	 "'gold\\U000e0041' contains a character without width"},
	{"tag-on-mapping", 2, "tag", "'!budget' is not allowed"},
	{"text-max", 3, "max", "'many' is not a number"},
	{"text-prefix", 4, "source", "is not a prefix"},
	{"too-deep", 18, "children", "too deep (at most 8 levels)"},
	{"top-is-list", 1, "budgets", "not a mapping"},
	{"top-is-text", 1, "budgets", "not a mapping"},
	{"two-documents", 3, "---", "a second document"},
	{"unclosed", 4, "syntax", "(YAML)"},
	{"unicode-blank-after-name", 3, "name", "contains a blank that is not the plain space"},
	{"unknown-default", 1, "default", "'edge/silver' does not exist"},
	{"unknown-directive-version", 1, "syntax", "incompatible YAML document"},
	{"unknown-key", 4, "maxx",
	 "unknown key (name, max, batch, batch_max, min, low, match, children)"},
	{"unknown-key-at-top", 1, "budget", "unknown key (unit, max, default, malformed, budgets)"},
	{"unknown-malformed", 1, "malformed", "'edge' does not exist"},
	{"unknown-rule", 5, "mac", "unknown key (source, destination, vlan, ethertype, port)"},
	{"unknown-unit", 2, "unit", "'octets' is not a unit (packets or bytes)"},
	{"unlimited-batch", 3, "batch", "'max' is too large"},
	{"utf-16", 1, "encoding", "UTF-8"},
	{"vlan-0", 4, "vlan", "'0' is not a vlan id (1 to 4094)"},
	{"vlan-4095", 4, "vlan", "'4095' is not a vlan id (1 to 4094)"},
	{"vlan-text", 4, "vlan", "'1k' is not a vlan id"},
	{"vlan-wraps", 4, "vlan", "'65537' is not a vlan id"},
	{"zero-width-in-name", 3, "name", "'gold\\u200b' contains a character without width"},
};

static void
assert_starts_with(const char *text, const char *start)
{
	if (strncmp(text, start, strlen(start)) != 0)
		fail_msg("'%s' does not start with '%s'", text, start);
}

static void
each_bad_file_is_refused_with_file_line_and_key(void **state)
{
	char path[512], start[640], error[1024];
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(bad_files); i++) {
		const struct bad *bad = &bad_files[i];

		snprintf(path, sizeof(path), "%s/%s.yaml", folder, bad->name);
		snprintf(start, sizeof(start), "%s:%u: %s: ", path, bad->line, bad->key);
		memset(error, 0, sizeof(error));
		if (budget_load(path, error, sizeof(error)) != NULL)
			fail_msg("%s is accepted", path);
		assert_starts_with(error, start);
		if (strstr(error + strlen(start), bad->text) == NULL)
			fail_msg("'%s' does not contain '%s'", error, bad->text);
		if (strchr(error, '\n') != NULL || strstr(error, "(") == NULL)
			fail_msg("'%s' is not one line that says what is allowed", error);
	}
}

static int
is_in_table(const char *file)
{
	size_t i, length;

	for (i = 0; i < RTE_DIM(bad_files); i++) {
		length = strlen(bad_files[i].name);
		if (strncmp(file, bad_files[i].name, length) == 0 &&
		    strcmp(file + length, ".yaml") == 0)
			return 1;
	}
	return 0;
}

static void
every_bad_file_is_in_the_table(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	RTE_SET_USED(state);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && !is_in_table(entry->d_name))
			fail_msg("%s is not in the table", entry->d_name);
	closedir(dir);
}

static void
a_short_buffer_gets_the_start_of_the_line(void **state)
{
	char path[512], whole[1024], error[1024];
	size_t size;

	RTE_SET_USED(state);
	snprintf(path, sizeof(path), "%s/control-in-name.yaml", folder);
	assert_null(budget_load(path, whole, sizeof(whole)));
	for (size = 0; size <= strlen(whole) + 1; size++) {
		memset(error, 'x', sizeof(error));
		assert_null(budget_load(path, error, size));
		assert_int_equal(error[size], 'x');
		if (size == 0)
			continue;
		/* An escape is not cut. */
		assert_in_range(strlen(error), size > 6 ? size - 6 : 0, size - 1);
		assert_memory_equal(error, whole, strlen(error));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_file_is_refused_with_file_line_and_key),
		cmocka_unit_test(every_bad_file_is_in_the_table),
		cmocka_unit_test(a_short_buffer_gets_the_start_of_the_line),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	folder = argv[1];
	return cmocka_run_group_tests_name("bad budget files", tests, NULL, NULL);
}
