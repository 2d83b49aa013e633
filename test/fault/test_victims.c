/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Processes that are killed, or stopped, at any moment, while others continue. After the reap every
 * unit is accounted for: the units that the library reports as lost are those that the victims had
 * recorded, and usage is the units that live processes hold.
 *
 * Arguments: "forked", for victims that share the domain because they are forked and count as
 * secondary processes, or "true", for true secondary processes; and the seed (default: the clock).
 * RATION_TEST_KILLS is the number of kills.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "fixture.h"
#include "ration_pvt.h"
#include "start.h"
#include "victim.h"

#define VICTIMS 3
#define KILLS 100
#define TRUE_KILLS 12
#define LIMIT 300
/* Longer than any wait, unless there is an error. */
#define ANSWER_US 20000000

static struct ration_domain *domain;
static struct ration_lcore *lc;
static struct start_shared *shared;
static ration_counter_t parent;
static pid_t pids[VICTIMS];
/** Units that this process holds of each counter. */
static uint64_t held[VICTIM_COUNTERS];
static struct prng prng;
static uint64_t seed;
/** Number of victims that were killed during a walk. */
static uint32_t nb_walking;

static uint64_t
deadline(void)
{
	return rte_get_timer_cycles() + 20 * rte_get_timer_hz();
}

/* ---------------------------------------------------------------- the victims */

static void
start_victim(uint32_t i)
{
	const uint64_t end = deadline();

	memset(&shared->books[i], 0, sizeof(shared->books[i]));
	pids[i] = start_process(i, prng_next(&prng));
	assert_true(pids[i] > 0);
	while (ration_load(&shared->books[i].member_id, acquire) == 0) {
		assert_int_equal(waitpid(pids[i], NULL, WNOHANG), 0);
		assert_true(rte_get_timer_cycles() < end);
		ration_quiescent(lc);
		rte_pause();
	}
}

/* Make all but one victim stand still. */
static void
pause_all_but(uint32_t dead)
{
	const uint32_t pause = ration_fetch_add(&shared->orders.pause, 1, acq_rel) + 1;
	const uint64_t end = deadline();
	uint32_t i;

	for (i = 0; i < VICTIMS; i++) {
		while (i != dead && ration_load(&shared->books[i].paused, acquire) != pause) {
			assert_true(rte_get_timer_cycles() < end);
			/* The victim may be waiting for this process. */
			ration_quiescent(lc);
			rte_pause();
		}
	}
}

static void
go_on(void)
{
	ration_fetch_add(&shared->orders.pause, 1, acq_rel);
}

/* --------------------------------------------------------------- this process */

static void
charge_or_uncharge(void)
{
	const uint32_t which = prng_below(&prng, VICTIM_COUNTERS);
	const uint32_t n = 1 + prng_below(&prng, 20);

	if (held[which] >= n && prng_below(&prng, 2)) {
		assert_int_equal(ration_uncharge(lc, shared->orders.c[which], n), 0);
		held[which] -= n;
	} else if (ration_try_charge(lc, shared->orders.c[which], n) == 0) {
		held[which] += n;
	}
}

/* Continue until a victim has made some iterations; it may then be at any point. */
static void
do_something(uint32_t victim)
{
	const struct victim_book *book = &shared->books[victim];
	const uint64_t end = deadline();
	const uint64_t turns = ration_load(&book->turns, acquire) + prng_below(&prng, 5000);

	while (ration_load(&book->turns, acquire) < turns) {
		assert_true(rte_get_timer_cycles() < end);
		charge_or_uncharge();
		ration_quiescent(lc);
		if (prng_below(&prng, 200) == 0)
			ration_drain(domain, parent, 50, NULL);
	}
}

/* Limits hold, whichever process is dead. Forced charges set over_max_ok. */
static void
assert_no_limit_is_broken(void)
{
	assert_int_equal(ration_domain_verify(domain, 0, stderr), 0);
}

/* ----------------------------------------------------------------- lost units */

struct lost {
	pid_t pid;
	uint64_t units[VICTIM_COUNTERS];
};

static void
note_lost(const struct ration_dead *dead, void *arg)
{
	struct lost *lost = arg;
	uint32_t i;

	assert_int_equal(dead->pid, lost->pid);
	for (i = 0; i < VICTIM_COUNTERS; i++) {
		if (dead->counter == shared->orders.c[i]) {
			assert_int_equal(lost->units[i], 0);
			lost->units[i] = dead->units;
			return;
		}
	}
	fail_msg("units of a counter that must not be charged");
}

/*
 * The victim has recorded its granted units, except those of the call in which it died. Stock that
 * was being returned counts as granted, as documented.
 */
