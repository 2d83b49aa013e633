/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Readers do not trust an index, link or offset in shared memory. Each test damages one word of a
 * good domain, reads, and restores the word. Other effects of damage are tested by AddressSanitizer
 * and the fuzz target "image".
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

/* Damage a word, run the statements, and restore the word. */
#define while_it_is(word, value, ...)                                                              \
	do {                                                                                       \
		__typeof__(word) kept_ = (word);                                                   \
		(word) = (value);                                                                  \
		__VA_ARGS__;                                                                       \
		(word) = kept_;                                                                    \
	} while (0)

/* A root with two children, the first of which has one child; all have stock. */
struct tree {
	struct ration_domain *d;
	ration_counter_t a, b, aa;
};

static struct tree
plant(const struct fixture *f)
{
	struct tree t = {.d = f->d};

	t.a = make_counter(f->d, f->root, "a", 1000, 8);
	t.b = make_counter(f->d, f->root, "b", 1000, 8);
	t.aa = make_counter(f->d, t.a, "aa", 1000, 8);
	assert_int_equal(ration_try_charge(f->lc[0], t.aa, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], t.b, 1), 0);
	return t;
}

static void
give_back(const struct fixture *f, const struct tree *t)
{
	assert_int_equal(ration_uncharge(f->lc[0], t->aa, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], t->b, 1), 0);
	assert_sound(t->d);
}

static struct counter *
counter_of(const struct tree *t, ration_counter_t c)
{
	return ration_counter_at(t->d, (uint32_t)c);
}

static struct node *
node_of(const struct tree *t, ration_counter_t c)
{
	return ration_node_at(t->d, (uint32_t)c);
}

/* Iterate from the root. The iteration must end, whatever is damaged. @return number of counters */
static uint32_t
walk(const struct ration_domain *d)
{
	ration_counter_t c;
	uint32_t nb = 0;

	for (c = ration_domain_root(d); c != RATION_COUNTER_NONE; c = ration_counter_next(d, c))
		assert_true(nb++ < d->max_counters);
	return nb;
}

static void
is_refused(const struct ration_domain *d)
{
	assert_errno(NULL, ration_domain_lookup(ration_domain_name(d)), EPROTO);
}

/* ration_domain_verify() reports it, and the dump ends. */
static void
is_reported(const struct ration_domain *d)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_true(ration_domain_verify(d, 0, NULL) > 0);
	assert_true(ration_domain_verify(d, 1, f) > 0);
	ration_domain_dump(d, f);
	assert_int_equal(fclose(f), 0);
	assert_in_range(size, 1, 64 * 1024);
	free(text);
}

static void
an_invalid_header_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *d = f->d;
	struct ration_lcore *shared = ration_lcore_shared(d);

	while_it_is(d->layout, RATION_LAYOUT - 1, is_refused(d));
	while_it_is(d->sizes, 0, is_refused(d));
	while_it_is(d->id, RATION_DOMAINS_MAX, is_refused(d));
	while_it_is(d->max_counters, 0, is_refused(d));
	while_it_is(d->max_counters, UINT32_MAX, is_refused(d));
	while_it_is(d->max_counters, d->max_counters + 64, is_refused(d));
	while_it_is(d->max_members, 0, is_refused(d));
	while_it_is(d->max_members, RATION_MEMBERS_MAX + 1, is_refused(d));
	while_it_is(d->secondary_members, d->max_members + 1, is_refused(d));
	while_it_is(d->drain_work, 0, is_refused(d));
	while_it_is(d->idle_us, UINT32_MAX, is_refused(d));
	while_it_is(d->counters_offset, d->counters_offset - 64, is_refused(d));
	while_it_is(d->nodes_offset, UINT64_MAX, is_refused(d));
	while_it_is(d->shared_offset, 0, is_refused(d));
	while_it_is(shared->domain_offset, 64, is_refused(d));
	while_it_is(shared->nb_stocks, shared->nb_stocks + 64, is_refused(d));
	while_it_is(shared->flags, 0, is_refused(d));
	while_it_is(shared->member_id, 0, is_refused(d));
	assert_ptr_equal(ration_domain_lookup(ration_domain_name(d)), d);
}

