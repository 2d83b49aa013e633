/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Member entries: their generations go up, and what is known of a process is known of the right
 * one.
 */

#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_eal.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

static uint64_t
word_of(const struct fixture *f, uint32_t member_id)
{
	return ration_load(&f->d->members[member_id].state, relaxed);
}

/* The present generation; it must be one that the entry has not had before. */
static uint32_t
next_gen(const struct fixture *f, uint32_t member_id, uint32_t last, enum member_state state)
{
	uint64_t word = word_of(f, member_id);

	assert_int_equal(MEMBER_STATE(word), state);
	assert_int_equal(MEMBER_TAKER(word), 0);
	assert_true(MEMBER_GEN(word) > last);
	return MEMBER_GEN(word);
}

static void
an_entry_never_has_a_generation_twice(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *lc = f->lc[0];
	uint32_t id = lc->member_id, gen = next_gen(f, id, 0, MEMBER_ONLINE), i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(ration_lcore_offline(lc), 0);
		assert_int_equal(word_of(f, id), MEMBER_WORD(gen, 0, MEMBER_OFFLINE));
		/* A take-over leaves no trace. */
		drain_all(f->d);
		assert_int_equal(word_of(f, id), MEMBER_WORD(gen, 0, MEMBER_OFFLINE));
		assert_int_equal(ration_lcore_online(lc), 0);
		gen = next_gen(f, id, gen, MEMBER_ONLINE);
		assert_int_equal(ration_lcore_unregister(lc), 0);
		assert_int_equal(word_of(f, id), MEMBER_WORD(gen, 0, MEMBER_FREE));
		lc = f->lc[0] = ration_lcore_register_extra(f->d);
		assert_non_null(lc);
		assert_int_equal(lc->member_id, id);
		gen = next_gen(f, id, gen, MEMBER_ONLINE);
	}
}

/* Run a function in a child. @return its pid; the child has ended, with status 0 if it was true */
static pid_t
in_child(bool (*check)(const void *arg), const void *arg)
{
	pid_t pid = test_fork();
	int status;

	if (pid == 0)
		_exit(check(arg) ? 0 : 1);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return pid;
}

static bool
is_true(const void *arg)
{
	(void)arg;
	return true;
}

/* A process that is killed after it has claimed an entry, and before it has an lcore area. */
static void
an_owner_that_died_before_it_had_an_area_is_reaped(void **state)
{
	struct fixture *f = *state;
	pid_t pid = in_child(is_true, NULL);
	uint32_t id = f->lc[0]->member_id + 1, online = ration_nb_online(f->d);
	struct member *m = &f->d->members[id];

	assert_null(ration_lcore_area(f->d, m));
	ration_store(&m->state, MEMBER_WORD(7, pid, MEMBER_CLAIMED), relaxed);
	ration_store(&f->d->nb_members, id + 1, relaxed);
	ration_set_online(f->d, id, true);
	assert_int_equal(ration_nb_online(f->d), online + 1);
	assert_int_equal(ration_reap(f->d, 1000000, NULL, NULL), 1);
	assert_int_equal(word_of(f, id), MEMBER_WORD(7, 0, MEMBER_FREE));
	assert_int_equal(ration_nb_online(f->d), online);
	assert_int_equal(ration_reap(f->d, 1000000, NULL, NULL), 0);
	/* The entry is as good as any. */
	f->lc[1] = ration_lcore_register_extra(f->d);
	assert_non_null(f->lc[1]);
	assert_int_equal(f->lc[1]->member_id, id);
	assert_int_equal(ration_nb_online(f->d), online + 1);
}

/* In a child: it is not its parent, and both live. */
static bool
is_another_process(const void *arg)
{
	const uint64_t *parent = arg;
	uint64_t id = ration_process_id();

	return id != *parent && ration_this_process() == (int32_t)getpid() &&
	       ration_this_thread() == rte_sys_gettid() && ration_process_is_alive(id) &&
	       ration_process_is_alive(*parent);
}

static void
a_child_is_another_process(void **state)
{
	/* The parent knows its id before it forks. */
	uint64_t id = ration_process_id();
	pid_t pid;

	(void)state;
	assert_true(ration_process_is_alive(id));
	pid = in_child(is_another_process, &id);
	assert_int_equal(ration_process_id(), id);
	/* The same number is not the same process: this one has ended, that one begins later. */
	assert_false(ration_process_is_alive((uint64_t)(uint32_t)pid << 32 | (uint32_t)id));
	assert_false(ration_process_is_alive(id + 1));
}

/* In a child: the members of its parent's thread are not its own. */
static bool
has_no_member(const void *arg)
{
	const struct fixture *f = arg;

	return ration_self_first() == NULL && ration_lcore_self(f->d) == ration_lcore_shared(f->d);
}

static void
a_child_has_no_member_of_its_parent(void **state)
{
	struct fixture *f = *state;

	f->lc[1] = ration_lcore_register(f->d);
	assert_non_null(f->lc[1]);
	assert_ptr_equal(ration_lcore_self(f->d), f->lc[1]);
	in_child(has_no_member, f);
	assert_ptr_equal(ration_lcore_self(f->d), f->lc[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_one_member(an_entry_never_has_a_generation_twice),
		with_one_member(an_owner_that_died_before_it_had_an_area_is_reaped),
		cmocka_unit_test(a_child_is_another_process),
		with_one_member(a_child_has_no_member_of_its_parent),
	};

	if (test_eal_start("entries", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
