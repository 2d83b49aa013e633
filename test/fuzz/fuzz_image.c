/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A process reads a damaged domain: a peer has written to wrong addresses, has died during a
 * change, or has another version. Either the domain is refused, or every call that only reads
 * returns, and reads no memory outside the domain.
 * The target creates one good domain with two members; each input gets copies of its zones in
 * memory of exactly their size. The input is a list of changes before and after the lookup. After
 * it, all memory may change except the header of the domain, which the lookup has checked.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_memzone.h>

#include "fuzz.h"
#include "ration_pvt.h"

#define NAME "image"
#define COUNTERS 12
#define LCORES 3
#define AREAS 2
#define ZONES (1 + AREAS)
#define CHANGES 24

/* The good zones, and the copies that replace them for an input. */
static const struct rte_memzone *good[ZONES];
static struct rte_memzone copies[ZONES];
static bool copied;

static ration_counter_t counters[COUNTERS];

/* -------------------------------------------- what the library asks of EAL */

const struct rte_memzone *__real_rte_memzone_lookup(const char *name);
const struct rte_memzone *__wrap_rte_memzone_lookup(const char *name);
enum rte_proc_type_t __wrap_rte_eal_process_type(void);

const struct rte_memzone *
__wrap_rte_memzone_lookup(const char *name)
{
	uint32_t i;

	if (!copied)
		return __real_rte_memzone_lookup(name);
	for (i = 0; i < ZONES; i++) {
		if (strcmp(copies[i].name, name) == 0)
			return &copies[i];
	}
	return NULL;
}

enum rte_proc_type_t
__wrap_rte_eal_process_type(void)
{
	return copied ? RTE_PROC_SECONDARY : RTE_PROC_PRIMARY;
}

/* --------------------------------------------------------- the good domain */

static const struct rte_memzone *
zone_of(uint32_t i)
{
	char name[RTE_MEMZONE_NAMESIZE] = "RATION_" NAME;
	const struct rte_memzone *mz;

	if (i > 0)
		snprintf(name, sizeof(name), "RATION_" NAME "#%u", i - 1);
	mz = rte_memzone_lookup(name);
	CLAIM(mz != NULL);
	return mz;
}

/* Siblings, and a path down to the deepest level. */
static uint32_t
parent_of(uint32_t i)
{
	if (i < 4)
		return 0;
	if (i == COUNTERS - 1)
		return 2;
	return i == 4 ? 1 : i - 1;
}

/* Both members have stock. */
static void
fill(struct ration_domain *d)
{
	const struct ration_counter_params params = {.max = 1000, .batch = 8};
	struct ration_lcore *lc[AREAS];
	char name[8];
	uint32_t i;

	for (i = 0; i < AREAS; i++)
		lc[i] = ration_lcore_register_extra(d);
	counters[0] = ration_domain_root(d);
	for (i = 1; i < COUNTERS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		counters[i] = ration_counter_create(d, counters[parent_of(i)], name, &params);
		CLAIM(counters[i] != RATION_COUNTER_NONE);
	}
	for (i = 0; i < COUNTERS; i++)
		CLAIM(ration_try_charge(lc[i % AREAS], counters[i], 3) == 0);
	CLAIM(ration_domain_verify(d, 1, stderr) == 0);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct ration_domain_params params = {
		.max_counters = COUNTERS,
		.max_members = LCORES,
		.secondary_members = 0,
	};
	struct ration_domain *d;
	uint32_t i;

	(void)argc;
	(void)argv;
	if (fuzz_eal_start("-m64") < 0)
		return -1;
	d = ration_domain_create(NAME, &params);
	CLAIM(d != NULL);
	fill(d);
	for (i = 0; i < ZONES; i++) {
		good[i] = zone_of(i);
		/* All bytes are copied, also those that AddressSanitizer protects. */
		ration_unpoison(good[i]->addr, good[i]->len);
	}
	return 0;
}

