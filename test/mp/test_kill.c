/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Processes that are killed in the middle of a call. A child runs a number of instructions into a
 * call, by single steps, and is killed there; then the reap must find all its units and none may be
 * lost. The children are forked, so they share the domain; they count as secondary processes.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"
#include "ration_pvt.h"

#define NB_LEAVES 4
#define LIMIT 1000
/* Number of kills for each kind of call, if RATION_TEST_KILLS is not set. */
#define KILLS 90

static bool is_child;

/* Replaces the function of EAL. */
enum rte_proc_type_t
rte_eal_process_type(void)
{
	return is_child ? RTE_PROC_SECONDARY : RTE_PROC_PRIMARY;
}

/* A tree of two levels below the root, with limits that are close. */
struct world {
	struct ration_domain *d;
	ration_counter_t p;
	ration_counter_t leaf[NB_LEAVES];
	struct ration_lcore *lc; /* The parent's lcore. */
};

static struct world w;

/* A call may wait for another process to complete a step; no wait takes longer than this. */
#define ANSWER_US 20000000

static int
setup_domain(void **state)
{
	struct ration_domain_params params = {
		.max_counters = 64,
		.max_members = 4,
		.secondary_members = 2,
		.socket_id = SOCKET_ID_ANY,
		.idle_us = 3600000000,
		.drain_work = 64,
	};
	char name[8];
	uint32_t i;

	(void)state;
	w.d = ration_domain_create("kill", &params);
	if (w.d == NULL)
		return -1;
	w.p = make_counter(w.d, ration_domain_root(w.d), "p", LIMIT, 8);
	for (i = 0; i < NB_LEAVES; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		w.leaf[i] = make_counter(w.d, w.p, name, LIMIT, 16);
	}
	w.lc = ration_lcore_register_extra(w.d);
	return w.lc != NULL ? 0 : -1;
}

static int
teardown_domain(void **state)
{
	(void)state;
	return ration_lcore_unregister(w.lc) + ration_domain_free(w.d);
}

/* ---------------------------------------------------------------- the child */

static void
charge_all(struct ration_lcore *lc, uint64_t n)
{
	uint32_t i;

	for (i = 0; i < NB_LEAVES; i++)
		ration_try_charge(lc, w.leaf[i], n);
}

/* Calls of a child before the one in which it is killed. */
static struct ration_lcore *
prepare_stocked(void)
{
	struct ration_lcore *lc = ration_lcore_register_extra(w.d);

	charge_all(lc, 3);
	return lc;
}

/* The child has given its granted units back: they are not reported as lost. */
static struct ration_lcore *
prepare_even(void)
{
	struct ration_lcore *lc = prepare_stocked();
	uint32_t i;

	for (i = 0; i < NB_LEAVES; i++)
		ration_uncharge(lc, w.leaf[i], 3);
	return lc;
}

static struct ration_lcore *
prepare_registered(void)
{
	return ration_lcore_register_extra(w.d);
}

static struct ration_lcore *
prepare_nothing(void)
{
	return NULL;
}

static struct ration_lcore *
prepare_drain(void)
{
	struct ration_lcore *lc = prepare_stocked();

	ration_drain(w.d, w.p, 0, NULL);
	charge_all(lc, 2);
	ration_request_drain(lc, (uint32_t)w.p);
	return lc;
}

static struct ration_lcore *
prepare_idle_marked(void)
{
	struct ration_lcore *lc = prepare_stocked();

	ration_workspace(lc)->idle_since -= UINT64_C(1) << 50;
	ration_idle(lc);
	ration_workspace(lc)->idle_since -= UINT64_C(1) << 50;
	return lc;
}

static void
call_register(struct ration_lcore *lc)
{
	(void)lc;
	ration_lcore_register_extra(w.d);
}

static void
call_charge(struct ration_lcore *lc)
{
	ration_try_charge(lc, w.leaf[0], 5);
}

static void
call_refused(struct ration_lcore *lc)
{
	ration_try_charge(lc, w.leaf[0], LIMIT + 1);
}

