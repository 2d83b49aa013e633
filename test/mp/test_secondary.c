/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A primary and a true secondary process of EAL. The secondary is this program again; the two
 * alternate through a pair of pipes, one byte for each turn.
 */

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "fixture.h"
#include "ration_pvt.h"

#define PATIENCE_MS 20000
#define ANSWER_US (PATIENCE_MS * 1000)
#define LOOKS 20000

static char prefix[64];
static int from_peer = -1, to_peer = -1;

/* -------------------------------------------------------------------- turns */

static void
say(char word)
{
	assert_int_equal(write(to_peer, &word, 1), 1);
}

/* Whether the other process has written a byte. */
static bool
hears(int timeout_ms)
{
	struct pollfd fd = {.fd = from_peer, .events = POLLIN};

	return poll(&fd, 1, timeout_ms) == 1;
}

/* Wait for a byte, with quiescent points meanwhile. */
static void
expect(char word, struct ration_lcore *lc)
{
	uint32_t turns;
	char heard = 0;

	for (turns = 0; turns < PATIENCE_MS && !hears(1); turns++) {
		if (lc != NULL)
			ration_quiescent(lc);
	}
	assert_int_equal(read(from_peer, &heard, 1), 1);
	assert_int_equal(heard, word);
}

/* -------------------------------------------------------- the secondary part */

void __gcov_dump(void) __attribute__((weak));

/* In a coverage build a process that is killed writes no coverage data. */
static void
keep_coverage(void)
{
	if (__gcov_dump != NULL)
		__gcov_dump();
}

static void
is_refused(void)
{
	rte_errno = 0;
	assert_null(ration_domain_lookup("mp"));
	assert_int_equal(rte_errno, EPROTO);
}

/* Counters that are created and destroyed must not disturb the lookup of others. */
static void
look_around(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_counter_info info;
	ration_counter_t found;
	char path[64];
	uint32_t i;

	for (i = 0; i < LOOKS; i++) {
		assert_true(ration_counter_find(d, "p/c") == c);
		found = ration_counter_find(d, "p/x");
		if (found != RATION_COUNTER_NONE && ration_counter_get(d, found, &info) == 0)
			assert_string_equal(info.name, "x");
		assert_int_equal(ration_counter_path(d, c, path, sizeof(path)), 3);
		assert_string_equal(path, "p/c");
		found = ration_counter_next(d, c);
	}
}

static void
be_secondary(void **state)
{
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	struct ration_reading reading;
	struct ration_lcore *lc;
	struct ration_domain *d;
	ration_counter_t c, p;

	(void)state;
	rte_errno = 0;
	assert_null(ration_domain_lookup("other"));
	assert_int_equal(rte_errno, ENOENT);
	/* Another layout, other sizes, damaged. */
	is_refused();
	say('1');
	expect('1', NULL);
	is_refused();
	say('2');
	expect('2', NULL);
	is_refused();
	say('3');
	expect('3', NULL);
	d = ration_domain_lookup("mp");
	assert_non_null(d);
	p = ration_counter_find(d, "p");
	c = ration_counter_find(d, "p/c");
	assert_int_equal(ration_read_sum(d, c, &reading), 0);
	assert_int_equal(reading.granted, 5);
	assert_true(reading.stock > 0);
	/* Calls that only the primary may make. */
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(d, p, "y", NULL), E_RTE_SECONDARY);
	assert_int_equal(ration_counter_destroy(d, c, 0), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_max(d, c, 1, 0), -E_RTE_SECONDARY);
	assert_int_equal(ration_reap(d, 0, NULL, NULL), -E_RTE_SECONDARY);
	assert_int_equal(ration_try_charge(ration_lcore_self(d), c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_charge_error(ration_lcore_self(d), c), -E_RTE_SECONDARY);
	lc = ration_lcore_register(d);
	assert_non_null(lc);
	assert_int_equal(ration_try_charge(lc, c, 10), 0);
	say('4');
	/* The primary drains us, then we drain it. */
	expect('4', lc);
	assert_int_equal(ration_drain(d, p, ANSWER_US, &report), 0);
	assert_int_equal(report.nb_rows, 2);
	assert_int_equal(ration_read_sum(d, p, &reading), 0);
	assert_int_equal(reading.granted, 15);
	assert_int_equal(reading.stock, 0);
	assert_int_equal(ration_try_charge_sync(lc, c, 1000, ANSWER_US, NULL), -EDQUOT);
	say('5');
	expect('5', lc);
	look_around(d, c);
	say('6');
	expect('6', lc);
	/* The process has handed its granted units over. */
	assert_int_equal(ration_lcore_unregister(lc), 0);
	say('7');
	expect('7', NULL);
	lc = ration_lcore_register(d);
	assert_non_null(lc);
	assert_int_equal(ration_try_charge(lc, c, 7), 0);
	keep_coverage();
	say('8');
	/* The process is killed here. */
	expect('8', NULL);
}

/* ---------------------------------------------------------- the primary part */

static pid_t
start_secondary(void)
{
	int down[2], up[2];
	char in[16], out[16];
	pid_t pid;

	assert_int_equal(pipe(down), 0);
	assert_int_equal(pipe(up), 0);
	snprintf(in, sizeof(in), "%d", down[0]);
	snprintf(out, sizeof(out), "%d", up[1]);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(down[1]);
		close(up[0]);
		execl("/proc/self/exe", "secondary", prefix, in, out, (char *)NULL);
		_exit(127);
	}
	close(down[0]);
	close(up[1]);
	to_peer = down[1];
	from_peer = up[0];
	return pid;
}

