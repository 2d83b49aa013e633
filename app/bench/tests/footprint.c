/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_jhash.h>
#include <rte_memzone.h>

#include <ration.h>

#include "baselines/backend.h"
#include "harness/progress.h"
#include "tests/test.h"

/**
 * @file
 * Memory per counter, and per counter and lcore, measured as growth of heap and memzones; and the
 * time to create, find by path and destroy many counters, compared with keys of rte_hash.
 */

#define COUNTERS 16384u
#define COUNTERS_QUICK 1024u
#define NAMES (1024u * 1024u)
#define NAMES_QUICK 2048u
#define NAME_SIZE 16
#define REPEATS 11

static void
add_zone(const struct rte_memzone *zone, void *sum)
{
	*(size_t *)sum += zone->len;
}

/* Heap and memzones in use. */
static size_t
memory_used(void)
{
	struct mallinfo2 heap = mallinfo2();
	size_t zones = 0;

	rte_memzone_walk(add_zone, &zones);
	return heap.uordblks + heap.hblkhd + zones;
}

struct footprint {
	double tree; /**< Bytes of a tree, including memory for its lcores. */
	double join; /**< Additional bytes after one lcore has joined. */
};

static int
measure_tree(const struct backend *impl, uint32_t counters, uint32_t lcores,
	     struct footprint *result)
{
	const struct backend_tree tree = {
		.counters = counters, .depth = 1, .max = RATION_UNLIMITED, .lcores = lcores};
	size_t before = memory_used();
	void *self = impl->create(&tree), *ctx;

	if (self == NULL)
		return -1;
	result->tree = (double)memory_used() - (double)before;
	before = memory_used();
	ctx = impl->join(self, 0);
	result->join = (double)memory_used() - (double)before;
	if (ctx != NULL)
		impl->leave(ctx);
	impl->destroy(self);
	return ctx == NULL ? -1 : 0;
}

static void
add_row(struct bench *b, const struct backend *impl, const char *name, uint32_t counters,
	double bytes)
{
	struct row *row = results_row(&b->results, impl->name, name, "bytes",
				      json_pack("{s:i}", "counters", (int)counters));

	samples_add(&row->samples, bytes > 0 ? bytes : 0);
	results_close_row(row);
}

/* Some backends allocate the memory of lcores with the tree, others when an lcore joins. */
static int
measure_memory(struct bench *b, const struct backend *impl)
{
	uint32_t nb = b->quick ? COUNTERS_QUICK : COUNTERS;
	struct footprint once, twice, two;
	double per_lcore;

	if (measure_tree(impl, nb, 1, &once) < 0 || measure_tree(impl, 2 * nb, 1, &twice) < 0 ||
	    measure_tree(impl, nb, 2, &two) < 0)
		return -1;
	per_lcore = (twice.join - once.join + two.tree - once.tree) / nb;
	if (once.join == 0) /* The memory of all lcores is part of the tree. */
		add_row(b, impl, "memory of a counter", nb,
			(twice.tree - once.tree) / nb - per_lcore);
	else
		add_row(b, impl, "memory of a counter", nb, (twice.tree - once.tree) / nb);
	add_row(b, impl, "memory of a counter on an lcore", nb, per_lcore);
	return 0;
}

struct names {
	uint32_t nb;
	char (*name)[NAME_SIZE];
	uint64_t *handles;
};

static int
make_names(struct names *n, uint32_t nb)
{
	uint32_t i;

	n->nb = nb;
	n->name = calloc(nb, sizeof(*n->name));
	n->handles = calloc(nb, sizeof(*n->handles));
	if (n->name == NULL || n->handles == NULL) {
		warn("footprint: %u names", nb);
		return -1;
	}
	for (i = 0; i < nb; i++)
		snprintf(n->name[i], NAME_SIZE, "c%u", i);
	return 0;
}

/* Each step is done for all names before the next step. @return true on success */