static void
call_force(struct ration_lcore *lc)
{
	ration_charge_force(lc, w.leaf[1], LIMIT);
}

static void
call_uncharge(struct ration_lcore *lc)
{
	/* More units than the stock may keep: the rest goes to the tree. */
	ration_uncharge(lc, w.leaf[2], 153);
}

static struct ration_lcore *
prepare_uncharge(void)
{
	struct ration_lcore *lc = prepare_stocked();

	ration_try_charge(lc, w.leaf[2], 150);
	ration_drain(w.d, w.p, 0, NULL);
	return lc;
}

static void
call_serve(struct ration_lcore *lc)
{
	__ration_serve(lc);
}

static void
call_idle(struct ration_lcore *lc)
{
	ration_idle(lc);
}

static void
call_offline(struct ration_lcore *lc)
{
	ration_lcore_offline(lc);
}

static void
call_unregister(struct ration_lcore *lc)
{
	ration_lcore_unregister(lc);
}

static void
call_drain(struct ration_lcore *lc)
{
	(void)lc;
	ration_drain(w.d, w.p, 0, NULL);
}

static void
call_sync(struct ration_lcore *lc)
{
	ration_try_charge_sync(lc, w.leaf[3], LIMIT, 0, NULL);
}

struct call {
	const char *name;
	struct ration_lcore *(*prepare)(void);
	void (*call)(struct ration_lcore *lc);
};

static const struct call calls[] = {
	{"register", prepare_nothing, call_register},
	{"charge", prepare_registered, call_charge},
	{"charge with stock", prepare_stocked, call_charge},
	{"refused charge", prepare_stocked, call_refused},
	{"forced charge", prepare_registered, call_force},
	{"uncharge", prepare_uncharge, call_uncharge},
	{"serve", prepare_drain, call_serve},
	{"idle", prepare_idle_marked, call_idle},
	{"offline", prepare_stocked, call_offline},
	{"unregister", prepare_even, call_unregister},
	{"drain", prepare_stocked, call_drain},
	{"sync charge", prepare_stocked, call_sync},
};

static void
run_child(const struct call *c)
{
	struct ration_lcore *lc;

	is_child = true;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(2);
	lc = c->prepare();
	raise(SIGSTOP);
	c->call(lc);
	raise(SIGSTOP);
	_exit(0);
}

/* --------------------------------------------------------------- the parent */

/* Wait for the child's next stop. @return the signal that stopped it, 0 if it has ended */
static int
next_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

/*
 * Start a child, let it run a number of instructions into the call, and kill it. @return the number
 * of instructions
 */
static uint64_t
kill_after(const struct call *c, uint64_t steps)
{
	uint64_t done = 0;
	pid_t pid;

	fflush(stdout);
	fflush(stderr);
	pid = test_fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_child(c);
	assert_int_equal(next_stop(pid), SIGSTOP);
	while (done < steps) {
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		if (next_stop(pid) != SIGTRAP)
			break; /* The call has ended. */
		done++;
	}
	kill(pid, SIGKILL);
	assert_int_equal(next_stop(pid), 0);
	return done;
}

/* The application decides: the granted units of a dead process are lost. */
static void
release_lost(const struct ration_dead *dead, void *arg)
{
	struct ration_counter_info info;
	uint64_t *units = arg;
	char path[64];

	*units += dead->units;
	/* The callback may read the tree. */
	assert_true(ration_counter_path(w.d, dead->counter, path, sizeof(path)) > 0);
	assert_true(ration_counter_find(w.d, path) == dead->counter);
	assert_int_equal(ration_counter_get(w.d, dead->counter, &info), 0);
	assert_int_equal(ration_uncharge(ration_lcore_shared(w.d), dead->counter, dead->units), 0);
}

static int64_t
ledgers_of(uint32_t index)
{
	int64_t sum = ration_counter_at(w.d, index)->ledger;
	const struct ration_lcore *lc;
	uint32_t i;

	for (i = 0; i < w.d->max_members; i++) {
		lc = ration_lcore_area(w.d, &w.d->members[i]);
		sum += lc != NULL ? ration_ledger(lc)[index] : 0;
	}
	return sum;
}

