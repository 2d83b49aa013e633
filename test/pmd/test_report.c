/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Complete reports of statistics in which no two figures are equal: no figure can be in the place
 * of another one unnoticed.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "report/format.h"
#include "stats/stats.h"

#define TOTALS(n)                                                                                  \
	{                                                                                          \
		.packets = (n), .bytes = (n) + 1                                                   \
	}

static struct options options;
static struct ports ports = {.nb = 2};
static struct lcores lcores = {.nb = 2};
static struct classifier classifier = {.parse_headers = 1};
static struct tenants from_tenants = {.classifier = &classifier};

static struct tenant_stats tenants[] = {
	{
		.name = "edge/gold",
		.node = 2,
		.verdicts = {TOTALS(2001), TOTALS(2003), TOTALS(2005), TOTALS(2007)},
		.held = 2009,
		.in_flight = 2010,
		.recent = 5,
		.changed = true,
		.latency = {2011.1, 2012.2, 2013.3, 2014.4, 2015},
	},
	{
		.name = "edge/silver",
		.node = 3,
		.verdicts = {TOTALS(3001), TOTALS(3003), TOTALS(3005), TOTALS(3007)},
		.held = 3009,
		.in_flight = 3010,
		.recent = 7,
		.latency = {3011.1, 3012.2, 3013.3, 3014.4, 3015},
	},
	{
		.name = "other",
		.node = 4,
		.verdicts = {TOTALS(4001), TOTALS(4003), TOTALS(4005), TOTALS(4007)},
		.held = 4009,
		.in_flight = 4010,
		.recent = 6,
		.changed = true,
		.latency = {4011.1, 4012.2, 4013.3, 4014.4, 4015},
	},
};

static struct counter_stats counters[] = {
	{"/", 5001, RATION_UNLIMITED, 5003, 5004, 5005, 5006, 2, false},
	{"edge", 6001, 6002, 6003, 6004, 6005, 6006, 4, true},
	{"edge/gold", 7001, 7002, 7003, 7004, 7005, 7006, 1, false},
	{"edge/silver", 8001, 8002, 8003, 8004, 8005, 8006, 3, true},
	{"other", 9001, 9002, 9003, 9004, 9005, 9006, 0, false},
};

static struct stats stats = {
	.options = &options,
	.from_ports = &ports,
	.from_lcores = &lcores,
	.from_tenants = &from_tenants,
	.kinds = {81, 82, 83, 84, 85, 86, 87},
	.time = 12.25,
	.periods_missed = 71,
	.reports_dropped = 72,
	.nb_tenants = RTE_DIM(tenants),
	.tenants = tenants,
	.nb_counters = RTE_DIM(counters),
	.counters = counters,
	.ports = {{.id = 3,
		   .name = "net_a",
		   .link = LINK_DOWN,
		   .rx = TOTALS(101),
		   .tx = TOTALS(103),
		   .missed = 105,
		   .errors = 106,
		   .nombuf = 107,
		   .tx_errors = 108,
		   .tx_dropped = 109,
		   .rx_rate = 110.7,
		   .tx_rate = 112.2},
		  {.id = 4,
		   .name = "net_b",
		   .link = LINK_GONE,
		   .rx = TOTALS(201),
		   .tx = TOTALS(203),
		   .missed = 205,
		   .errors = 206,
		   .nombuf = 207,
		   .tx_errors = 208,
		   .tx_dropped = 209,
		   .rx_rate = 210.7,
		   .tx_rate = 212.2}},
	.lcores = {{.lcore_id = 5,
		    .packets = 301,
		    .cycles_per_packet = 302.4,
		    .ration = {.refills = 303,
			       .trims = 304,
			       .refusals = 305,
			       .forced = 306,
			       .drains = 307,
			       .drained = 308,
			       .idle = 309,
			       .rejected = 310}},
		   {.lcore_id = 6,
		    .packets = 401,
		    .cycles_per_packet = 402.4,
		    .ration = {.refills = 403,
			       .trims = 404,
			       .refusals = 405,
			       .forced = 406,
			       .drains = 407,
			       .drained = 408,
			       .idle = 409,
			       .rejected = 410}}},
};