static void
a_domain_with_another_name_is_not_found(void **state)
{
	struct fixture *f = *state;
	char name[RATION_DOMAIN_NAMESIZE];

	strcpy(name, ration_domain_name(f->d));
	while_it_is(f->d->name[0], 'x', assert_errno(NULL, ration_domain_lookup(name), ENOENT));
	assert_ptr_equal(ration_domain_lookup(name), f->d);
}

static void
a_domain_with_the_id_of_another_one_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *other = ration_domain_create("other", NULL);

	assert_non_null(other);
	while_it_is(f->d->id, other->id, is_refused(f->d));
	assert_ptr_equal(ration_domain_lookup("other"), other);
	assert_int_equal(ration_domain_free(other), 0);
}

static void
links_to_nowhere_end_the_walk(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct node *root = node_of(&t, f->root), *a = node_of(&t, t.a);

	assert_int_equal(walk(t.d), 4);
	while_it_is(root->first_child, t.d->max_counters, assert_int_equal(walk(t.d), 1));
	while_it_is(root->first_child, UINT32_MAX - 1, is_reported(t.d));
	while_it_is(a->first_child, UINT32_MAX / 2, assert_int_equal(walk(t.d), 2));
	while_it_is(a->next, t.d->max_counters, assert_int_equal(walk(t.d), 3));
	while_it_is(a->next, t.d->max_counters, is_reported(t.d));
	while_it_is(a->next, t.d->max_counters,
		    assert_true(ration_counter_next(t.d, t.aa) == RATION_COUNTER_NONE));
	give_back(f, &t);
}

static void
links_in_a_circle_end_the_walk(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct node *a = node_of(&t, t.a), *b = node_of(&t, t.b), *aa = node_of(&t, t.aa);

	/*
	 * A counter is its own sibling, the sibling of the one before, its own child, the child of
	 * its child; a link leads to the root.
	 */
	while_it_is(a->next, (uint32_t)t.a, is_reported(t.d));
	while_it_is(b->next, (uint32_t)t.a, is_reported(t.d));
	while_it_is(a->first_child, (uint32_t)t.a, is_reported(t.d));
	while_it_is(aa->first_child, (uint32_t)t.a, is_reported(t.d));
	while_it_is(aa->first_child, 0, is_reported(t.d));
	while_it_is(aa->next, (uint32_t)t.b, is_reported(t.d));
	while_it_is(b->next, (uint32_t)t.a, assert_int_equal(walk(t.d), 4));
	while_it_is(a->first_child, (uint32_t)t.a, assert_int_equal(walk(t.d), 2));
	give_back(f, &t);
}

static void
has_bad_ancestors(const struct tree *t, ration_counter_t c)
{
	struct ration_counter_info info;
	struct ration_reading reading;
	char path[64];

	assert_int_equal(ration_counter_get(t->d, c, &info), -EPROTO);
	assert_int_equal(ration_counter_path(t->d, c, path, sizeof(path)), -EPROTO);
	assert_int_equal(ration_read_sum(t->d, c, &reading), -EPROTO);
	assert_true(ration_counter_next(t->d, c) == RATION_COUNTER_NONE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(t->d, "a/aa"), ENOENT);
	is_reported(t->d);
}

static void
a_counter_with_bad_ancestors_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct counter *aa = counter_of(&t, t.aa);

	while_it_is(aa->depth, RATION_DEPTH_MAX + 1, has_bad_ancestors(&t, t.aa));
	while_it_is(aa->depth, UINT32_MAX, has_bad_ancestors(&t, t.aa));
	while_it_is(aa->depth, 0, has_bad_ancestors(&t, t.aa));
	while_it_is(aa->ancestors[1], t.d->max_counters, has_bad_ancestors(&t, t.aa));
	while_it_is(aa->ancestors[0], UINT32_MAX, has_bad_ancestors(&t, t.aa));
	while_it_is(aa->ancestors[0], (uint32_t)t.b, has_bad_ancestors(&t, t.aa));
	give_back(f, &t);
}

/* The units are counted below the stored ancestors, or not at all. */
static void
too_large_a_depth_does_not_misdirect_a_reader(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct counter *aa = counter_of(&t, t.aa);
	struct ration_reading reading;

	while_it_is(aa->depth, UINT32_MAX,
		    assert_int_equal(ration_read_sum(t.d, f->root, &reading), 0));
	assert_true(reading.granted + reading.stock == reading.usage);
	give_back(f, &t);
}