static void
assert_no_member_is_left(void)
{
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint64_t lost = 0;
	uint32_t i;

	/* Before the reap usage is too large, never too small: limits hold. */
	for (i = 0; i < NB_LEAVES; i++)
		assert_true((int64_t)ration_counter_at(w.d, (uint32_t)w.leaf[i])->usage_local >=
			    ledgers_of((uint32_t)w.leaf[i]));
	assert_int_equal(ration_domain_verify(w.d, 0, stderr), 0);
	assert_in_range(ration_reap(w.d, ANSWER_US, release_lost, &lost), 0, 1);
	assert_sound(w.d);
	assert_int_equal(usage_of(w.d, ration_domain_root(w.d)), 0);
	for (i = 0; i < RATION_DRAINERS_MAX; i++)
		assert_int_equal(w.d->drainers[i], 0);
	assert_int_equal((uint32_t)w.d->round, 0);
	assert_int_equal(ration_nb_online(w.d), 1);
	for (i = 0; i < w.d->max_members; i++) {
		if (i != w.lc->member_id)
			assert_int_equal(MEMBER_STATE(w.d->members[i].state), MEMBER_FREE);
	}
	/* The domain still works. */
	assert_int_equal(ration_try_charge(w.lc, w.leaf[0], 1), 0);
	assert_int_equal(ration_uncharge(w.lc, w.leaf[0], 1), 0);
	assert_int_equal(ration_drain(w.d, w.p, ANSWER_US, &report), 0);
	assert_int_equal(usage_of(w.d, ration_domain_root(w.d)), 0);
}

static void
kill_everywhere(const struct call *c)
{
	struct prng rng = {.state = 1};
	const char *wanted = getenv("RATION_TEST_KILLS");
	uint64_t length = kill_after(c, UINT64_MAX), at, stride, nb = KILLS;
	uint32_t kills = 0;

	assert_no_member_is_left();
	if (wanted != NULL && atoi(wanted) > 0)
		nb = (uint64_t)atoi(wanted);
	stride = length / nb + 1;
	for (at = 0; at <= length; at += 1 + prng_below(&rng, 2 * stride - 1)) {
		kill_after(c, at);
		assert_no_member_is_left();
		kills++;
	}
	print_message("%s: killed %u times within %" PRIu64 " instructions\n", c->name, kills,
		      length);
}

static void
a_kill_at_any_instruction_loses_nothing(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(calls); i++)
		kill_everywhere(&calls[i]);
}

/* Drains get the stock of dead lcores without a reap; the reap reports their granted units. */
static void
a_drain_takes_the_stock_of_dead_lcores(void **state)
{
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint64_t lost = 0;
	uint32_t i, dead = 0;

	(void)state;
	kill_after(&calls[2], 0);
	assert_true(stock_of(w.d, w.p) > 0);
	assert_int_equal(ration_drain(w.d, w.p, ANSWER_US, &report), 0);
	for (i = 0; i < report.nb_rows; i++)
		dead += report.rows[i].engine == RATION_DRAIN_DEAD && report.rows[i].units > 0;
	assert_int_equal(dead, 1);
	assert_int_equal(stock_of(w.d, w.p), 0);
	assert_int_equal(usage_of(w.d, w.p), 3 * NB_LEAVES);
	assert_int_equal(ration_reap(w.d, ANSWER_US, release_lost, &lost), 1);
	assert_int_equal(lost, 3 * NB_LEAVES);
	assert_no_member_is_left();
}

/*
 * Without a free file descriptor the liveness of a process is unknown, so it does not count as
 * dead.
 */
static void
a_process_of_unknown_liveness_is_not_dead(void **state)
{
	struct rlimit limit, no_files;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	no_files = limit;
	no_files.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &no_files), 0);
	assert_false(ration_member_is_dead(&w.d->members[w.lc->member_id]));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_false(ration_member_is_dead(&w.d->members[w.lc->member_id]));
}

