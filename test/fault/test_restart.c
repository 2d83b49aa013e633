/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A primary process that is killed, and started again with the same prefix. All processes run this
 * program; the test itself does not use EAL. Each process writes a byte at each stage.
 *
 * EAL does not let a primary process start while a secondary process of the dead one lives, which
 * maps all its memory. So no process ever finds a new domain in place of the one that it knows.
 */

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include <ration.h>

#include "start.h"

#define PATIENCE_MS 60000

/* Bytes that a process writes. */
#define REFUSED 'r' /* EAL does not start. */
#define WRONG 'w'
#define READY 'y'

static char prefix[64];

/* ------------------------------------------------------- one of the processes */

static bool
is_empty(const struct ration_domain *d)
{
	struct ration_counter_info info;

	return ration_counter_get(d, ration_domain_root(d), &info) == 0 && info.usage == 0;
}

/* Create the domain, as at a first start, and use it. */
static bool
make(void)
{
	const struct ration_domain_params params = {
		.max_members = 4, .secondary_members = 2, .socket_id = SOCKET_ID_ANY};
	struct ration_domain *d = ration_domain_create("restart", &params);
	const struct ration_counter_params max = {.max = 100, .batch = 8};
	struct ration_lcore *lc;
	ration_counter_t c;

	if (d == NULL || !is_empty(d) || ration_domain_lookup("restart") != d)
		return false;
	c = ration_counter_create(d, ration_domain_root(d), "c", &max);
	lc = ration_lcore_register(d);
	return lc != NULL && ration_try_charge(lc, c, 5) == 0 &&
	       ration_try_charge_sync(lc, c, 96, 1000, NULL) == -EDQUOT &&
	       ration_drain(d, c, 1000, NULL) == 0 && ration_domain_verify(d, 1, stderr) == 0;
}

static bool
use_domain(void)
{
	struct ration_domain *d = ration_domain_lookup("restart");
	struct ration_lcore *lc;
	ration_counter_t c;

	if (d == NULL)
		return false;
	c = ration_counter_find(d, "c");
	lc = ration_lcore_register(d);
	return lc != NULL && ration_try_charge(lc, c, 3) == 0;
}

static int
say(char word)
{
	return write(STDOUT_FILENO, &word, 1) == 1 ? 0 : 1;
}

/* Run as one of the processes, until killed. */
static int
be(const char *type)
{
	bool right;

	if (start_as(type, prefix) < 0)
		return say(REFUSED);
	right = strcmp(type, "primary") == 0 ? make() : use_domain();
	say(right ? READY : WRONG);
	for (;;)
		pause();
}

/* ------------------------------------------------------------------- the test */

struct process {
	pid_t pid;
	int out;
};

static struct process
start(const char *type)
{
	struct process p;
	int out[2];

	assert_int_equal(pipe(out), 0);
	fflush(stdout);
	p.pid = fork();
	assert_true(p.pid >= 0);
	if (p.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		execl("/proc/self/exe", type, prefix, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	p.out = out[0];
	return p;
}

static void
expect(const struct process *p, char word)
{
	struct pollfd fd = {.fd = p->out, .events = POLLIN};
	char said = 0;

	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	assert_int_equal(read(p->out, &said, 1), 1);
	assert_int_equal(said, word);
}

static void
end(const struct process *p)
{
	kill(p->pid, SIGKILL);
	assert_int_equal(waitpid(p->pid, NULL, 0), p->pid);
	close(p->out);
}

static void
a_primary_that_is_killed_can_be_started_again(void **state)
{
	struct process primary, secondary, second;
	int turn;

	(void)state;
	for (turn = 0; turn < 3; turn++) {
		primary = start("primary");
		expect(&primary, READY);
		secondary = start("secondary");
		expect(&secondary, READY);
		end(&primary);
		/* As long as a process of the dead primary lives, no other can start. */
		second = start("primary");
		expect(&second, REFUSED);
		end(&second);
		end(&secondary);
	}
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest restart[] = {
		cmocka_unit_test(a_primary_that_is_killed_can_be_started_again),
	};
	char runtime[] = "/tmp/ration-restart-XXXXXX";
	int rc;

	if (argc == 2) {
		snprintf(prefix, sizeof(prefix), "%s", argv[1]);
		return be(argv[0]);
	}
	if (getenv("RATION_HUGE_DIR") == NULL) {
		printf("1..1\nok 1 - a_primary_that_is_killed_can_be_started_again # SKIP "
		       "processes share hugepages only, and RATION_HUGE_DIR names no mount\n");
		return 0;
	}
	snprintf(prefix, sizeof(prefix), "ration-restart-%d", (int)getpid());
	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0)
		return 1;
	rc = cmocka_run_group_tests(restart, NULL, NULL);
	start_remove_files(prefix);
	nftw(runtime, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}
