/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* What a refused call logs: which parameter, which member, which counter. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

static char *text;
static size_t text_size;
static FILE *log_stream, *stream_before;

static void
capture(void)
{
	log_stream = open_memstream(&text, &text_size);
	assert_non_null(log_stream);
	stream_before = rte_log_get_stream();
	rte_openlog_stream(log_stream);
}

/* End the capture: there must be one line with all these parts. */
static void
assert_logged(const char *a, const char *b, const char *c)
{
	const char *parts[] = {a, b, c};
	unsigned int i;

	rte_openlog_stream(stream_before);
	fclose(log_stream);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	for (i = 0; i < RTE_DIM(parts); i++) {
		if (strstr(text, parts[i]) == NULL)
			fail_msg("\"%s\" is not in: %s", parts[i], text);
	}
	free(text);
}

static void
create_names_the_parameter_of_a_counter(void **state)
{
	static const struct {
		struct ration_counter_params params;
		const char *says;
	} bad[] = {
		{{.max = RATION_UNLIMITED + 1}, "max is 9223372036854775808"},
		{{.batch = RATION_BATCH_MAX + 1}, "batch is 524288, the maximum is 524287"},
		{{.flags = RATION_COUNTER_FLAGS | 1u << 7}, "unknown flags 0x80"},
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad); i++) {
		capture();
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, "gold", &bad[i].params), EINVAL);
		assert_logged(ration_domain_name(f->d), "create counter gold: ", bad[i].says);
	}
}

static void
create_says_what_is_wrong_with_a_name(void **state)
{
	struct fixture *f = *state;

	capture();
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, "a/b", NULL),
		     EINVAL);
	assert_logged(ration_domain_name(f->d),
		      "create counter \"a/b\": ", "the name contains '/'");
	capture();
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, "a\nb", NULL),
		     EINVAL);
	assert_logged("create counter \"a\\u000ab\": ", "the name ", "control");
	capture();
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, NULL, NULL), EINVAL);
	assert_logged("create counter \"\": ", "the name ", "");
}

static void
create_names_the_parameter_of_a_domain(void **state)
{
	static const struct {
		struct ration_domain_params params;
		const char *says;
	} bad[] = {
		{{.max_counters = RATION_COUNTERS_MAX + 1}, "max_counters is 16777217"},
		{{.max_members = RATION_MEMBERS_MAX + 1}, "max_members is 129, the maximum is 128"},
		{{.max_members = 3, .secondary_members = 4}, "secondary_members is 4, the maximum"},
		{{.max = RATION_UNLIMITED + 1}, "max is 9223372036854775808"},
		{{.idle_us = UINT32_MAX}, "idle_us is 4294967295, the maximum is 3600000000"},
		{{.socket_id = -2}, "socket_id is -2"},
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		capture();
		assert_errno(NULL, ration_domain_create("bad", &bad[i].params), EINVAL);
		assert_logged("domain bad: ", "create: ", bad[i].says);
	}
	capture();
	assert_errno(NULL, ration_domain_create("a b", NULL), EINVAL);
	assert_logged("domain", "the name must be", "[A-Za-z0-9_.-]");
}