/* The child is killed while it holds the gate: others must be able to refill their stock again. */
static void
the_reap_opens_the_gate_of_a_dead_drainer(void **state)
{
	uint64_t length = kill_after(&calls[10], UINT64_MAX), at, shut = 0;

	(void)state;
	assert_no_member_is_left();
	for (at = 0; at < length && shut == 0; at += 50) {
		kill_after(&calls[10], at);
		shut += (uint32_t)w.d->round != 0;
		assert_no_member_is_left();
	}
	assert_int_equal(shut, 1);
}

static struct ration_lcore *
prepare_unregistered(void)
{
	struct ration_lcore *lc = prepare_stocked();

	ration_lcore_unregister(lc);
	return NULL;
}

static void
call_nothing(struct ration_lcore *lc)
{
	(void)lc;
}

/* The child has handed its granted units over: they are not reported as lost. */
static void
an_unregistered_process_is_not_reported(void **state)
{
	const struct call unregistered = {"unregistered", prepare_unregistered, call_nothing};
	uint64_t lost = 0;
	uint32_t i;

	(void)state;
	kill_after(&unregistered, UINT64_MAX);
	assert_int_equal(ration_nb_online(w.d), 1);
	assert_int_equal(ration_reap(w.d, ANSWER_US, release_lost, &lost), 0);
	assert_int_equal(lost, 0);
	for (i = 0; i < NB_LEAVES; i++)
		assert_int_equal(ration_uncharge(ration_lcore_shared(w.d), w.leaf[i], 3), 0);
	assert_no_member_is_left();
}

static struct ration_lcore *
prepare_little(void)
{
	struct ration_lcore *lc = ration_lcore_register_extra(w.d);

	ration_try_charge(lc, w.leaf[1], 2);
	return lc;
}

/* The member entry was that of a process that left, or died, with units granted. */
static void
a_process_at_a_reused_member_entry_is_reported_with_its_own_units(void **state)
{
	const struct call former[] = {{"unregistered", prepare_unregistered, call_nothing},
				      {"killed", prepare_stocked, call_nothing}};
	const struct call last = {"last", prepare_little, call_nothing};
	uint64_t lost;
	uint32_t i, k;

	(void)state;
	for (k = 0; k < RTE_DIM(former); k++) {
		lost = 0;
		kill_after(&former[k], 0);
		assert_int_equal(ration_reap(w.d, ANSWER_US, NULL, NULL), (int)k);
		kill_after(&last, 0);
		assert_int_equal(ration_reap(w.d, ANSWER_US, release_lost, &lost), 1);
		assert_int_equal(lost, 2);
		for (i = 0; i < NB_LEAVES; i++)
			assert_int_equal(ration_uncharge(ration_lcore_shared(w.d), w.leaf[i], 3),
					 0);
		assert_no_member_is_left();
	}
}

static void
an_unregistered_thread_of_a_secondary_charges_nothing(void **state)
{
	struct ration_lcore *no_files = ration_lcore_shared(w.d);

	(void)state;
	is_child = true;
	assert_int_equal(ration_try_charge(no_files, w.leaf[0], 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_charge_force(no_files, w.leaf[0], 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_uncharge(no_files, w.leaf[0], 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_reap(w.d, 0, NULL, NULL), -E_RTE_SECONDARY);
	is_child = false;
	assert_int_equal(usage_of(w.d, w.p), 0);
}

int
main(void)
{
	const struct CMUnitTest kills[] = {
		cmocka_unit_test(a_drain_takes_the_stock_of_dead_lcores),
		cmocka_unit_test(a_process_of_unknown_liveness_is_not_dead),
		cmocka_unit_test(the_reap_opens_the_gate_of_a_dead_drainer),
		cmocka_unit_test(a_kill_at_any_instruction_loses_nothing),
		cmocka_unit_test(an_unregistered_process_is_not_reported),
		cmocka_unit_test(a_process_at_a_reused_member_entry_is_reported_with_its_own_units),
		cmocka_unit_test(an_unregistered_thread_of_a_secondary_charges_nothing),
	};

	if (test_eal_start("kill", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(kills, setup_domain, teardown_domain));
}