static bool
create_counters(void *domain, struct names *n)
{
	ration_counter_t root = ration_domain_root(domain);
	bool good = true;
	uint32_t i;

	for (i = 0; i < n->nb; i++) {
		n->handles[i] = ration_counter_create(domain, root, n->name[i], NULL);
		good = good && n->handles[i] != RATION_COUNTER_NONE;
	}
	return good;
}

static bool
find_counters(void *domain, struct names *n)
{
	bool good = true;
	uint32_t i;

	for (i = 0; i < n->nb; i++)
		good = good && ration_counter_find(domain, n->name[i]) == n->handles[i];
	return good;
}

static bool
destroy_counters(void *domain, struct names *n)
{
	bool good = true;
	uint32_t i;

	for (i = 0; i < n->nb; i++)
		good = ration_counter_destroy(domain, n->handles[i], 0) == 0 && good;
	return good;
}

/* The same key and table that libration uses: parent and name. */
struct key {
	uint32_t parent;
	char name[RATION_COUNTER_NAMESIZE];
};

static struct key
key_of(const struct names *n, uint32_t i)
{
	struct key key = {0};

	strncpy(key.name, n->name[i], sizeof(key.name) - 1);
	return key;
}

static bool
add_keys(void *hash, struct names *n)
{
	struct key key;
	bool good = true;
	uint32_t i;

	for (i = 0; i < n->nb; i++) {
		key = key_of(n, i);
		good = rte_hash_add_key_data(hash, &key, (void *)(uintptr_t)i) == 0 && good;
	}
	return good;
}

static bool
look_up_keys(void *hash, struct names *n)
{
	struct key key;
	bool good = true;
	void *value;
	uint32_t i;

	for (i = 0; i < n->nb; i++) {
		key = key_of(n, i);
		good = rte_hash_lookup_data(hash, &key, &value) >= 0 && good;
	}
	return good;
}

static bool
delete_keys(void *hash, struct names *n)
{
	struct key key;
	bool good = true;
	uint32_t i;

	for (i = 0; i < n->nb; i++) {
		key = key_of(n, i);
		good = rte_hash_del_key(hash, &key) >= 0 && good;
	}
	return good;
}

enum {
	CREATE,
	FIND,
	DESTROY,
	ALL,
	NB_STEPS
};

static const char *const steps[NB_STEPS] = {"create", "find", "destroy", "create, find, destroy"};

/** The steps of one implementation, and their rows. */
struct names_line {
	const char *impl;
	void *self; /**< A domain, or a hash table. */
	bool (*step[ALL])(void *self, struct names *n);
	struct row *rows[NB_STEPS];
};

static int
take_steps(struct bench *b, struct names_line *l, struct names *n, bool warm)
{
	uint64_t times[ALL + 1];
	uint32_t i;

	times[0] = rte_rdtsc_precise();
	for (i = 0; i < ALL; i++) {
		if (!l->step[i](l->self, n)) {
			warnx("footprint: %s, %s: a name was refused or not found: %s", l->impl,
			      steps[i], rte_strerror(rte_errno));
			return -1;
		}
		times[i + 1] = rte_rdtsc_precise();
	}
	for (i = 0; i < ALL && warm; i++)
		samples_add(&l->rows[i]->samples, bench_ns(b, times[i + 1] - times[i]) / n->nb);
	if (warm)
		samples_add(&l->rows[ALL]->samples, bench_ns(b, times[ALL] - times[0]) / n->nb);
	return 0;
}

static void
add_names_rows(struct bench *b, struct names_line *l, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < NB_STEPS; i++)
		l->rows[i] = results_row(&b->results, l->impl, steps[i], "ns/counter",
					 json_pack("{s:i}", "counters", (int)nb));
}

