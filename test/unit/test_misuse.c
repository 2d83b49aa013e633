/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Calls by the wrong thread, and damaged memory: refused, without a change. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* Calls that another thread must not make with the lcore area of this thread. */
static void
meddle(struct ration_lcore *own, void *arg)
{
	struct ration_lcore *lc = arg;

	(void)own;
	assert_int_equal(ration_lcore_offline(lc), -EINVAL);
	assert_int_equal(ration_lcore_online(lc), -EINVAL);
	assert_int_equal(ration_lcore_unregister(lc), -EINVAL);
	__ration_serve(lc);
}

static void
an_lcore_area_serves_its_own_thread_only(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_do(&f->actors[0], meddle, f->lc[0]));
	assert_int_equal(ration_lcore_online(f->lc[0]), -EINVAL);
	assert_int_equal(ration_lcore_offline(NULL), -EINVAL);
	assert_int_equal(ration_lcore_online(NULL), -EINVAL);
	assert_int_equal(ration_lcore_online(ration_lcore_shared(f->d)), -EINVAL);
	assert_int_equal(ration_lcore_unregister(NULL), -EINVAL);
	assert_int_equal(ration_lcore_unregister(ration_lcore_shared(f->d)), -EINVAL);
	assert_int_equal(stock_of(f->d, c), 16);
	assert_sound(f->d);
}

/* A lookup with one wrong byte in the header of a domain. */
static void
assert_refused_with_wrong(struct ration_domain *d, const char *name, void *at, int err)
{
	uint8_t *byte = at;

	*byte ^= 0x40;
	assert_errno(NULL, ration_domain_lookup(name), err);
	*byte ^= 0x40;
	assert_ptr_equal(ration_domain_lookup(name), d);
}

static void
a_damaged_domain_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *d = f->d;
	char name[RATION_DOMAIN_NAMESIZE];

	strcpy(name, d->name);
	assert_refused_with_wrong(d, name, &d->magic, ENOENT);
	assert_refused_with_wrong(d, name, &d->name, ENOENT);
	assert_refused_with_wrong(d, name, &d->layout, EPROTO);
	assert_refused_with_wrong(d, name, &d->sizes, EPROTO);
	assert_refused_with_wrong(d, name, &d->id, EPROTO);
	assert_refused_with_wrong(d, name, &d->max_counters, EPROTO);
	assert_refused_with_wrong(d, name, (uint8_t *)&d->max_counters + 3, EPROTO);
	assert_refused_with_wrong(d, name, &d->max_members, EPROTO);
	assert_refused_with_wrong(d, name, (uint8_t *)&d->max_members + 3, EPROTO);
	assert_refused_with_wrong(d, name, &d->counters_offset, EPROTO);
	assert_refused_with_wrong(d, name, &d->nodes_offset, EPROTO);
	assert_refused_with_wrong(d, name, &d->shared_offset, EPROTO);
}

static void
a_generation_that_wraps_is_not_0(void **state)
{
	struct fixture *f = *state;
	ration_counter_t handle = make_counter(f->d, f->root, "c", 100, 16);
	struct counter *c = ration_counter_at(f->d, (uint32_t)handle);

	ration_store(&c->gen, UINT32_MAX, relaxed);
	assert_int_equal(ration_try_charge(f->lc[0], handle, 1), -ESTALE);
	handle = ration_handle(f->d, (uint32_t)handle);
	assert_int_equal(ration_try_charge(f->lc[0], handle, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], handle, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, handle, 0), 0);
	assert_int_equal(ration_load(&c->gen, relaxed), 1);
	assert_int_equal(ration_try_charge(f->lc[0], handle, 1), -ESTALE);
	assert_int_equal(ration_try_charge_sync(f->lc[0], handle, 1, 0, NULL), -ESTALE);
}

static void
invalid_paths_are_refused(void **state)
{
	struct fixture *f = *state;
	char longest[RATION_COUNTER_NAMESIZE + 1];

	memset(longest, 'x', RATION_COUNTER_NAMESIZE);
	longest[RATION_COUNTER_NAMESIZE] = '\0';
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, longest), EINVAL);
	assert_int_equal(ration_counter_path(f->d, f->root, NULL, 10), -ENAMETOOLONG);
}

static void
a_dump_shows_threads_lcores_and_offline_counters(void **state)
{
	struct fixture *f = *state;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	ration_counter_t gold = make_counter(f->d, f->root, "gold", 100, 16);

	assert_non_null(out);
	assert_int_equal(ration_try_charge(f->lc[0], gold, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, gold, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&f->actors[0]));
	ration_domain_dump(f->d, out);
	fclose(out);
	assert_non_null(strstr(text, "children 0 offline"));
	assert_non_null(strstr(text, "lcore 0"));
	assert_non_null(strstr(text, "thread"));
	free(text);
	assert_int_equal(ration_uncharge(f->lc[0], gold, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_one_member(an_lcore_area_serves_its_own_thread_only),
		with_one_member(a_damaged_domain_is_refused),
		with_one_member(a_generation_that_wraps_is_not_0),
		with_one_member(invalid_paths_are_refused),
		with_one_member(a_dump_shows_threads_lcores_and_offline_counters),
	};

	if (test_eal_start("misuse", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