struct lost {
	uint64_t units;
	int32_t pid;
	ration_counter_t counter;
};

static void
note_lost(const struct ration_dead *dead, void *arg)
{
	struct lost *lost = arg;

	lost->units += dead->units;
	lost->pid = dead->pid;
	lost->counter = dead->counter;
}

static void
create_and_destroy(struct ration_domain *d, struct ration_lcore *lc, ration_counter_t p)
{
	ration_counter_t x;

	while (!hears(0)) {
		x = make_counter(d, p, "x", 10, 4);
		assert_int_equal(ration_counter_destroy(d, x, 0), 0);
		ration_quiescent(lc);
	}
}

static void
two_processes_share_a_domain(void **state)
{
	struct ration_domain_params params = {
		.max_members = 4, .secondary_members = 1, .socket_id = SOCKET_ID_ANY};
	struct ration_domain *d = ration_domain_create("mp", &params);
	struct lost lost = {.units = 0};
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	struct ration_reading reading;
	struct ration_lcore *lc;
	ration_counter_t p, c;
	uint32_t i, dead = 0;
	pid_t pid;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register(d);
	p = make_counter(d, ration_domain_root(d), "p", 1000, 0);
	c = make_counter(d, p, "c", RATION_UNLIMITED, 64);
	assert_int_equal(ration_try_charge(lc, c, 5), 0);
	d->layout++;
	pid = start_secondary();
	expect('1', lc);
	d->layout--;
	d->sizes++;
	say('1');
	expect('2', lc);
	d->sizes--;
	d->max_counters *= 1024;
	say('2');
	expect('3', lc);
	d->max_counters /= 1024;
	say('3');
	expect('4', lc);
	assert_int_equal(ration_read_sum(d, c, &reading), 0);
	assert_int_equal(reading.granted, 15);
	assert_int_equal(ration_drain(d, p, ANSWER_US, &report), 0);
	assert_int_equal(usage_of(d, p), 15);
	say('4');
	expect('5', lc);
	say('5');
	create_and_destroy(d, lc, p);
	expect('6', lc);
	say('6');
	expect('7', lc);
	assert_int_equal(ration_reap(d, ANSWER_US, note_lost, &lost), 0);
	assert_int_equal(lost.units, 0);
	assert_int_equal(ration_uncharge(lc, c, 10), 0);
	say('7');
	expect('8', lc);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(ration_drain(d, p, ANSWER_US, &report), 0);
	for (i = 0; i < report.nb_rows; i++)
		dead += report.rows[i].engine == RATION_DRAIN_DEAD;
	assert_int_equal(dead, 1);
	assert_int_equal(usage_of(d, p), 12);
	assert_int_equal(ration_reap(d, ANSWER_US, note_lost, &lost), 1);
	assert_int_equal(lost.units, 7);
	assert_int_equal(lost.pid, pid);
	assert_true(lost.counter == c);
	assert_int_equal(ration_uncharge(lc, c, 12), 0);
	drain_all(d);
	assert_int_equal(usage_of(d, p), 0);
	assert_sound(d);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static int
remove_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Both processes map the memory at the same address, wherever a sanitizer maps its own. */
static int
start_eal(const char *type)
{
	char arg[9][300];
	char *argv[RTE_DIM(arg) + 1];
	uint32_t i = 0, nb;

	snprintf(arg[i++], sizeof(arg[0]), "mp");
	snprintf(arg[i++], sizeof(arg[0]), "--lcores=0@(0-%ld)", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	snprintf(arg[i++], sizeof(arg[0]), "--no-pci");
	snprintf(arg[i++], sizeof(arg[0]), "--base-virtaddr=0x200000000000");
	snprintf(arg[i++], sizeof(arg[0]), "--file-prefix=%s", prefix);
	snprintf(arg[i++], sizeof(arg[0]), "--proc-type=%s", type);
	snprintf(arg[i++], sizeof(arg[0]), "--log-level=error");
	snprintf(arg[i++], sizeof(arg[0]), "--huge-dir=%s", getenv("RATION_HUGE_DIR"));
	for (nb = i, i = 0; i < nb; i++)
		argv[i] = arg[i];
	argv[nb] = NULL;
	return rte_eal_init((int)nb, argv);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest primary[] = {cmocka_unit_test(two_processes_share_a_domain)};
	const struct CMUnitTest secondary[] = {cmocka_unit_test(be_secondary)};
	char runtime[] = "/tmp/ration-mp-XXXXXX";
	int rc;

	if (argc == 4) {
		snprintf(prefix, sizeof(prefix), "%s", argv[1]);
		from_peer = atoi(argv[2]);
		to_peer = atoi(argv[3]);
		/* Only the primary writes TAP. */
		if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || start_eal("secondary") < 0)
			return 1;
		return cmocka_run_group_tests(secondary, NULL, NULL);
	}
	if (getenv("RATION_HUGE_DIR") == NULL) {
		printf("1..1\nok 1 - two_processes_share_a_domain # SKIP processes share hugepages "
		       "only, and RATION_HUGE_DIR names no mount of them\n");
		return 0;
	}
	snprintf(prefix, sizeof(prefix), "ration-mp-%d", (int)getpid());
	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0)
		return 1;
	rc = start_eal("primary") < 0 ? 1 : cmocka_run_group_tests(primary, NULL, NULL);
	rte_eal_cleanup();
	nftw(runtime, remove_file, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}
