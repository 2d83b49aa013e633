/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* What a person reads: names of enumerations, members, and the dumps of domains and reports. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* Everything is named, with a name of its own; nothing else is. */
#define assert_named(function, last)                                                               \
	do {                                                                                       \
		int i_, j_;                                                                        \
		for (i_ = 0; i_ <= (int)(last); i_++) {                                            \
			assert_string_not_equal(function(i_), "unknown");                          \
			for (j_ = 0; j_ < i_; j_++)                                                \
				assert_string_not_equal(function(i_), function(j_));               \
		}                                                                                  \
		assert_string_equal(function((int)(last) + 1), "unknown");                         \
		assert_string_equal(function(-1), "unknown");                                      \
		assert_string_equal(function(INT32_MAX), "unknown");                               \
	} while (0)

static void
every_value_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_named(ration_drain_engine_name, RATION_DRAIN_DEAD);
	assert_named(ration_drain_status_name, RATION_DRAIN_TIMEDOUT);
	assert_named(ration_drain_reason_name, RATION_DRAIN_REASON_WALK);
	assert_named(ration_member_state_name, RATION_MEMBER_DEAD);
	assert_string_equal(ration_drain_engine_name(RATION_DRAIN_MAILBOX), "mailbox");
	assert_string_equal(ration_drain_status_name(RATION_DRAIN_TIMEDOUT), "timedout");
	assert_string_equal(ration_drain_reason_name(RATION_DRAIN_REASON_WAIT), "wait");
	assert_string_equal(ration_member_state_name(RATION_MEMBER_UNREAPED), "unreaped");
	assert_string_equal(ration_counter_flag_name(RATION_COUNTER_DIRECT), "direct");
	assert_string_equal(ration_counter_flag_name(RATION_COUNTER_OFFLINE), "offline");
	assert_string_equal(ration_counter_flag_name(0), "unknown");
	assert_string_equal(ration_counter_flag_name(1u << 31), "unknown");
	assert_string_equal(
		ration_counter_flag_name(RATION_COUNTER_DIRECT | RATION_COUNTER_OFFLINE),
		"unknown");
}

static struct ration_member_info
member_of(const struct ration_domain *d, uint32_t member_id)
{
	struct ration_member_info info;

	assert_int_equal(ration_member_get(d, member_id, &info), 0);
	assert_int_equal(info.member_id, member_id);
	return info;
}

static void
a_member_is_shown_in_each_state(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 1000, 8);
	ration_counter_t b = make_counter(f->d, f->root, "b", 1000, 16);
	uint32_t id = f->lc[0]->member_id;
	struct ration_member_info m;

	assert_int_equal(ration_try_charge(f->lc[0], a, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 1), 0);
	m = member_of(f->d, id);
	assert_int_equal(m.state, RATION_MEMBER_ONLINE);
	assert_int_equal(m.lcore_id, rte_lcore_id());
	assert_int_equal(m.pid, getpid());
	assert_int_equal(m.tid, gettid());
	assert_int_equal(m.nb_stocks, 2);
	assert_int_equal(m.stock, stock_of(f->d, f->root));
	assert_int_equal(m.stock, 8 + 16);
	assert_int_equal(m.stats.refills, 2);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	m = member_of(f->d, id);
	assert_int_equal(m.state, RATION_MEMBER_OFFLINE);
	assert_int_equal(m.nb_stocks, 0);
	assert_int_equal(m.stock, 0);
	assert_int_equal(ration_lcore_unregister(f->lc[0]), 0);
	f->lc[0] = NULL;
	m = member_of(f->d, id);
	assert_int_equal(m.state, RATION_MEMBER_FREE);
	assert_int_equal(m.pid, 0);
	assert_int_equal(m.stats.refills, 0);
}

