/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Bad input that the test creates: special files, deep nesting, large files. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"

#define FILE_MAX (16 << 20)

static char folder[] = "/tmp/budget-test-XXXXXX";
static char error[1024];

static int
make_folder(void **state)
{
	RTE_SET_USED(state);
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

/* Also removes files that a failed test may have left. */
static int
remove_folder(void **state)
{
	static const char *const names[] = {"fifo", "socket", "secret", "link", "plain", "large"};
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(names); i++)
		unlink(names[i]);
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void
assert_refused(const char *file, const char *line)
{
	assert_null(budget_load(file, error, sizeof(error)));
	assert_string_equal(error, line);
}

static void
a_missing_file_is_refused(void **state)
{
	RTE_SET_USED(state);
	assert_refused(
		"none.yaml",
		"none.yaml: cannot open: No such file or directory (must be a regular file)");
	assert_refused("", ": cannot open: No such file or directory (must be a regular file)");
	assert_refused(
		"a\nb",
		"a\\u000ab: cannot open: No such file or directory (must be a regular file)");
}

static void
a_directory_is_refused(void **state)
{
	RTE_SET_USED(state);
	assert_refused(".", ".: is a directory (must be a regular file)");
}

/* Reading would block forever, because the FIFO has no writer. */
static void
a_fifo_is_refused_without_waiting(void **state)
{
	RTE_SET_USED(state);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_refused("fifo", "fifo: is a FIFO (must be a regular file)");
	assert_int_equal(unlink("fifo"), 0);
}

static void
a_device_is_refused_without_reading(void **state)
{
	RTE_SET_USED(state);
	assert_refused("/dev/zero", "/dev/zero: is a character device (must be a regular file)");
}

static void
a_socket_is_refused(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	RTE_SET_USED(state);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_refused("socket", "socket: is a socket (must be a regular file)");
	close(fd);
	assert_int_equal(unlink("socket"), 0);
}

static void
an_unreadable_file_is_refused(void **state)
{
	int fd;

	RTE_SET_USED(state);
	if (geteuid() == 0)
		skip();
	fd = open("secret", O_CREAT | O_WRONLY, 0000);
	assert_true(fd >= 0);
	close(fd);
	assert_refused("secret", "secret: cannot open: Permission denied (must be a regular file)");
	assert_int_equal(unlink("secret"), 0);
}

static void
a_link_to_a_plain_file_is_read(void **state)
{
	struct budget *b;
	FILE *f = fopen("plain", "w");

	RTE_SET_USED(state);
	assert_non_null(f);
	fputs("budgets: []\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(symlink("plain", "link"), 0);
	b = budget_load("link", error, sizeof(error));
	assert_non_null(b);
	budget_free(b);
	assert_int_equal(unlink("link"), 0);
	assert_int_equal(unlink("plain"), 0);
}

/* dup() returns the lowest free descriptor, which must not change. */
static void
no_file_stays_open(void **state)
{
	int before = dup(0), after;

	RTE_SET_USED(state);
	assert_true(before >= 0);
	close(before);
	assert_null(budget_load(".", error, sizeof(error)));
	assert_null(budget_load("/proc/self/status", error, sizeof(error)));
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

/* Write a valid budget that a comment pads to `size` bytes. */
static void
write_padded(const char *file, off_t size)
{
	static const char budget[] = "\nbudgets: []\n";
	size_t padding = (size_t)size - strlen(budget);
	char *text = malloc(padding);
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_non_null(text);
	memset(text, '#', padding);
	assert_int_equal(fwrite(text, padding, 1, f), 1);
	fputs(budget, f);
	assert_int_equal(fclose(f), 0);
	free(text);
}

static void
a_file_beyond_16_mib_is_refused(void **state)
{
	struct budget *b;

	RTE_SET_USED(state);
	write_padded("large", FILE_MAX);
	b = budget_load("large", error, sizeof(error));
	assert_non_null(b);
	budget_free(b);
	write_padded("large", FILE_MAX + 1);
	assert_refused("large", "large: too large (at most 16777216 bytes)");
	/* A sparse file of 1 TiB. */
	assert_int_equal(truncate("large", INT64_C(1) << 40), 0);
	assert_refused("large", "large: too large (at most 16777216 bytes)");
	assert_int_equal(unlink("large"), 0);
}

/* Parse `head` followed by `nb` copies of `part`. */
static struct budget *
parse_repeated(const char *head, const char *part, size_t nb)
{
	size_t length = strlen(head), step = strlen(part), i;
	char *text = malloc(length + nb * step);
	struct budget *b;

	assert_non_null(text);
	memcpy(text, head, length);
	for (i = 0; i < nb; i++)
		memcpy(text + length + i * step, part, step);
	b = budget_parse("deep", text, length + nb * step, error, sizeof(error));
	free(text);
	return b;
}

static void
a_hundred_thousand_levels_are_refused_at_the_ninth(void **state)
{
	RTE_SET_USED(state);
	assert_null(parse_repeated("budgets: [", "{name: a, children: [\n", 100000));
	assert_string_equal(error, "deep:9: children: too deep (at most 8 levels)");
}

static void
a_hundred_thousand_brackets_are_refused_at_once(void **state)
{
	RTE_SET_USED(state);
	assert_null(parse_repeated("budgets: ", "[", 100000));
	assert_non_null(strstr(error, "deep:1: budgets: not a mapping"));
	assert_null(parse_repeated("", "[", 100000));
	assert_non_null(strstr(error, "deep:1: budgets: not a mapping"));
	assert_null(parse_repeated("budgets:\n", "- ", 100000));
	assert_non_null(strstr(error, "deep:2: budgets: not a mapping"));
	assert_null(parse_repeated("", "{a: ", 100000));
	assert_non_null(strstr(error, "deep:1: a: unknown key"));
	assert_null(parse_repeated("", "? ", 100000));
	assert_non_null(strstr(error, "deep:1: ?: not a single value"));
}

static void
a_long_key_is_shown_shortened(void **state)
{
	RTE_SET_USED(state);
	assert_null(parse_repeated("budgets: []\nx", "\xc3\xa9", 400));
	assert_null(parse_repeated("{\"x", "\xc3\xa9", 400));
	assert_null(parse_repeated("? x", "\xc3\xa9", 400));
	/* 'x' and 23 characters of two bytes, because 48 bytes would cut the 24th. */
	assert_int_equal(
		strlen(error) -
			strlen("deep:1: : unknown key (unit, max, default, malformed, budgets)"),
		1 + 23 * 2);
}

/* With a quadratic algorithm this would take hours. */
static void
many_counters_and_rules_are_checked_in_time(void **state)
{
	const uint32_t nb = 100000;
	struct budget *b;
	char *text;
	size_t size;
	uint32_t i;
	FILE *f = open_memstream(&text, &size);

	RTE_SET_USED(state);
	assert_non_null(f);
	fputs("budgets:\n", f);
	for (i = 0; i < nb; i++)
		fprintf(f, "- name: n%u\n  match: [source: %u.%u.%u.0/24]\n", i, i >> 16,
			i >> 8 & 255, i & 255);
	assert_int_equal(fclose(f), 0);
	b = budget_parse("many", text, size, error, sizeof(error));
	free(text);
	assert_non_null(b);
	assert_int_equal(b->nb_nodes, nb + 2); /* the root and malformed */
	assert_int_equal(b->nb_rules, nb);
	assert_string_equal(b->nodes[nb].path, "n99999");
	budget_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_file_is_refused),
		cmocka_unit_test(a_directory_is_refused),
		cmocka_unit_test(a_fifo_is_refused_without_waiting),
		cmocka_unit_test(a_device_is_refused_without_reading),
		cmocka_unit_test(a_socket_is_refused),
		cmocka_unit_test(an_unreadable_file_is_refused),
		cmocka_unit_test(a_link_to_a_plain_file_is_read),
		cmocka_unit_test(no_file_stays_open),
		cmocka_unit_test(a_file_beyond_16_mib_is_refused),
		cmocka_unit_test(a_hundred_thousand_levels_are_refused_at_the_ninth),
		cmocka_unit_test(a_hundred_thousand_brackets_are_refused_at_once),
		cmocka_unit_test(a_long_key_is_shown_shortened),
		cmocka_unit_test(many_counters_and_rules_are_checked_in_time),
	};

	return cmocka_run_group_tests_name("generated bad budgets", tests, make_folder,
					   remove_folder);
}
