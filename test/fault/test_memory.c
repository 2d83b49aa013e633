/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Allocations that fail: the call returns an error, nothing leaks, and the domain still works. */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

/* A domain of this many counters takes half of EAL's memory, an lcore area some 3 MB. */
#define COUNTERS 150000

/* Memory that was taken, in a chain. */
struct chunk {
	struct chunk *next;
};

static struct chunk *chunks;

static void
take_away_all_of(size_t size)
{
	struct chunk *c;

	while ((c = rte_malloc(NULL, size, 0)) != NULL) {
		c->next = chunks;
		chunks = c;
	}
}

/* Take almost all of EAL's memory. */
static void
take_away_memory(void)
{
	size_t size;

	for (size = 1 << 20; size >= 1 << 10; size /= 2)
		take_away_all_of(size);
}

static uint32_t
give_back_memory(uint32_t nb)
{
	struct chunk *c;

	for (; nb > 0 && chunks != NULL; nb--) {
		c = chunks;
		chunks = c->next;
		rte_free(c);
	}
	return nb;
}

static void
count_zone(const struct rte_memzone *mz, void *arg)
{
	(void)mz;
	++*(uint32_t *)arg;
}

/* EAL's memory in use: bytes and number of allocations. */
struct in_use {
	size_t bytes;
	uint32_t pieces;
	uint32_t zones;
};

static struct in_use
look(void)
{
	struct rte_malloc_socket_stats stats;
	struct in_use u = {.bytes = 0};

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	u.bytes = stats.heap_allocsz_bytes;
	u.pieces = stats.alloc_count;
	rte_memzone_walk(count_zone, &u.zones);
	return u;
}

static void
assert_as_before(struct in_use before)
{
	const struct in_use now = look();

	assert_int_equal(now.zones, before.zones);
	assert_int_equal(now.pieces, before.pieces);
	assert_int_equal(now.bytes, before.bytes);
}

/* Log output of a domain creation that fails. */
static void
assert_refused(const struct ration_domain_params *params, const char *words)
{
	const struct in_use before = look();
	size_t size;
	char *text;
	FILE *log = open_memstream(&text, &size);

	assert_non_null(log);
	assert_int_equal(rte_openlog_stream(log), 0);
	assert_errno(NULL, ration_domain_create("large", params), ENOMEM);
	rte_openlog_stream(NULL);
	fclose(log);
	if (strstr(text, "large") == NULL || strstr(text, words) == NULL)
		fail_msg("the log says \"%s\"", text);
	free(text);
	assert_as_before(before);
	assert_errno(NULL, ration_domain_lookup("large"), ENOENT);
}

static void
a_domain_too_large_is_refused_with_a_message(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = RATION_COUNTERS_MAX,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)state;
	assert_refused(&params, "no memory for 4");
}

static void
a_domain_without_memory_for_its_secondaries_is_refused(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = COUNTERS,
		.max_members = 100,
		.secondary_members = 100,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)state;
	assert_refused(&params, "lcore area of member");
}

static void
a_domain_is_created_or_refused_at_any_amount_of_memory(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 20000,
		.max_members = 8,
		.secondary_members = 2,
		.socket_id = SOCKET_ID_ANY,
	};
	struct ration_domain *d = NULL;
	struct in_use before;
	uint32_t refused = 0;

	(void)state;
	before = look();
	take_away_memory();
	while (d == NULL) {
		const struct in_use now = look();

		d = ration_domain_create("tight", &params);
		if (d != NULL)
			break;
		assert_int_equal(rte_errno, ENOMEM);
		assert_as_before(now);
		refused++;
		assert_int_equal(give_back_memory(1), 0);
	}
	assert_true(refused > 2);
	assert_int_equal(ration_domain_free(d), 0);
	give_back_memory(UINT32_MAX);
	assert_as_before(before);
}

static void
a_failed_register_leaves_the_member_entry_free(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = COUNTERS,
		.max_members = 1,
		.socket_id = SOCKET_ID_ANY,
	};
	struct ration_domain *d = ration_domain_create("register", &params);
	struct ration_lcore *lc;
	struct in_use before;
	ration_counter_t c;

	(void)state;
	assert_non_null(d);
	c = make_counter(d, ration_domain_root(d), "c", 10, 4);
	before = look();
	take_away_memory();
	rte_errno = 0;
	assert_null(ration_lcore_register(d));
	assert_int_equal(rte_errno, ENOMEM);
	assert_int_equal(MEMBER_STATE(d->members[0].state), MEMBER_FREE);
	assert_int_equal(ration_nb_online(d), 0);
	/* The shared lcore area needs no new memory. */
	lc = ration_lcore_self(d);
	assert_ptr_equal(lc, ration_lcore_shared(d));
	assert_int_equal(ration_try_charge(lc, c, 3), 0);
	assert_int_equal(ration_drain(d, c, 0, NULL), 0);
	assert_int_equal(ration_uncharge(lc, c, 3), 0);
	give_back_memory(UINT32_MAX);
	assert_as_before(before);
	lc = ration_lcore_register(d);
	assert_non_null(lc);
	assert_int_equal(lc->member_id, 0);
	assert_int_equal(ration_try_charge(lc, c, 3), 0);
	assert_int_equal(ration_uncharge(lc, c, 3), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_sound(d);
	assert_int_equal(ration_domain_free(d), 0);
}

int
main(void)
{
	const struct CMUnitTest memory[] = {
		cmocka_unit_test(a_domain_too_large_is_refused_with_a_message),
		cmocka_unit_test(a_domain_without_memory_for_its_secondaries_is_refused),
		cmocka_unit_test(a_domain_is_created_or_refused_at_any_amount_of_memory),
		cmocka_unit_test(a_failed_register_leaves_the_member_entry_free),
	};

	if (test_eal_start("memory", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(memory, NULL, NULL));
}
