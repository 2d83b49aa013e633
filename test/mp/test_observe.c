/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A secondary process that observes: it sees the state that the primary sees, and a write to the
 * domain's memory is a segmentation fault. The secondary process is this program again, which makes
 * one check and ends.
 */

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memzone.h>

#include "fixture.h"
#include "ration_pvt.h"

/* Enough counters that their memory has hugepages of its own. */
#define COUNTERS 65536

/* Each of them would wait for more than a second. */
#define LOOKS 500

static char prefix[64];

/* -------------------------------------------------------- the secondary part */

/*
 * Exit status of a child that makes this access. The fault must end it, not the report of a
 * sanitizer.
 */
static int
end_of(void (*touch)(void *), void *where)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		touch(where);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
read_word(void *where)
{
	(void)*(volatile uint64_t *)where;
}

static void
write_word(void *where)
{
	*(volatile uint64_t *)where = 0;
}

/* An address in a page that contains only this zone, after all counters in use. */
static void *
own_page(const char *zone)
{
	const struct rte_memzone *mz = rte_memzone_lookup(zone);

	assert_non_null(mz);
	return (void *)(RTE_ALIGN_CEIL((uintptr_t)mz->addr, (uintptr_t)mz->hugepage_sz) +
			mz->hugepage_sz / 2);
}

static void
an_observer_reads_and_cannot_write(void **state)
{
	const struct ration_domain *d;
	struct ration_reading reading;
	struct ration_counter_info info;
	const struct rte_memzone *mz;
	ration_counter_t c;
	size_t writable;
	char path[64];

	(void)state;
	d = ration_domain_observe("watched", &writable);
	assert_non_null(d);
	c = ration_counter_find(d, "p/c");
	assert_true(c != RATION_COUNTER_NONE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(d, "p/d"), ENOENT);
	assert_int_equal(ration_counter_path(d, c, path, sizeof(path)), 3);
	assert_int_equal(ration_counter_get(d, c, &info), 0);
	assert_string_equal(info.name, "c");
	assert_int_equal(ration_read_sum(d, c, &reading), 0);
	assert_int_equal(reading.granted, 5);
	assert_true(reading.stock > 0);
	assert_int_equal(ration_domain_verify(d, 1, stderr), 0);
	assert_true(ration_counter_next(d, ration_domain_root(d)) != RATION_COUNTER_NONE);
	/* At most the two pages at the ends are shared with others. */
	mz = rte_memzone_lookup("RATION_watched");
	assert_non_null(mz);
	assert_true(writable < mz->len);
	assert_int_equal(end_of(read_word, own_page("RATION_watched")), 0);
	assert_int_equal(end_of(write_word, own_page("RATION_watched")), SIGSEGV);
	/* A const domain must not become writable in the same process. */
	assert_errno(NULL, ration_domain_lookup("watched"), EACCES);
	assert_errno(NULL, ration_domain_observe("other", NULL), ENOENT);
	assert_errno(NULL, ration_domain_observe(NULL, NULL), EINVAL);
}

/* The primary has died while it changed the tree. The test does not end if each read waits. */
static void
an_observer_waits_only_once_for_an_unfinished_change(void **state)
{
	const struct ration_domain *d = ration_domain_observe("watched", NULL);
	uint32_t i;

	(void)state;
	assert_non_null(d);
	assert_true(d->tree_seq & 1);
	for (i = 0; i < LOOKS; i++)
		assert_true(ration_counter_find(d, "p/c") != RATION_COUNTER_NONE);
	assert_int_equal(ration_domain_verify(d, 1, stderr), 0);
}

/* A process that uses ration_domain_lookup() may write: only observers get the fault above. */
static void
a_process_that_looks_the_domain_up_can_write(void **state)
{
	(void)state;
	assert_non_null(ration_domain_lookup("watched"));
	/* An address without a counter, so that the write does no harm. */
	assert_int_equal(end_of(write_word, own_page("RATION_watched")), 0);
}

/* ---------------------------------------------------------- the primary part */

static int
run_secondary(const char *test)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/proc/self/exe", "observer", prefix, test, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
observers_can_only_read(void **state)
{
	struct ration_domain_params params = {
		.max_counters = COUNTERS, .max_members = 2, .socket_id = SOCKET_ID_ANY};
	struct ration_domain *d = ration_domain_create("watched", &params);
	struct ration_lcore *lc;
	ration_counter_t p, c;

	(void)state;
	assert_non_null(d);
	assert_errno(NULL, ration_domain_observe("watched", NULL), ENOTSUP);
	lc = ration_lcore_register(d);
	p = make_counter(d, ration_domain_root(d), "p", 1000, 0);
	c = make_counter(d, p, "c", RATION_UNLIMITED, 64);
	assert_int_equal(ration_try_charge(lc, c, 5), 0);
	assert_int_equal(run_secondary("observe"), 0);
	assert_int_equal(run_secondary("lookup"), 0);
	d->tree_seq++;
	assert_int_equal(run_secondary("stuck"), 0);
	d->tree_seq--;
	assert_int_equal(ration_uncharge(lc, c, 5), 0);
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
	snprintf(arg[i++], sizeof(arg[0]), "--no-telemetry");
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

static int
be_secondary(const char *test)
{
	const struct CMUnitTest observe[] = {
		cmocka_unit_test(an_observer_reads_and_cannot_write),
	};
	const struct CMUnitTest lookup[] = {
		cmocka_unit_test(a_process_that_looks_the_domain_up_can_write),
	};
	const struct CMUnitTest stuck[] = {
		cmocka_unit_test(an_observer_waits_only_once_for_an_unfinished_change),
	};

	/* Only the primary writes TAP. */
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || start_eal("secondary") < 0)
		return 1;
	if (strcmp(test, "observe") == 0)
		return cmocka_run_group_tests(observe, NULL, NULL);
	if (strcmp(test, "stuck") == 0)
		return cmocka_run_group_tests(stuck, NULL, NULL);
	return cmocka_run_group_tests(lookup, NULL, NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest primary[] = {cmocka_unit_test(observers_can_only_read)};
	char runtime[] = "/tmp/ration-mp-XXXXXX";
	int rc;

	if (argc == 3) {
		snprintf(prefix, sizeof(prefix), "%s", argv[1]);
		return be_secondary(argv[2]);
	}
	if (getenv("RATION_HUGE_DIR") == NULL) {
		printf("1..1\nok 1 - observers_can_only_read # SKIP processes share hugepages "
		       "only, and RATION_HUGE_DIR names no mount of them\n");
		return 0;
	}
	snprintf(prefix, sizeof(prefix), "ration-observe-%d", (int)getpid());
	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0)
		return 1;
	rc = start_eal("primary") < 0 ? 1 : cmocka_run_group_tests(primary, NULL, NULL);
	rte_eal_cleanup();
	nftw(runtime, remove_file, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}