static void
assert_lost(const struct victim_book *book, const struct lost *lost)
{
	const uint64_t word = ration_load(&book->deed, seq_cst);
	const enum deed deed = DEED_OF(word);
	uint64_t low, high;
	uint32_t i;

	for (i = 0; i < VICTIM_COUNTERS; i++) {
		low = ration_load(&book->granted[i], seq_cst);
		high = low;
		if (deed == DEED_ALL || (deed != DEED_NONE && DEED_WHICH(word) == i))
			high += 2 * VICTIM_BATCH;
		if (deed != DEED_NONE && DEED_WHICH(word) == i) {
			if (deed == DEED_UNCHARGE)
				low -= RTE_MIN(low, DEED_UNITS(word));
			else
				high += DEED_UNITS(word);
		}
		if (lost->units[i] < low || lost->units[i] > high)
			fail_msg("counter %u: %" PRIu64 " units reported lost, but %" PRIu64
				 " to %" PRIu64 " were granted (deed %d, %u units of %u)",
				 i, lost->units[i], low, high, (int)deed, DEED_UNITS(word),
				 DEED_WHICH(word));
	}
}

/*
 * All processes stand still: usage is exactly the units that live processes hold, plus the lost
 * ones.
 */
static void
assert_all_units_are_there(uint32_t dead, const struct lost *lost)
{
	uint64_t all = 0, units;
	uint32_t i, j;

	drain_all(domain);
	assert_sound(domain);
	for (i = 0; i < VICTIM_COUNTERS; i++) {
		units = held[i] + (lost != NULL ? lost->units[i] : 0);
		for (j = 0; j < VICTIMS; j++) {
			if (j != dead)
				units += ration_load(&shared->books[j].granted[i], seq_cst);
		}
		assert_int_equal(usage_of(domain, shared->orders.c[i]), units);
		all += units;
	}
	assert_int_equal(usage_of(domain, parent), all);
	assert_int_equal(usage_of(domain, ration_domain_root(domain)), all);
	for (i = 0; i < VICTIMS; i++)
		assert_int_equal(ration_load(&shared->books[i].wrong, relaxed), 0);
}

static void
assert_no_gate_is_left(void)
{
	uint32_t i;

	assert_int_equal((uint32_t)ration_load(&domain->round, seq_cst), 0);
	for (i = 0; i < RATION_DRAINERS_MAX; i++)
		assert_int_equal(ration_load(&domain->drainers[i], seq_cst), 0);
}

static void
release_lost(const struct lost *lost)
{
	uint32_t i;

	for (i = 0; i < VICTIM_COUNTERS; i++)
		assert_int_equal(ration_uncharge(lc, shared->orders.c[i], lost->units[i]), 0);
}

/* ---------------------------------------------------------------------- tests */

/* Whether a dead victim was killed during a walk of the tree. */
static bool
was_walking(uint32_t i)
{
	const struct member *m = &domain->members[shared->books[i].member_id - 1];

	return ration_load(&ration_lcore_area(domain, m)->seq, acquire) & 1;
}

/* Kill a random victim. A drain may or may not find it before the reap. */
static void
kill_one(void)
{
	const uint32_t i = prng_below(&prng, VICTIMS);
	/* Otherwise it stays a zombie until the end. */
	const bool is_reaped = prng_below(&prng, 2);
	struct lost lost = {.pid = pids[i]};
	siginfo_t info;
	int rc;

	do_something(i);
	assert_int_equal(kill(pids[i], SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pids[i], &info, WEXITED | (is_reaped ? 0 : WNOWAIT)),
			 0);
	nb_walking += was_walking(i);
	assert_no_limit_is_broken();
	if (prng_below(&prng, 2))
		do_something((i + 1) % VICTIMS);
	/* The others may walk the tree meanwhile. */
	if (prng_below(&prng, 2))
		pause_all_but(i);
	rc = ration_reap(domain, ANSWER_US, note_lost, &lost);
	assert_int_equal(rc, 1);
	if (shared->orders.pause % 2 == 0)
		pause_all_but(i);
	assert_lost(&shared->books[i], &lost);
	assert_all_units_are_there(i, &lost);
	assert_no_gate_is_left();
	release_lost(&lost);
	assert_all_units_are_there(i, NULL);
	go_on();
	if (!is_reaped)
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	start_victim(i);
}

static void
killed_processes_lose_only_their_granted_units(void **state)
{
	const char *wanted = getenv("RATION_TEST_KILLS");
	uint32_t kills = start_is_true() ? TRUE_KILLS : KILLS, i;

	(void)state;
	if (wanted != NULL && atoi(wanted) > 0)
		kills = (uint32_t)atoi(wanted);
	for (i = 0; i < kills; i++)
		kill_one();
	printf("# %u kills, %u of them within a walk\n", kills, nb_walking);
	/* Otherwise no repair was tested. */
	assert_true(nb_walking > 0 || kills < 50);
}