static void
a_loop_over_the_members_ends(void **state)
{
	struct fixture *f = *state;
	struct ration_member_info m;
	uint32_t i;

	for (i = 0; ration_member_get(f->d, i, &m) == 0; i++)
		assert_int_equal(m.state, i == f->lc[0]->member_id ? RATION_MEMBER_ONLINE
								   : RATION_MEMBER_FREE);
	assert_int_equal(i, 8);
	assert_int_equal(ration_member_get(f->d, i, &m), -ENOENT);
	assert_int_equal(ration_member_get(f->d, UINT32_MAX, &m), -ENOENT);
	assert_int_equal(ration_member_get(f->d, 0, NULL), -EINVAL);
}

static void
a_corrupted_member_is_not_shown(void **state)
{
	struct fixture *f = *state;
	struct member *m = &f->d->members[f->lc[0]->member_id];
	uint64_t word = ration_load(&m->state, relaxed);
	int64_t offset = ration_load(&m->area_offset, relaxed);
	struct ration_member_info info;

	ration_store(&m->state, MEMBER_WORD(1, 0, MEMBER_DEAD + 1), relaxed);
	assert_int_equal(ration_member_get(f->d, f->lc[0]->member_id, &info), -EPROTO);
	ration_store(&m->state, word, relaxed);
	ration_store(&m->area_offset, offset + 64, relaxed);
	assert_int_equal(ration_member_get(f->d, f->lc[0]->member_id, &info), -EPROTO);
	ration_store(&m->area_offset, offset, relaxed);
}

static char *
dump_of(const struct ration_domain *d)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	ration_domain_dump(d, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
assert_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (at == NULL || (at != text && at[-1] != '\n') || at[strlen(line)] != '\n')
		fail_msg("the line '%s' is not in:\n%s", line, text);
}

/* A state in which all figures differ. */
static void
a_dump_is_complete(void **state)
{
	const struct ration_counter_params direct = {
		.max = 5000, .batch = RATION_BATCH_ZERO, .flags = RATION_COUNTER_DIRECT};
	struct fixture *f = *state;
	ration_counter_t edge = ration_counter_create(f->d, f->root, "edge", &direct), gold;
	char line[512], *text;
	unsigned int i;

	gold = make_counter(f->d, edge, "gold", 1000, 16);
	assert_int_equal(ration_try_charge(f->lc[0], gold, 100), 0);
	assert_int_equal(ration_try_charge(f->lc[0], edge, 7), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(ration_try_charge(f->lc[0], gold, 2000), -EDQUOT);
	for (i = 0; i < 2; i++)
		assert_int_equal(ration_try_charge(f->lc[0], edge, 6000), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], gold, 950), -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], edge, 6000), -ERANGE);
	text = dump_of(f->d);
	snprintf(line, sizeof(line),
		 "domain %s: at most 1024 counters, 8 members (0 for secondary processes)",
		 ration_domain_name(f->d));
	assert_line(text, line);
	assert_line(text, "timeout_us 2000000 drain_work 256 idle_us 0 stock_share unlimited "
			  "online 1 offline_counters 0");
	assert_line(text, "counter (root)                   usage 123 granted 107 stock 16 "
			  "max unlimited watermark 123 batch 0 batch_max 0 failures 0 refused 0 "
			  "forced 0 rejected 0 children 1");
	assert_line(text, "counter edge                     usage 123 granted 107 stock 16 "
			  "max 5000 watermark 123 batch 0 batch_max 0 failures 2 refused 2 "
			  "forced 0 rejected 1 children 1 direct");
	assert_line(text, "counter edge/gold                usage 116 granted 100 stock 16 "
			  "max 1000 watermark 116 batch 16 batch_max 16 failures 4 refused 4 "
			  "forced 0 rejected 0 children 0");
	snprintf(line, sizeof(line),
		 "member %u lcore %u pid %d tid %d online stock 16 in 1 entries refills 2 trims 0 "
		 "refusals 6 forced 0 drains 0 drained 0 idle 0 rejected 1",
		 f->lc[0]->member_id, rte_lcore_id(), getpid(), gettid());
	assert_line(text, line);
	free(text);
}

