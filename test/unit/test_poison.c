/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * With AddressSanitizer: an access to unused memory of a domain is detected. A child process makes
 * each access and must die of it.
 */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

/* Read a byte in a child process. @return the report of AddressSanitizer, "" if there is none */
static const char *
report_of(const void *p)
{
	static char text[8192];
	size_t length = 0;
	int out[2], status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	fflush(stdout);
	pid = test_fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(out[1], STDERR_FILENO);
		(void)*(const volatile char *)p;
		_exit(0);
	}
	close(out[1]);
	while ((got = read(out[0], text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	close(out[0]);
	text[length] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* The child fails if and only if there is a report. */
	assert_int_equal(WIFEXITED(status) && WEXITSTATUS(status) == 0, length == 0);
	return text;
}

static void
assert_forbidden(const void *p)
{
	assert_non_null(strstr(report_of(p), "use-after-poison"));
}

static void
assert_allowed(const void *p)
{
	assert_string_equal(report_of(p), "");
}

static void
the_memory_of_a_destroyed_counter_may_not_be_touched(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 8);
	const struct counter *counter = ration_counter_at(f->d, (uint32_t)c);
	const struct node *node = ration_node_at(f->d, (uint32_t)c);

	assert_allowed(&counter->usage);
	assert_allowed(&counter->ledger);
	assert_allowed(&node->name);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_forbidden(&counter->usage);
	assert_forbidden(&counter->ledger);
	assert_forbidden(&node->name);
	/* The generation stays readable, to detect stale handles. */
	assert_allowed(&counter->gen);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -ESTALE);
}

static void
the_memory_of_a_reused_index_may_be_touched_again(void **state)
{
	struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("again", &params);
	ration_counter_t c;

	(void)state;
	assert_non_null(d);
	c = make_counter(d, ration_domain_root(d), "c", 100, 8);
	assert_int_equal(ration_counter_destroy(d, c, 0), 0);
	assert_forbidden(&ration_counter_at(d, 1)->usage);
	c = make_counter(d, ration_domain_root(d), "c", 100, 8);
	assert_int_equal((uint32_t)c, 1);
	assert_allowed(&ration_counter_at(d, 1)->usage);
	assert_allowed(&ration_node_at(d, 1)->name);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
the_memory_of_an_unused_index_may_not_be_touched(void **state)
{
	struct fixture *f = *state;
	uint32_t last = f->d->max_counters - 1;

	assert_allowed(&ration_counter_at(f->d, 0)->usage);
	assert_forbidden(&ration_counter_at(f->d, 1)->usage);
	assert_forbidden(&ration_counter_at(f->d, last)->watermark);
	assert_forbidden(&ration_node_at(f->d, last)->name);
}

static void
memory_after_an_array_may_not_be_touched(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *lc = f->lc[0], *shared = ration_lcore_shared(f->d);

	assert_forbidden(ration_counter_at(f->d, f->d->max_counters));
	assert_forbidden(ration_node_at(f->d, f->d->max_counters));
	assert_allowed(&lc->stocks[lc->nb_stocks - 1]);
	assert_forbidden(&lc->stocks[lc->nb_stocks]);
	assert_allowed(&ration_ledger(lc)[lc->nb_stocks - 1]);
	assert_forbidden(&ration_ledger(lc)[lc->nb_stocks]);
	assert_allowed(&ration_active(lc)[lc->nb_stocks / 64 - 1]);
	assert_forbidden(&ration_active(lc)[lc->nb_stocks / 64]);
	assert_allowed(ration_workspace(lc));
	assert_forbidden(ration_workspace(lc) + 1);
	assert_allowed(&shared->stocks[shared->nb_stocks - 1]);
	assert_forbidden(&shared->stocks[shared->nb_stocks]);
}

static void
the_memory_of_a_domain_that_is_freed_may_be_used(void **state)
{
	struct ration_domain_params params = {.max_counters = 64, .max_members = 1};
	struct ration_domain *d = ration_domain_create("freed", &params);
	const void *counters, *stocks_end;
	struct ration_lcore *lc;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register_extra(d);
	assert_non_null(lc);
	counters = ration_counter_at(d, 1);
	stocks_end = &lc->stocks[lc->nb_stocks];
	assert_forbidden(counters);
	assert_forbidden(stocks_end);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
	assert_allowed(counters);
	assert_allowed(stocks_end);
}

int
main(void)
{
	const struct CMUnitTest poison[] = {
		with_one_member(the_memory_of_a_destroyed_counter_may_not_be_touched),
		cmocka_unit_test(the_memory_of_a_reused_index_may_be_touched_again),
		with_one_member(the_memory_of_an_unused_index_may_not_be_touched),
		with_one_member(memory_after_an_array_may_not_be_touched),
		cmocka_unit_test(the_memory_of_a_domain_that_is_freed_may_be_used),
	};

	if (test_eal_start("poison", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(poison, NULL, NULL));
}