typedef int format_t(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

/* Returns a report. The caller frees it. */
static char *
report(format_t *format, enum report_type type, uint64_t violations)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(format(f, &stats, type, violations), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
expect_text(enum report_type type, uint64_t violations, const char *expected)
{
	char *text = report(report_text, type, violations);

	assert_string_equal(text, expected);
	free(text);
}

/* Compares values instead of texts, because a real number has more than one text. */
static void
expect_json(const char *text, const char *expected)
{
	json_t *a = json_loads(text, 0, NULL), *b = json_loads(expected, 0, NULL);

	assert_non_null(a);
	assert_non_null(b);
	if (!json_equal(a, b))
		print_error("%s\n", text);
	assert_true(json_equal(a, b));
	json_decref(a);
	json_decref(b);
}

static int
set_up(void **state)
{
	(void)state;
	options = (struct options){.latency = true, .record_core_cycles = true};
	classifier.parse_headers = 1;
	stats.nb_counters = RTE_DIM(counters);
	return 0;
}

#define PORTS                                                                                      \
	"port                           rx           tx         rx/s         tx/s         link\n"  \
	" 3 net_a                      101          103          111          112         down\n"  \
	" 4 net_b                      201          203          211          212         gone\n"  \
	"port drops              rx missed    rx errors      no mbuf    tx errors   tx dropped\n"  \
	" 3 net_a                      105          106          107          108          109\n"  \
	" 4 net_b                      205          206          207          208          209\n"
#define TENANT_HEAD                                                                                \
	"tenant                    offered    delivered      refused         lost         held"    \
	"    in flight\n"
#define GOLD                                                                                       \
	"edge/gold                    2001         2003         2005         2007         2009"    \
	"         2010\n"
#define SILVER                                                                                     \
	"edge/silver                  3001         3003         3005         3007         3009"    \
	"         3010\n"
#define OTHER                                                                                      \
	"other                        4001         4003         4005         4007         4009"    \
	"         4010\n"
#define LATENCIES                                                                                  \
	"time held (us)                p50          p99        p99.9          max      packets\n"  \
	"edge/gold                  2011.1       2012.2       2013.3       2014.4         2015\n"  \
	"edge/silver                3011.1       3012.2       3013.3       3014.4         3015\n"  \
	"other                      4011.1       4012.2       4013.3       4014.4         4015\n"
#define COUNTER_HEAD                                                                               \
	"counter                     usage          max    watermark refused here       forced"    \
	"     rejected\n"
#define ROOT                                                                                       \
	"/                            5001    unlimited         5003         5004         5005"    \
	"         5006\n"
#define EDGE                                                                                       \
	"edge                         6001         6002         6003         6004         6005"    \
	"         6006\n"
#define EDGE_GOLD                                                                                  \
	"edge/gold                    7001         7002         7003         7004         7005"    \
	"         7006\n"
#define EDGE_SILVER                                                                                \
	"edge/silver                  8001         8002         8003         8004         8005"    \
	"         8006\n"
#define OTHER_COUNTER                                                                              \
	"other                        9001         9002         9003         9004         9005"    \
	"         9006\n"
#define FRAMES                                                                                     \
	"frames               ipv4 81 ipv6 82 other 83 length 84 malformed-short 85"               \
	" malformed-tags 86 malformed-header 87\n"
#define LCORES                                                                                     \
	"lcore                     packets cycles/packet\n"                                        \
	"5                             301         302.4\n"                                        \
	"6                             401         402.4\n"
#define EVENTS                                                                                     \
	"lcore events    refills      trims   refusals     forced     drains    drained"           \
	"       idle   rejected\n"                                                                 \
	"5                   303        304        305        306        307        308"           \
	"        309        310\n"                                                                 \
	"6                   403        404        405        406        407        408"           \
	"        409        410\n"
#define ERRORS                                                                                     \
	"port 3 (net_a): the driver counted 108 TX errors; 'delivered' are packets that a driver"  \
	" has accepted\n"                                                                          \
	"port 3 (net_a): link is down\n"                                                           \
	"port 4 (net_b): the driver counted 208 TX errors; 'delivered' are packets that a driver"  \
	" has accepted\n"                                                                          \
	"port 4 (net_b): its interface is gone\n"
#define REPORTS "reports: 71 missed, 72 dropped\n"

static void
every_figure_of_the_text_is_in_its_place(void **state)
{
	(void)state;
	expect_text(REPORT_PERIOD, 0,
		    "---- statistics after 12.2 s ----\n" REPORTS PORTS TENANT_HEAD GOLD SILVER
			    OTHER LATENCIES COUNTER_HEAD ROOT EDGE EDGE_GOLD EDGE_SILVER
				    OTHER_COUNTER FRAMES LCORES EVENTS);
}

static void
the_total_contains_errors_and_the_result(void **state)
{
	(void)state;
	expect_text(REPORT_TOTAL, 73,
		    "---- total after 12.2 s ----\n" REPORTS PORTS TENANT_HEAD GOLD SILVER OTHER
			    LATENCIES COUNTER_HEAD ROOT EDGE EDGE_GOLD EDGE_SILVER OTHER_COUNTER
				    FRAMES LCORES EVENTS ERRORS "check: FAILED, 73 violations\n");
}

static void
without_budgets_the_text_has_no_counters(void **state)
{
	(void)state;
	options = (struct options){0};
	classifier.parse_headers = 0;
	stats.nb_counters = 0;
	expect_text(REPORT_TOTAL, 0,
		    "---- total after 12.2 s ----\n" REPORTS PORTS TENANT_HEAD GOLD SILVER OTHER
		    "lcore                     packets cycles/packet\n"
		    "5                             301             -\n"
		    "6                             401             -\n" ERRORS
		    "check: passed, no packet is missing\n");
}

#define JSON_PORTS                                                                                 \
	"\"ports\":[{\"port\":3,\"name\":\"net_a\",\"link\":\"down\",\"rx\":101,\"tx\":103,"       \
	"\"rx_bytes\":102,\"tx_bytes\":104,\"rx_per_s\":110.7,\"tx_per_s\":112.2,\"missed\":105,"  \
	"\"errors\":106,\"nombuf\":107,\"tx_errors\":108,\"tx_dropped\":109},{\"port\":4,"         \
	"\"name\":\"net_b\",\"link\":\"gone\",\"rx\":201,\"tx\":203,\"rx_bytes\":202,"             \
	"\"tx_bytes\":204,\"rx_per_s\":210.7,\"tx_per_s\":212.2,\"missed\":205,\"errors\":206,"    \
	"\"nombuf\":207,\"tx_errors\":208,\"tx_dropped\":209}],"
#define JSON_TENANT(name, n)                                                                       \
	"{\"name\":\"" name "\",\"offered\":" #n "001,\"delivered\":" #n "003,\"refused\":" #n     \
	"005,\"lost\":" #n "007,\"held\":" #n "009,\"in_flight\":" #n "010,\"offered_bytes\":" #n  \
	"002,\"delivered_bytes\":" #n "004,\"refused_bytes\":" #n "006,\"lost_bytes\":" #n "008,"
#define JSON_LATENCY(n)                                                                            \
	"\"latency_us\":{\"p50\":" #n "011.1,\"p99\":" #n "012.2,\"p999\":" #n "013.3,\"max\":" #n \
	"014.4,\"count\":" #n "015}}"
#define JSON_TOTAL                                                                                 \
	"\"tenants_total\":{\"tenants\":3,\"offered\":9003,\"delivered\":9009,\"refused\":9015,"   \
	"\"lost\":9021,\"held\":9027,\"in_flight\":9030,\"offered_bytes\":9006,"                   \
	"\"delivered_bytes\":9012,\"refused_bytes\":9018,\"lost_bytes\":9024},"
#define JSON_COUNTER(name, n)                                                                      \
	"{\"name\":\"" name "\",\"usage\":" #n "001,\"max\":" #n "002,\"watermark\":" #n           \
	"003,\"failures\":" #n "004,\"forced\":" #n "005,\"rejected\":" #n "006}"

/* clang-format off */
#define JSON_HEAD(type) \
	"{\"type\":\"" type "\",\"time\":12.25,\"periods_missed\":71,\"reports_dropped\":72," \
	JSON_PORTS
#define JSON_FULL \
	JSON_HEAD("total") \
	"\"tenants\":[" \
	JSON_TENANT("edge/gold", 2) \
	"\"usage\":7001,\"max\":7002,\"watermark\":7003," \
	JSON_LATENCY(2) "," \
	JSON_TENANT("edge/silver", 3) \
	"\"usage\":8001,\"max\":8002,\"watermark\":8003," \
	JSON_LATENCY(3) "," \
	JSON_TENANT("other", 4) \
	"\"usage\":9001,\"max\":9002,\"watermark\":9003," \
	JSON_LATENCY(4) "],\"tenants_more\":0," \
	JSON_TOTAL \
	"\"counters\":[{\"name\":\"/\",\"usage\":5001,\"max\":null,\"watermark\":5003," \
	"\"failures\":5004,\"forced\":5005,\"rejected\":5006}," \
	JSON_COUNTER("edge", 6) "," \
	JSON_COUNTER("edge/gold", 7) "," \
	JSON_COUNTER("edge/silver", 8) "," \
	JSON_COUNTER("other", 9) "],\"counters_more\":0," \
	"\"frames\":{\"ipv4\":81,\"ipv6\":82,\"other\":83,\"length\":84,\"short\":85," \
	"\"tags\":86,\"header\":87}," \
	"\"lcores\":[{\"lcore\":5,\"packets\":301,\"cycles_per_packet\":302.4,\"refills\":303," \
	"\"trims\":304,\"refusals\":305,\"forced\":306,\"drains\":307,\"drained\":308," \
	"\"idle\":309,\"rejected\":310}," \
	"{\"lcore\":6,\"packets\":401,\"cycles_per_packet\":402.4,\"refills\":403," \
	"\"trims\":404,\"refusals\":405,\"forced\":406,\"drains\":407,\"drained\":408," \
	"\"idle\":409,\"rejected\":410}]," \
	"\"check\":{\"ok\":false,\"violations\":73}}"
#define JSON_SMALL \
	JSON_HEAD("period") \
	"\"tenants\":[" \
	JSON_TENANT("other", 4) \
	"\"usage\":null,\"max\":null,\"watermark\":null}],\"tenants_more\":0," \
	JSON_TOTAL \
	"\"counters\":[],\"counters_more\":0,\"frames\":null," \
	"\"lcores\":[{\"lcore\":5,\"packets\":301,\"cycles_per_packet\":null}," \
	"{\"lcore\":6,\"packets\":401,\"cycles_per_packet\":null}]}"
/* clang-format on */

static void
every_figure_of_json_is_in_its_place(void **state)
{
	char *text = report(report_json, REPORT_TOTAL, 73);

	(void)state;
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	expect_json(text, JSON_FULL);
	free(text);
}

static void
without_budgets_json_has_null_instead_of_units(void **state)
{
	char *text;

	(void)state;
	options = (struct options){.stats_rows = 1, .stats_filter = "other"};
	classifier.parse_headers = 0;
	stats.nb_counters = 0;
	text = report(report_json, REPORT_PERIOD, 0);
	expect_json(text, JSON_SMALL);
	free(text);
}

/* The names of an array of a report in JSON, each followed by a blank. */
static void
names(const char *key, char *list, size_t size)
{
	char *text = report(report_json, REPORT_PERIOD, 0);
	json_t *o = json_loads(text, 0, NULL), *row;
	size_t i, used = 0;

	list[0] = '\0';
	json_array_foreach(json_object_get(o, key), i, row) used += (size_t)snprintf(
		list + used, size - used, "%s ", json_string_value(json_object_get(row, "name")));
	json_decref(o);
	free(text);
}

static void
expect_names(const char *tenant_names, const char *counter_names)
{
	char list[128];

	names("tenants", list, sizeof(list));
	assert_string_equal(list, tenant_names);
	names("counters", list, sizeof(list));
	assert_string_equal(list, counter_names);
}

static void
rows_are_bounded_and_the_busiest_come_first(void **state)
{
	(void)state;
	options.stats_rows = 2;
	options.latency = false;
	expect_text(REPORT_PERIOD, 0,
		    "---- statistics after 12.2 s ----\n" REPORTS PORTS TENANT_HEAD SILVER OTHER
		    "... and 1 more               2001         2003         2005         2007"
		    "         2009         2010\n" COUNTER_HEAD EDGE EDGE_SILVER
		    "... and 3 more counters, which refused 21012\n" FRAMES LCORES EVENTS);
	expect_names("edge/silver other ", "edge edge/silver ");
}

static void
rows_are_filtered_by_path(void **state)
{
	(void)state;
	options.stats_filter = "edge/*";
	expect_names("edge/gold edge/silver ", "edge/gold edge/silver ");
	options.stats_filter = "*";
	expect_names("edge/gold edge/silver other ", "/ edge edge/gold edge/silver other ");
	options.stats_filter = "nothing";
	expect_names("", "");
}

static void
rows_that_have_not_changed_are_left_out_on_request(void **state)
{
	(void)state;
	options.stats_changed = true;
	expect_names("edge/gold other ", "edge edge/silver ");
	options.stats_filter = "edge*";
	options.stats_rows = 1;
	expect_names("edge/gold ", "edge ");
}

static void
by_default_text_has_20_rows_and_json_100(void **state)
{
	static struct tenant_stats many[120];
	static char path[] = "many";
	struct tenant_stats *saved = stats.tenants;
	json_t *o;
	char *text;
	int i;

	(void)state;
	stats.nb_counters = 0;
	options.latency = false;
	for (i = 0; i < 120; i++)
		many[i].name = path;
	stats.tenants = many;
	stats.nb_tenants = 120;
	text = report(report_text, REPORT_PERIOD, 0);
	assert_non_null(strstr(text, "... and 100 more "));
	free(text);
	options.stats_format = STATS_JSON;
	text = report(report_json, REPORT_PERIOD, 0);
	o = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(o, "tenants")), 100);
	assert_int_equal(json_integer_value(json_object_get(o, "tenants_more")), 20);
	json_decref(o);
	free(text);
	stats.tenants = saved;
	stats.nb_tenants = RTE_DIM(tenants);
}