static void
an_unterminated_name_is_cut(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	char name[RATION_COUNTER_NAMESIZE], path[2 * RATION_COUNTER_NAMESIZE];
	struct ration_counter_info info;
	struct node *aa = node_of(&t, t.aa);

	memcpy(name, aa->name, sizeof(name));
	memset(aa->name, 'x', sizeof(aa->name));
	assert_int_equal(ration_counter_get(t.d, t.aa, &info), 0);
	assert_int_equal(strlen(info.name), RATION_COUNTER_NAMESIZE - 1);
	assert_int_equal(ration_counter_path(t.d, t.aa, path, sizeof(path)),
			 RATION_COUNTER_NAMESIZE + 1);
	assert_int_equal(ration_counter_path(t.d, t.aa, path, RATION_COUNTER_NAMESIZE),
			 -ENAMETOOLONG);
	/* The hash table leads to a counter with another name. */
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(t.d, "a/aa"), ENOENT);
	memcpy(aa->name, name, sizeof(name));
	give_back(f, &t);
}

static void
more_members_than_entries_are_not_read(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_reading reading;

	while_it_is(t.d->nb_members, UINT32_MAX,
		    assert_int_equal(ration_read_sum(t.d, t.b, &reading), 0));
	assert_int_equal(reading.granted, 1);
	give_back(f, &t);
}

static void
read_root(const struct ration_domain *d, struct ration_reading *reading)
{
	assert_int_equal(ration_read_sum(d, ration_domain_root(d), reading), 0);
}

/* Set bits after the last counter in the last word of the bitmap. */
static void
stock_beyond_the_last_counter_is_not_counted(void **state)
{
	const struct ration_domain_params params = {.max_counters = 3, .max_members = 1};
	struct ration_domain *d = ration_domain_create("three", &params);
	struct ration_lcore *lc;
	struct ration_reading reading;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register_extra(d);
	assert_non_null(lc);
	/* Fake a fourth counter below the root with stock that usage covers. */
	ration_unpoison(ration_counter_at(d, 3), sizeof(struct counter));
	ration_unpoison(&lc->stocks[3], sizeof(lc->stocks[3]));
	ration_counter_at(d, 0)->usage = 9;
	lc->stocks[3].units = 9;
	ration_active(lc)[0] = UINT64_MAX;
	while_it_is(ration_counter_at(d, 3)->depth, 1, read_root(d, &reading));
	ration_active(lc)[0] = 0;
	lc->stocks[3].units = 0;
	ration_counter_at(d, 0)->usage = 0;
	assert_int_equal(reading.stock, 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
an_lcore_area_at_another_offset_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct member *m = &t.d->members[f->lc[0]->member_id];
	uint64_t stock = stock_of(t.d, t.b);

	assert_true(stock > 0);
	assert_ptr_equal(ration_lcore_get(t.d, f->lc[0]->member_id), f->lc[0]);
	while_it_is(m->area_offset, m->area_offset + 64, is_reported(t.d));
	while_it_is(m->area_offset, m->area_offset + 64, assert_int_equal(stock_of(t.d, t.b), 0));
	while_it_is(m->area_offset, 64, assert_null(ration_lcore_get(t.d, f->lc[0]->member_id)));
	/* The stored number of stock entries is not used. */
	while_it_is(f->lc[0]->nb_stocks, UINT32_MAX, assert_int_equal(stock_of(t.d, t.b), stock));
	assert_int_equal(stock_of(t.d, t.b), stock);
	give_back(f, &t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_one_member(an_invalid_header_is_refused),
		with_one_member(a_domain_with_another_name_is_not_found),
		with_one_member(a_domain_with_the_id_of_another_one_is_refused),
		with_one_member(links_to_nowhere_end_the_walk),
		with_one_member(links_in_a_circle_end_the_walk),
		with_one_member(a_counter_with_bad_ancestors_is_not_read),
		with_one_member(too_large_a_depth_does_not_misdirect_a_reader),
		with_one_member(an_unterminated_name_is_cut),
		with_one_member(more_members_than_entries_are_not_read),
		with_one_member(stock_beyond_the_last_counter_is_not_counted),
		with_one_member(an_lcore_area_at_another_offset_is_not_read),
	};

	if (test_eal_start("damage", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