/* -------------------------------------------------------------- the damage */

static struct ration_domain *
domain(void)
{
	return copies[0].addr;
}

static void
make_copies(void)
{
	uint32_t i;

	for (i = 0; i < ZONES; i++) {
		copies[i] = *good[i];
		/* No page size: the lookup must not protect this memory, which changes after it. */
		copies[i].hugepage_sz = 0;
		copies[i].addr = aligned_alloc(RTE_CACHE_LINE_SIZE, good[i]->len);
		CLAIM(copies[i].addr != NULL);
		memcpy(copies[i].addr, good[i]->addr, good[i]->len);
	}
	for (i = 0; i < AREAS; i++)
		domain()->members[i].area_offset =
			(int64_t)((uintptr_t)copies[i + 1].addr - (uintptr_t)domain());
	copied = true;
}

static void
free_copies(void)
{
	uint32_t i;

	copied = false;
	for (i = 0; i < ZONES; i++)
		free(copies[i].addr);
}

/* Shorten a zone. Its former end must not be read. */
static void
truncate_zone(uint32_t zone, size_t length)
{
	void *shorter = aligned_alloc(RTE_CACHE_LINE_SIZE,
				      RTE_ALIGN_CEIL(length + 1, (size_t)RTE_CACHE_LINE_SIZE));

	CLAIM(shorter != NULL);
	memcpy(shorter, copies[zone].addr, length);
	free(copies[zone].addr);
	copies[zone].addr = shorter;
	copies[zone].len = length;
}

/* The links that readers follow: the most effective damage. */
static uint32_t *
link_word(uint32_t counter, uint32_t which)
{
	/* Offsets from the good domain, because the copy may be damaged. */
	const struct ration_domain *d = good[0]->addr;
	struct counter *c = (struct counter *)((uintptr_t)domain() + d->counters_offset);
	struct node *n = (struct node *)((uintptr_t)domain() + d->nodes_offset);

	c += counter % COUNTERS;
	n += counter % COUNTERS;
	switch (which % 8) {
	case 0:
		return &n->first_child;
	case 1:
		return &n->next;
	case 2:
		return &n->prev;
	case 3:
		return &n->nb_children;
	case 4:
		return &c->depth;
	case 5:
		return &c->ancestors[counter / COUNTERS % RATION_DEPTH_MAX];
	case 6:
		return &c->flags;
	default:
		return &c->gen;
	}
}

static size_t
place_in(const struct rte_memzone *mz, size_t from, uint32_t at, size_t size)
{
	return mz->len < from + size ? 0 : from + at % (mz->len - from - size + 1);
}

/* One change: zone, offset and value. The header of the domain does not change after the lookup. */
static void
change(struct fuzz_input *in, bool late)
{
	uint32_t kind = fuzz_byte(in), at = (uint32_t)fuzz_number(in, 2);
	uint32_t value = (uint32_t)fuzz_number(in, 4);
	uint32_t zone = kind / 8 % ZONES;
	size_t from = zone == 0 && late ? offsetof(struct ration_domain, members) : 0;
	uint8_t *bytes = copies[zone].addr;

	switch (kind % 8) {
	case 0:
	case 1:
		at = (uint32_t)place_in(&copies[zone], from, at, 1);
		if (at >= from)
			bytes[at] ^= (uint8_t)(1 << value % 8);
		return;
	case 2:
		at = (uint32_t)place_in(&copies[zone], from, at & ~3u, sizeof(value)) & ~3u;
		if (at >= from)
			memcpy(bytes + at, &value, sizeof(value));
		return;
	case 3: /* A process died during a change; invalid numbers of members. */
		if (at % 2 == 0)
			domain()->tree_seq ^= value;
		else
			domain()->nb_members = value;
		return;
	case 4:
		if (zone > 0)
			domain()->members[zone - 1].area_offset += (int64_t)(int32_t)value;
		return;
	default:
		*link_word(at, kind / 8) = value < UINT32_MAX - 3 ? value % (COUNTERS + 1) : value;
		return;
	}
}