static void
changes_name_the_parameter_and_the_counter(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "edge", 100, 0);
	ration_counter_t c = make_counter(f->d, p, "gold", 100, 0);

	capture();
	assert_int_equal(ration_counter_set_max(f->d, c, RATION_UNLIMITED + 1, 0), -EINVAL);
	assert_logged("set_max of edge/gold: ", "max is 9223372036854775808",
		      "the maximum is 9223372036854775807");
	capture();
	assert_int_equal(ration_counter_set_max(f->d, c, 1, 1u << 9), -EINVAL);
	assert_logged("set_max of edge/gold: ", "unknown flags 0x200", "");
	capture();
	assert_int_equal(ration_counter_set_batch(f->d, p, RATION_BATCH_MAX + 1), -EINVAL);
	assert_logged("set_batch of edge: ", "batch is 524288", "the maximum is 524287");
	capture();
	assert_int_equal(ration_counter_set_batch_max(f->d, p, RATION_BATCH_MAX + 1), -EINVAL);
	assert_logged("set_batch_max of edge: ", "batch_max is 524288", "the maximum is 524287");
	capture();
	assert_int_equal(ration_counter_set_min(f->d, c, RATION_UNLIMITED + 1), -EINVAL);
	assert_logged("set_min of edge/gold: ", "min is 9223372036854775808",
		      "the maximum is 9223372036854775807");
	capture();
	assert_int_equal(ration_counter_set_low(f->d, p, RATION_UNLIMITED + 1), -EINVAL);
	assert_logged("set_low of edge: ", "low is 9223372036854775808",
		      "the maximum is 9223372036854775807");
	capture();
	assert_int_equal(ration_counter_destroy(f->d, f->root, 1u << 8), -EINVAL);
	assert_logged("destroy of (root): ", "unknown flags 0x100", "");
}

static void
the_domain_too_many_is_named(void **state)
{
	struct ration_domain *d[RATION_DOMAINS_MAX];
	char name[RATION_DOMAIN_NAMESIZE];
	unsigned int i;

	(void)state;
	for (i = 0; i < RATION_DOMAINS_MAX; i++) {
		snprintf(name, sizeof(name), "d%u", i);
		d[i] = ration_domain_create(name, NULL);
		assert_non_null(d[i]);
	}
	capture();
	assert_errno(NULL, ration_domain_create("another", NULL), ENOSPC);
	assert_logged("domain another: ", "the process has 16 domains", "the maximum");
	for (i = 0; i < RATION_DOMAINS_MAX; i++)
		assert_int_equal(ration_domain_free(d[i]), 0);
}