static void
a_dump_shows_what_is_in_progress(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 16);
	uint32_t round;
	int drainer;
	char *text;

	drainer = ration_gate_open(f->d, (uint32_t)c, &round);
	assert_int_equal(drainer, 0);
	ration_counter_change_flags(ration_resolve(f->d, c), COUNTER_DYING, 0);
	text = dump_of(f->d);
	assert_line(text, "drain 0 of counter c");
	assert_non_null(strstr(text, "children 0 dying\n"));
	free(text);
	ration_counter_change_flags(ration_resolve(f->d, c), 0, COUNTER_DYING);
	ration_gate_close(f->d, drainer);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_KEEP_UNITS), 0);
	text = dump_of(f->d);
	assert_non_null(strstr(text, "offline_counters 1\n"));
	assert_non_null(strstr(text, "children 0 offline\n"));
	free(text);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

/* The name in damaged memory may be anything. */
static void
a_dump_controls_no_terminal(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 16);
	char *text;

	strcpy(ration_node_at(f->d, (uint32_t)c)->name, "a\x1b[31m\xe2\x80\xae\xff");
	text = dump_of(f->d);
	assert_non_null(strstr(text, "counter a\\u001b[31m\\u202e\\xff "));
	assert_null(strchr(text, '\x1b'));
	free(text);
	strcpy(ration_node_at(f->d, (uint32_t)c)->name, "c");
}

static void
a_report_is_dumped_with_all_its_rows(void **state)
{
	struct ration_drain_row rows[] = {
		{3, 5, RATION_DRAIN_MAILBOX, RATION_DRAIN_DONE, RATION_DRAIN_REASON_NONE, 64, 0},
		{4, LCORE_ID_ANY, RATION_DRAIN_NONE, RATION_DRAIN_TIMEDOUT,
		 RATION_DRAIN_REASON_SILENT, 0, 0},
	};
	struct ration_drain_report report = {.rows = rows,
					     .max_rows = RTE_DIM(rows),
					     .nb_rows = RTE_DIM(rows),
					     .nb_members = 5,
					     .nb_timedout = 1,
					     .nb_rounds = 2,
					     .units = 71};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	report.cycles = rte_get_tsc_hz() * 2;
	rows[0].cycles = rte_get_tsc_hz();
	assert_non_null(out);
	ration_drain_report_dump(&report, out);
	report.rows = NULL;
	report.nb_members = 0;
	ration_drain_report_dump(&report, out);
	fclose(out);
	assert_string_equal(
		text,
		"drain: members 5 timedout 1 drains 2 units 71 in 2000000.0 us\n"
		"  member 3 lcore 5 engine mailbox status done units 64 after 1000000.0 us\n"
		"  member 4 thread engine none status timedout reason silent units 0 after 0.0 us\n"
		"  3 more members have no row\n"
		"drain: members 0 timedout 1 drains 2 units 71 in 2000000.0 us\n");
	free(text);
}

static void
nothing_is_dumped_without_an_object_or_a_file(void **state)
{
	struct fixture *f = *state;
	struct ration_drain_report report = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	ration_domain_dump(NULL, out);
	ration_domain_dump(f->d, NULL);
	ration_drain_report_dump(NULL, out);
	ration_drain_report_dump(&report, NULL);
	ration_checks_get(NULL);
	fclose(out);
	assert_int_equal(size, 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest dump[] = {
		cmocka_unit_test(every_value_has_a_name_of_its_own),
		with_one_member(a_member_is_shown_in_each_state),
		with_one_member(a_loop_over_the_members_ends),
		with_one_member(a_corrupted_member_is_not_shown),
		with_one_member(a_dump_is_complete),
		with_one_member(a_dump_shows_what_is_in_progress),
		with_one_member(a_dump_controls_no_terminal),
		with_one_member(nothing_is_dumped_without_an_object_or_a_file),
		cmocka_unit_test(a_report_is_dumped_with_all_its_rows),
	};

	if (test_eal_start("dump", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(dump, NULL, NULL));
}