/* Beyond 2^53 a reader with double precision cannot tell a number from the next one. */
static void
json_has_no_number_that_readers_round(void **state)
{
	json_t *o, *c;
	char *text;

	(void)state;
	counters[0].usage = UINT64_C(1) << 53;
	counters[0].watermark = (UINT64_C(1) << 53) + 1;
	counters[0].max = RATION_UNLIMITED - 1;
	counters[0].rejected = UINT64_MAX;
	text = report(report_json, REPORT_PERIOD, 0);
	o = json_loads(text, 0, NULL);
	c = json_array_get(json_object_get(o, "counters"), 0);
	assert_true(json_integer_value(json_object_get(c, "usage")) == INT64_C(1) << 53);
	assert_string_equal(json_string_value(json_object_get(c, "watermark")), "9007199254740993");
	assert_string_equal(json_string_value(json_object_get(c, "max")), "9223372036854775806");
	assert_string_equal(json_string_value(json_object_get(c, "rejected")),
			    "18446744073709551615");
	json_decref(o);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_figure_of_the_text_is_in_its_place, set_up),
		cmocka_unit_test_setup(the_total_contains_errors_and_the_result, set_up),
		cmocka_unit_test_setup(without_budgets_the_text_has_no_counters, set_up),
		cmocka_unit_test_setup(every_figure_of_json_is_in_its_place, set_up),
		cmocka_unit_test_setup(without_budgets_json_has_null_instead_of_units, set_up),
		cmocka_unit_test_setup(rows_are_bounded_and_the_busiest_come_first, set_up),
		cmocka_unit_test_setup(rows_are_filtered_by_path, set_up),
		cmocka_unit_test_setup(rows_that_have_not_changed_are_left_out_on_request, set_up),
		cmocka_unit_test_setup(by_default_text_has_20_rows_and_json_100, set_up),
		/* Last, because it changes counters. */
		cmocka_unit_test_setup(json_has_no_number_that_readers_round, set_up),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
