/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * The layout of a baseline decides how many cache lines an operation touches and which lcores share
 * them. It is private to each file, so the files are parts of this one.
 */
#include "baselines/atomic_tree.c"
#include "baselines/cas_tree.c"
#include "baselines/limit.c"
#include "baselines/limit_counter.c"
#include "baselines/mempool.c"
#include "baselines/meter.c"
#include "baselines/shared_meter.c"
#include "baselines/slots_7.c"
#include "baselines/spinlock_tree.c"
#include "baselines/stock_fixed.c"
#include "baselines/stock_v3.c"
#include "baselines/stock_v4.c"
#include "baselines/tree.c"

#define LINE RTE_CACHE_LINE_SIZE
#define at(type, member, offset) assert_int_equal(offsetof(type, member), offset)
#define spans(type, size) assert_int_equal(sizeof(type), size)
/* Size of an element of an array member. */
#define strides(type, member, size) assert_int_equal(sizeof(((type *)NULL)->member[0]), size)

/* As page_counter: the usage is alone in its pair of lines; the rest is read by all. */
static void
nodes_of_trees_are_apart(void **state)
{
	(void)state;
	spans(struct tree_node, 2 * TREE_ALIGN);
	at(struct tree_node, usage, 0);
	at(struct tree_node, watermark, TREE_ALIGN);
	at(struct tree_node, max, TREE_ALIGN + 8);
	at(struct tree_node, parent, TREE_ALIGN + 16);
	at(struct tree, nodes, TREE_ALIGN);
	assert_int_equal(TREE_ALIGN, 128);
	/* As res_counter: the lock and what it protects are in one line. */
	spans(struct spin_node, TREE_ALIGN);
	at(struct spin_node, lock, 0);
	at(struct spin_node, usage, 8);
	at(struct spin_node, parent, 40);
	at(struct spin_tree, nodes, TREE_ALIGN);
}

static void
seven_slots_are_in_one_line_of_their_lcore(void **state)
{
	(void)state;
	assert_int_equal(SLOTS, 7);
	spans(struct slots_lcore, 2 * LINE);
	at(struct slots_lcore, cached, 0);
	at(struct slots_lcore, units, 56);
	at(struct slots_lcore, next, 63);
	at(struct slots_lcore, tree, LINE);
}

/* The stocks of an lcore follow each other, as dense as the original allows. */
static void
stocks_are_dense_and_apart_by_lcore(void **state)
{
	(void)state;
	at(struct v3_lcore, stocks, LINE);
	strides(struct v3_lcore, stocks, 16);
	at(struct v4_lcore, stocks, LINE);
	strides(struct v4_lcore, stocks, 4);
	at(struct fixed_lcore, stocks, LINE);
	strides(struct fixed_lcore, stocks, 8);
	at(struct limit_lcore, own, LINE);
	strides(struct limit_lcore, own, 16);
	spans(struct limit_sums, 2 * LINE);
}

static void
flat_baselines_are_dense(void **state)
{
	(void)state;
	at(struct limit, slots, LINE);
	strides(struct limit, slots, 8);
	at(struct meters, meter, LINE);
	strides(struct meters, meter, sizeof(struct rte_meter_srtcm));
	assert_int_equal(POOL_SIZE_MAX, 2047);
	assert_int_equal(CACHE_SIZE_MAX, 256);
}

/* A bucket is alone in its pair of lines, and so is what an lcore knows of the time. */
static void
shared_buckets_are_apart(void **state)
{
	(void)state;
	spans(struct bucket, 2 * LINE);
	at(struct bucket, tokens, 0);
	spans(struct bucket_lcore, 2 * LINE);
	at(struct buckets, bucket, 2 * LINE);
}

static void
all_have_the_batch_of_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(BACKEND_BATCH, 64);
	assert_int_equal(SLOT_MAX, 128);
	assert_int_equal(SHARE_MAX, 128);
	assert_int_equal(BURST_SIZE, 32);
	assert_int_equal(DEPTH_OF_THREE, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_of_trees_are_apart),
		cmocka_unit_test(seven_slots_are_in_one_line_of_their_lcore),
		cmocka_unit_test(stocks_are_dense_and_apart_by_lcore),
		cmocka_unit_test(flat_baselines_are_dense),
		cmocka_unit_test(shared_buckets_are_apart),
		cmocka_unit_test(all_have_the_batch_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