static void
add_names_ratios(struct bench *b, const struct names_line *ours, const struct names_line *baseline,
		 uint32_t nb)
{
	static const char *const names[NB_STEPS] = {
		"create 1 Mi counters: ration / rte_hash", "find 1 Mi counters: ration / rte_hash",
		"destroy 1 Mi counters: ration / rte_hash",
		"create, find, destroy 1 Mi counters: ration / rte_hash"};
	uint32_t i;

	for (i = 0; i < NB_STEPS; i++) {
		results_close_row(ours->rows[i]);
		results_close_row(baseline->rows[i]);
		results_ratio(&b->results, names[i], ours->rows[i], baseline->rows[i],
			      i == ALL && nb == NAMES ? 3 : 0);
	}
}

/* Both take turns. The first repeat is a warm-up. */
static int
time_names(struct bench *b, struct ration_domain *d, struct rte_hash *h, struct names *n)
{
	struct names_line ours = {
		"ration", d, {create_counters, find_counters, destroy_counters}, {NULL}};
	struct names_line baseline = {"rte_hash", h, {add_keys, look_up_keys, delete_keys}, {NULL}};
	uint32_t repeat;

	add_names_rows(b, &ours, n->nb);
	add_names_rows(b, &baseline, n->nb);
	for (repeat = 0; repeat <= REPEATS && !bench_stops(b); repeat++) {
		progress("footprint", repeat, REPEATS + 1);
		if (take_steps(b, &ours, n, repeat > 0) < 0 ||
		    take_steps(b, &baseline, n, repeat > 0) < 0)
			return -1;
	}
	progress("footprint", repeat, repeat);
	add_names_ratios(b, &ours, &baseline, n->nb);
	return 0;
}

/* Without enough memory there is no figure, and the ratio is "not measured". */
static int
measure_names(struct bench *b)
{
	struct names n = {0};
	uint32_t nb = b->quick ? NAMES_QUICK : NAMES;
	const struct ration_domain_params params = {
		.max_counters = nb + 1, .max_members = 1, .socket_id = SOCKET_ID_ANY};
	const struct rte_hash_parameters hash = {.name = "bench-footprint",
						 .entries = nb,
						 .key_len = sizeof(struct key),
						 .hash_func = rte_jhash,
						 .extra_flag = RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
						 .socket_id = SOCKET_ID_ANY};
	struct ration_domain *d = ration_domain_create("bench-footprint", &params);
	struct rte_hash *h = d == NULL ? NULL : rte_hash_create(&hash);
	int rc = 0;

	if (h == NULL) {
		warnx("footprint: no memory for %u counters and keys, left out", nb);
		results_ratio(&b->results, "create, find, destroy 1 Mi counters: ration / rte_hash",
			      NULL, NULL, 3);
	} else {
		rc = make_names(&n, nb);
		if (rc == 0)
			rc = time_names(b, d, h, &n);
	}
	rte_hash_free(h);
	ration_domain_free(d);
	free(n.name);
	free(n.handles);
	return rc;
}

static int
run_footprint(struct bench *b)
{
	static const struct backend *const impls[] = {&backend_ration, &backend_atomic_tree,
						      &backend_stock_v3, &backend_stock_v4,
						      &backend_limit_counter};
	const struct row_key ours = {"ration", "memory of a counter on an lcore", 0, 0, 0};
	const struct row_key v3 = {"stock-v3", "memory of a counter on an lcore", 0, 0, 0};
	uint32_t i;
	int rc = 0;

	for (i = 0; i < RTE_DIM(impls) && rc == 0; i++)
		rc = measure_memory(b, impls[i]);
	if (rc == 0) {
		add_row(b, &backend_ration, "memory touched by a stock hit", 1,
			sizeof(struct ration_stock));
		results_value(&b->results, "memory of a counter on an lcore: bytes",
			      results_find(&b->results, &ours), 8);
		results_ratio(&b->results, "memory of a counter on an lcore: ration / stock-v3",
			      results_find(&b->results, &ours), results_find(&b->results, &v3), 0);
	}
	return rc < 0 || bench_stops(b) ? rc : measure_names(b);
}

const struct bench_test test_footprint = {
	.name = "footprint",
	.summary = "memory, and time to create, find and destroy counters",
	.nb_lcores = 1,
	.run = run_footprint,
};