/* ------------------------------------------------------------- the looking */

static FILE *sink;
static size_t written;

static ssize_t
count_bytes(void *cookie, const char *bytes, size_t size)
{
	(void)cookie;
	(void)bytes;
	written += size;
	return (ssize_t)size;
}

static void
look_at(const struct ration_domain *d, ration_counter_t c)
{
	char path[RATION_COUNTER_NAMESIZE * (RATION_DEPTH_MAX + 1)];
	struct ration_counter_info info;
	struct ration_reading reading;
	int rc;

	rc = ration_counter_path(d, c, path, sizeof(path));
	CLAIM(rc < 0 || strlen(path) == (size_t)rc);
	rc = ration_counter_get(d, c, &info);
	CLAIM(rc != 0 || info.depth <= RATION_DEPTH_MAX);
	CLAIM(rc != 0 || memchr(info.name, '\0', sizeof(info.name)) != NULL);
	rc = ration_read_sum(d, c, &reading);
	CLAIM(rc != 0 || reading.granted + reading.stock == reading.usage);
	ration_read(d, c, &reading);
}

/* Iterate from the root: a cycle would never end. */
static void
walk(const struct ration_domain *d)
{
	ration_counter_t c;
	uint32_t i = 0;

	for (c = ration_counter_next(d, RATION_COUNTER_NONE); c != RATION_COUNTER_NONE;
	     c = ration_counter_next(d, c)) {
		CLAIM(i++ < COUNTERS);
		look_at(d, c);
	}
}

static void
look(const struct ration_domain *d)
{
	static const char *const paths[] = {
		"", "c1", "c1/c4", "c2/c11", "c3/c11", "c1/c4/c5/c6/c7/c8/c9/c10",
	};
	const struct ration_lcore *lc;
	struct ration_lcore_stats stats;
	uint32_t i;

	walk(d);
	for (i = 0; i < COUNTERS; i++) {
		look_at(d, counters[i]);
		look_at(d, (counters[i] ^ UINT64_C(1) << 44) + i);
		ration_counter_next(d, counters[i]);
	}
	for (i = 0; i < RTE_DIM(paths); i++)
		look_at(d, ration_counter_find(d, paths[i]));
	for (i = 0; i <= LCORES; i++) {
		lc = ration_lcore_get(d, i);
		if (lc != NULL)
			ration_lcore_stats_get(lc, &stats);
	}
	ration_domain_verify(d, 0, sink);
	ration_domain_verify(d, 1, sink);
	ration_domain_dump(d, sink);
	fflush(sink);
	/* The dump has a few lines for each counter and lcore. */
	CLAIM(written < 256 * 1024);
	written = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input in = {.bytes = bytes, .left = size};
	const struct ration_domain *d;
	uint32_t i, early;
	uint8_t how;

	if (sink == NULL)
		sink = fopencookie(NULL, "w", (cookie_io_functions_t){.write = count_bytes});
	CLAIM(sink != NULL);
	make_copies();
	how = fuzz_byte(&in);
	early = fuzz_byte(&in) % CHANGES;
	for (i = 0; i < early && in.left > 0; i++)
		change(&in, false);
	if (how % 8 == 1)
		truncate_zone(0, fuzz_number(&in, 3) % good[0]->len);
	else if (how % 8 == 2)
		truncate_zone(1, fuzz_number(&in, 3) % good[1]->len);
	d = how & 8 ? ration_domain_observe(NAME, NULL) : ration_domain_lookup(NAME);
	for (i = 0; i < CHANGES && in.left > 0 && d != NULL; i++)
		change(&in, true);
	/* Readers wait seconds for a change that does not end: test_observe.c tests that once. */
	if (d != NULL)
		domain()->tree_seq &= ~1u;
	if (d != NULL)
		look(d);
	free_copies();
	return 0;
}
