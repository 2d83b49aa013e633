/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/period.h"
#include "report/output.h"

/* More than a pipe, a socket or a terminal takes at once. */
#define SIZE (4 << 20)

static char *
make_text(void)
{
	char *text = malloc(SIZE);
	size_t i;

	assert_non_null(text);
	for (i = 0; i < SIZE; i++)
		text[i] = (char)('a' + i % 23);
	return text;
}

/* Read what has been written, until nothing more can be read. Returns the number of bytes. */
static size_t
drain(int fd, size_t at)
{
	char bytes[4096];
	ssize_t n, i;
	size_t sum = 0;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (i = 0; i < n; i++)
			assert_int_equal(bytes[i], 'a' + (at + sum + (size_t)i) % 23);
		sum += (size_t)n;
	}
	return sum;
}

/* A reader that stops and goes on gets the whole text, and the writer never waits for it. */
static void
write_to_slow_reader(int reader, int writer)
{
	struct output o;
	size_t seen = 0;
	int rc, flags = fcntl(writer, F_GETFL);
	int kept = dup(writer);

	assert_int_equal(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(output_open(&o, writer), 0);
	output_set(&o, make_text(), SIZE);
	assert_int_equal(output_write(&o, 0), -EAGAIN);
	assert_int_equal(output_write(&o, 1), -EAGAIN);
	do {
		seen += drain(reader, seen);
		rc = output_write(&o, 0);
	} while (rc == -EAGAIN);
	assert_int_equal(rc, 0);
	assert_null(o.text);
	seen += drain(reader, seen);
	assert_int_equal(seen, SIZE);
	/* Other processes may share the descriptor. */
	assert_int_equal(fcntl(kept, F_GETFL), flags);
	close(kept);
	output_close(&o);
	close(reader);
}

static void
a_slow_reader_of_a_pipe_gets_the_whole_text(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	write_to_slow_reader(fds[0], fds[1]);
}

static void
a_slow_reader_of_a_socket_gets_the_whole_text(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	write_to_slow_reader(fds[0], fds[1]);
}

static void
a_stopped_terminal_does_not_stop_the_writer(void **state)
{
	struct output o;
	int terminal, program;

	(void)state;
	if (openpty(&terminal, &program, NULL, NULL, NULL) != 0)
		skip();
	assert_int_equal(output_open(&o, program), 0);
	output_set(&o, make_text(), SIZE);
	assert_int_equal(output_write(&o, 1), -EAGAIN);
	assert_non_null(o.text);
	output_close(&o);
	close(terminal);
}

static void
a_file_is_appended_to(void **state)
{
	FILE *f = tmpfile();
	struct output o;
	char *text = strdup("new");
	int fd;

	(void)state;
	assert_non_null(f);
	fd = dup(fileno(f));
	assert_int_equal(write(fd, "old ", 4), 4);
	assert_int_equal(output_open(&o, fd), 0);
	output_set(&o, text, 3);
	assert_int_equal(output_write(&o, 0), 0);
	output_close(&o);
	rewind(f);
	text = calloc(1, 16);
	assert_int_equal(fread(text, 1, 15, f), 7);
	assert_string_equal(text, "old new");
	free(text);
	fclose(f);
}

static void
a_reader_that_is_gone_is_an_error(void **state)
{
	struct output o;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(output_open(&o, fds[1]), 0);
	close(fds[0]);
	output_set(&o, make_text(), SIZE);
	assert_int_equal(output_write(&o, 1000), -EPIPE);
	assert_null(o.text);
	output_close(&o);
}

static void
a_full_disk_is_an_error(void **state)
{
	struct output o;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(output_open(&o, fd), 0);
	output_set(&o, make_text(), SIZE);
	assert_int_equal(output_write(&o, 1000), -ENOSPC);
	output_close(&o);
}

static void
missed_periods_are_skipped_and_counted(void **state)
{
	double next = 3;

	(void)state;
	assert_int_equal(period_advance(&next, 3, 3), 0);
	assert_true(next == 6);
	assert_int_equal(period_advance(&next, 3, 8.9), 0);
	assert_true(next == 9);
	assert_int_equal(period_advance(&next, 3, 12), 1);
	assert_true(next == 15);
	assert_int_equal(period_advance(&next, 3, 29.5), 4);
	assert_true(next == 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_reader_of_a_pipe_gets_the_whole_text),
		cmocka_unit_test(a_slow_reader_of_a_socket_gets_the_whole_text),
		cmocka_unit_test(a_stopped_terminal_does_not_stop_the_writer),
		cmocka_unit_test(a_file_is_appended_to),
		cmocka_unit_test(a_reader_that_is_gone_is_an_error),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(missed_periods_are_skipped_and_counted),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