/* Only the stopped process may have timed out. */
static void
assert_named(const struct ration_drain_report *report, uint32_t i)
{
	uint32_t j, nb = 0;

	for (j = 0; j < report->nb_rows; j++) {
		if (report->rows[j].status != RATION_DRAIN_TIMEDOUT)
			continue;
		nb++;
		assert_int_equal(report->rows[j].member_id + 1, shared->books[i].member_id);
		assert_int_equal(report->rows[j].reason, RATION_DRAIN_REASON_SILENT);
	}
	assert_int_equal(nb, report->nb_timedout);
}

/* Drain all processes except a stopped one. @return false: it was offline, and is drained, too */
static bool
is_drained_but_for(uint32_t i)
{
	static struct ration_drain_row rows[RATION_MEMBERS_MAX];
	static struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	const uint64_t end = deadline();
	int rc;

	/* The others answer, but not always within such a short time. */
	do {
		assert_true(rte_get_timer_cycles() < end);
		rc = ration_drain(domain, parent, 20000, &report);
		assert_true(rc == 0 || rc == -ETIMEDOUT);
	} while (report.nb_timedout > 1);
	if (rc == -ETIMEDOUT)
		assert_named(&report, i);
	return rc == -ETIMEDOUT;
}

static void
wait_stopped(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
}

static void
a_stopped_process_is_named_and_keeps_its_stock(void **state)
{
	uint32_t i, turn, timeouts = 0;

	(void)state;
	for (turn = 0; turn < 20; turn++) {
		i = prng_below(&prng, VICTIMS);
		do_something(i);
		assert_int_equal(kill(pids[i], SIGSTOP), 0);
		wait_stopped(pids[i]);
		pause_all_but(i);
		timeouts += is_drained_but_for(i);
		/* A stopped process is not dead. */
		assert_int_equal(ration_reap(domain, ANSWER_US, NULL, NULL), 0);
		assert_no_limit_is_broken();
		assert_int_equal(kill(pids[i], SIGCONT), 0);
		go_on();
		pause_all_but(VICTIMS);
		assert_all_units_are_there(VICTIMS, NULL);
		assert_no_gate_is_left();
		go_on();
	}
	assert_true(timeouts > 0);
}

/* ----------------------------------------------------------------- the domain */

static int
open_domain(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 64,
		.max_members = VICTIMS + 1,
		.secondary_members = VICTIMS,
		.socket_id = SOCKET_ID_ANY,
		.max = 4 * LIMIT,
	};
	char name[8];
	uint32_t i;

	(void)state;
	shared = start_share();
	domain = ration_domain_create("victims", &params);
	if (domain == NULL || shared == NULL)
		return -1;
	parent = make_counter(domain, ration_domain_root(domain), "p", 3 * LIMIT, 0);
	for (i = 0; i < VICTIM_COUNTERS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		shared->orders.c[i] = make_counter(domain, parent, name, LIMIT, VICTIM_BATCH);
	}
	lc = ration_lcore_register(domain);
	prng.state = seed;
	printf("# seed %" PRIu64 "\n", seed);
	for (i = 0; i < VICTIMS; i++)
		start_victim(i);
	return lc != NULL ? 0 : -1;
}

static void
ignore_lost(const struct ration_dead *dead, void *arg)
{
	(void)arg;
	ration_uncharge(lc, dead->counter, dead->units);
}

static int
close_domain(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < VICTIMS; i++) {
		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	if (ration_reap(domain, ANSWER_US, ignore_lost, NULL) != VICTIMS)
		return -1;
	for (i = 0; i < VICTIM_COUNTERS; i++)
		ration_uncharge(lc, shared->orders.c[i], held[i]);
	drain_all(domain);
	if (usage_of(domain, ration_domain_root(domain)) != 0 ||
	    ration_domain_verify(domain, 1, stderr) != 0)
		return -1;
	return ration_lcore_unregister(lc) + ration_domain_free(domain);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest victims[] = {
		cmocka_unit_test(killed_processes_lose_only_their_granted_units),
		cmocka_unit_test(a_stopped_process_is_named_and_keeps_its_stock),
	};

	bool true_ones;

	if (start_is_victim(argc, argv))
		return start_be_victim(argv);
	true_ones = argc > 1 && strcmp(argv[1], "true") == 0;
	if (true_ones && getenv("RATION_HUGE_DIR") == NULL) {
		printf("1..1\nok 1 - secondary processes that are killed # SKIP processes share "
		       "hugepages only, and RATION_HUGE_DIR names no mount of them\n");
		return 0;
	}
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
	if (start_eal("victims", true_ones) != 0)
		return 1;
	return start_stop(cmocka_run_group_tests(victims, open_domain, close_domain));
}