static void
free_names_the_member_that_is_left(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *d = ration_domain_create("busy", NULL);
	struct ration_lcore *lc = ration_lcore_register(d);
	char thread[64];

	(void)f;
	snprintf(thread, sizeof(thread), "thread %" PRId32 " of process %" PRId32,
		 ration_this_thread(), (int32_t)getpid());
	capture();
	assert_int_equal(ration_domain_free(d), -EBUSY);
	assert_logged("domain busy is not freed: member 0 is registered", "lcore 0", thread);
	assert_int_equal(ration_lcore_offline(lc), 0);
	capture();
	assert_int_equal(ration_domain_free(d), -EBUSY);
	assert_logged("domain busy is not freed: member 0 is registered", "it is offline", thread);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static int
register_in(void *d)
{
	return ration_lcore_register(d) != NULL ? 17 : -1;
}

static void *
free_busy(void *d)
{
	assert_int_equal(ration_domain_free(d), -EBUSY);
	return NULL;
}

/* Only the main lcore can launch a worker; from another thread the log says so. */
static void
free_names_a_worker_in_wait(void **state)
{
	struct ration_domain *d = ration_domain_create("wait", NULL);
	pthread_t other;

	(void)state;
	assert_int_equal(test_launch(register_in, d, 1), 0);
	assert_int_equal(test_wait(1), 17);
	capture();
	assert_int_equal(pthread_create(&other, NULL, free_busy, d), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_logged("domain wait is not freed: member 0 is registered", "lcore 1",
		      "free the domain on the main lcore");
	assert_int_equal(ration_domain_free(d), 0);
	assert_int_equal(test_wait(1), 17);
}

static void
many_members_that_are_left_are_counted(void **state)
{
	struct ration_domain *d = ration_domain_create("crowded", NULL);
	struct ration_lcore *lc[11];
	const char *line;
	unsigned int i, lines = 0;

	(void)state;
	for (i = 0; i < RTE_DIM(lc); i++) {
		lc[i] = ration_lcore_register_extra(d);
		assert_non_null(lc[i]);
	}
	capture();
	assert_int_equal(ration_domain_free(d), -EBUSY);
	rte_openlog_stream(stream_before);
	fclose(log_stream);
	for (line = text; (line = strchr(line, '\n')) != NULL; line++)
		lines++;
	assert_int_equal(lines, 9);
	assert_non_null(strstr(text, "member 7 is registered"));
	assert_null(strstr(text, "member 8 is registered"));
	assert_non_null(strstr(text, "3 more members are registered"));
	free(text);
	for (i = 0; i < RTE_DIM(lc); i++)
		assert_int_equal(ration_lcore_unregister(lc[i]), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
charge_one(struct ration_lcore *lc, void *arg)
{
	const ration_counter_t *c = arg;

	assert_int_equal(ration_try_charge(lc, *c, 1), 0);
}

static void
a_drain_that_times_out_names_the_path(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "edge", 100000, 64);
	ration_counter_t c = make_counter(f->d, p, "gold", 100000, 64);
	struct actor *a = &f->actors[0];

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	actor_poll(a, false);
	assert_true(actor_do(a, charge_one, &c));
	rte_log_set_level_pattern("lib.ration", RTE_LOG_WARNING);
	capture();
	assert_int_equal(ration_drain(f->d, c, 1, NULL), -ETIMEDOUT);
	assert_logged("did not answer a drain of counter edge/gold", "member 0", "(lcore -1)");
	rte_log_set_level_pattern("lib.ration", RTE_LOG_ERR);
}

static void
a_path_for_the_log_is_complete(void **state)
{
	struct fixture *f = *state;
	char path[RATION_PATH_SIZE], name[RATION_COUNTER_NAMESIZE], expected[RATION_PATH_SIZE] = "";
	ration_counter_t c = f->root;
	unsigned int i;

	assert_string_equal(ration_path_text(f->d, 0, path), "(root)");
	for (i = 0; i < RATION_DEPTH_MAX; i++) {
		memset(name, 'a' + (int)i, sizeof(name) - 1);
		name[sizeof(name) - 1] = '\0';
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%s%s",
			 i > 0 ? "/" : "", name);
		c = make_counter(f->d, c, name, 1, 0);
		assert_string_equal(ration_path_text(f->d, c, path), expected);
	}
}

/* Nothing is read from the entry of a counter that is gone: it may be that of another one. */
static void
a_stale_handle_is_named_by_its_number(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "gone", 1, 0), other;
	unsigned int i = 0;
	char path[RATION_PATH_SIZE], expected[RATION_PATH_SIZE];

	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	do {
		snprintf(path, sizeof(path), "next%u", i++);
		other = make_counter(f->d, f->root, path, 1, 0);
	} while ((uint32_t)other != (uint32_t)c);
	snprintf(expected, sizeof(expected), "(stale handle 0x%016" PRIx64 ")", c);
	assert_string_equal(ration_path_text(f->d, c, path), expected);
	assert_string_equal(ration_path_text(f->d, f->d->max_counters, path),
			    "(stale handle 0x0000000000000400)");
	capture();
	assert_int_equal(ration_counter_set_max(f->d, c, RATION_UNLIMITED + 1, 0), -EINVAL);
	assert_logged("set_max of ", expected, "max is 9223372036854775808");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_domain(create_names_the_parameter_of_a_counter),
		in_domain(create_says_what_is_wrong_with_a_name),
		cmocka_unit_test(create_names_the_parameter_of_a_domain),
		in_domain(changes_name_the_parameter_and_the_counter),
		cmocka_unit_test(the_domain_too_many_is_named),
		in_domain(free_names_the_member_that_is_left),
		cmocka_unit_test(free_names_a_worker_in_wait),
		cmocka_unit_test(many_members_that_are_left_are_counted),
		in_domain(a_drain_that_times_out_names_the_path),
		in_domain(a_path_for_the_log_is_complete),
		in_domain(a_stale_handle_is_named_by_its_number),
	};

	if (test_eal_start("messages", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
