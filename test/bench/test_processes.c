/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/processes.h"

/** The alarm ends a test that hangs. */
#define DEADLINE_S 50
#define WORK_NS 2000000

struct work {
	int failing_run; /**< Number of the run that fails; 0: none. */
	bool ends; /**< The process exits instead of reporting a failure. */
	int run;
	int *one_only; /**< A pipe: the process that reads its byte fails; NULL: all fail. */
};

static int
set_deadline(void **state)
{
	(void)state;
	alarm(DEADLINE_S);
	return 0;
}

static bool
take_time(void *arg)
{
	const struct timespec pause = {.tv_nsec = WORK_NS};

	(void)arg;
	return nanosleep(&pause, NULL) == 0;
}

static bool
fail_once(void *arg)
{
	struct work *w = arg;
	char byte;

	if (++w->run != w->failing_run)
		return true;
	if (w->one_only != NULL) {
		close(w->one_only[1]);
		if (read(w->one_only[0], &byte, 1) != 1)
			return true;
	}
	if (w->ends)
		_exit(0);
	return false;
}

static void
processes_work_at_once_and_again(void **state)
{
	struct processes c;
	double ns;
	int run;

	(void)state;
	assert_int_equal(processes_start(&c, 8, take_time, NULL), 0);
	assert_int_equal(c.nb, 8);
	for (run = 0; run < 3; run++) {
		ns = processes_run(&c);
		assert_true(ns >= WORK_NS);
	}
	processes_end(&c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
a_process_that_fails_is_noticed(void **state)
{
	struct work w = {.failing_run = 2};
	struct processes c;

	(void)state;
	assert_int_equal(processes_start(&c, PROCESSES_MAX, fail_once, &w), 0);
	assert_true(processes_run(&c) >= 0);
	assert_true(processes_run(&c) < 0);
	processes_end(&c);
}

/* All other processes are alive. */
static void
one_failing_process_of_many_is_noticed(void **state)
{
	int ends[2];
	struct work w = {.failing_run = 1, .one_only = ends};
	struct processes c;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(processes_start(&c, 4, fail_once, &w), 0);
	close(ends[1]);
	assert_true(processes_run(&c) < 0);
	processes_end(&c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	close(ends[0]);
}

static void
a_process_that_exits_is_noticed(void **state)
{
	struct work w = {.failing_run = 1, .ends = true};
	struct processes c;

	(void)state;
	assert_int_equal(processes_start(&c, 2, fail_once, &w), 0);
	assert_true(processes_run(&c) < 0);
	/* Sending to ended processes does not end this process. */
	assert_true(processes_run(&c) < 0);
	processes_end(&c);
	processes_end(&c);
}

/* The processes have the other end of the pipe: it is closed when the last one has ended. */
static void
processes_end_with_their_parent(void **state)
{
	struct processes c;
	int ends[2];
	pid_t starter;
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	starter = fork();
	if (starter == 0) {
		close(ends[0]);
		if (processes_start(&c, 4, take_time, NULL) == 0 && processes_run(&c) > 0 &&
		    write(ends[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	kill(starter, SIGKILL);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(processes_work_at_once_and_again, set_deadline),
		cmocka_unit_test_setup(a_process_that_fails_is_noticed, set_deadline),
		cmocka_unit_test_setup(one_failing_process_of_many_is_noticed, set_deadline),
		cmocka_unit_test_setup(a_process_that_exits_is_noticed, set_deadline),
		cmocka_unit_test_setup(processes_end_with_their_parent, set_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
