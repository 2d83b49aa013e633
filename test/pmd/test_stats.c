/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Snapshots of counters in which no two figures are equal. The functions that stats.c asks are
 * replaced at link time.
 */

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_ethdev.h>

#include "stats/check.h"
#include "stats/stats.h"

#define NODES 3

static struct options options;
static struct ports ports = {.nb = 2, .port = {{.id = 0, .name = "net_a"}, {.id = 1}}};
static char paths[NODES][16] = {"", "edge", "edge/gold"};
static struct budget_node nodes[NODES] = {
	{.path = paths[0]}, {.path = paths[1]}, {.path = paths[2]}};
static struct budget budget = {.nb_nodes = NODES, .nodes = nodes};
static ration_counter_t counters[NODES] = {0, 1, 2};
static uint32_t tenant_nodes[] = {0, 2};
static struct tenants tenants;
static struct stream streams[2][2];
static struct tenant_counts counts[2][NODES];
static RATION_ATOMIC(uint64_t) held[2][NODES];
static struct latency latencies[2];
static struct latency *latency_of[2][NODES];
static struct fwd_lcore lcore[2];
static struct lcores lcores;
static struct stats stats;

/* What the driver, the kernel and the library answer. */
static uint64_t traffic;
static int link_answer, link_status, interface_exists;
static uint64_t usage_of_gold;
static unsigned int counter_reads, moves;

int __wrap_rte_eth_stats_get(uint16_t port, struct rte_eth_stats *s);
int __wrap_rte_eth_link_get_nowait(uint16_t port, struct rte_eth_link *link);
char *__wrap_if_indextoname(unsigned int index, char *name);
double __wrap_clock_tsc_hz(void);
int __wrap_ration_counter_get(const struct ration_domain *d, ration_counter_t c,
			      struct ration_counter_info *info);

int
__wrap_rte_eth_stats_get(uint16_t port, struct rte_eth_stats *s)
{
	uint64_t n = 1000 * (port + 1u);

	*s = (struct rte_eth_stats){
		.ipackets = n + 1 + traffic,
		.opackets = n + 2 + 3 * traffic,
		.ibytes = n + 3,
		.obytes = n + 4,
		.imissed = n + 5,
		.ierrors = n + 6,
		.oerrors = n + 7,
		.rx_nombuf = n + 8,
	};
	return 0;
}

int
__wrap_rte_eth_link_get_nowait(uint16_t port, struct rte_eth_link *link)
{
	link->link_status = port == 1 ? link_status & 1 : RTE_ETH_LINK_UP;
	return port == 1 ? link_answer : 0;
}

char *
__wrap_if_indextoname(unsigned int index, char *name)
{
	(void)index;
	return interface_exists ? strcpy(name, "veth0") : NULL;
}

/* One tick is a microsecond. */
double
__wrap_clock_tsc_hz(void)
{
	return 1e6;
}

int
__wrap_ration_counter_get(const struct ration_domain *d, ration_counter_t c,
			  struct ration_counter_info *info)
{
	uint64_t n = 100 * (c + 1);

	(void)d;
	counter_reads++;
	/* A packet leaves while the counter is read. */
	if (moves > 0) {
		moves--;
		count_add(&held[0][2], UINT64_MAX);
		count_add(&counts[0][2].verdicts[VERDICT_DELIVERED].packets, 1);
	}
	*info = (struct ration_counter_info){
		.usage = c == 2 ? usage_of_gold : n + 1,
		.max = n + 2,
		.watermark = n + 3,
		.failures = n + 4 + traffic,
		.forced = n + 5,
		.rejected = n + 6,
	};
	return 0;
}

/* Verdicts of lcore i and node n: offered is the sum of all others. */
static void
fill_counts(unsigned int i, uint32_t node)
{
	struct counts *v = counts[i][node].verdicts;
	uint64_t n = 10000 * (i + 1) + 1000 * node;

	v[VERDICT_DELIVERED].packets = n + 1;
	v[VERDICT_DELIVERED].bytes = n + 20;
	v[VERDICT_REFUSED].packets = n + 3;
	v[VERDICT_REFUSED].bytes = n + 40;
	v[VERDICT_LOST].packets = n + 5;
	v[VERDICT_LOST].bytes = n + 60;
	held[i][node] = 7 + i + 2 * node;
	v[VERDICT_OFFERED].packets = 3 * n + 9 + 7 + i + 2 * node + 2;
	v[VERDICT_OFFERED].bytes = n + 80;
}

static void
fill_lcore(unsigned int i)
{
	struct fwd_lcore *l = &lcore[i];
	uint32_t node;

	for (node = 0; node < NODES; node++) {
		fill_counts(i, node);
		latency_of[i][node] = node == 0 ? NULL : &latencies[i];
	}
	*l = (struct fwd_lcore){
		.streams = streams[i],
		.nb_streams = 2,
		.tenants = counts[i],
		.held = held[i],
		.rx_packets = 500 + i,
		.busy_cycles = 1000 * (500 + i),
		.delivered = 400 + i,
		.lcore_id = 3 + i,
	};
	rte_spinlock_init(&l->stats_lock);
	l->final_stats = (struct ration_lcore_stats){.refills = 51 + i, .rejected = 58 + i};
	streams[i][0] = (struct stream){.tx_port = 0, .tx_dropped = 10 + i};
	streams[i][1] = (struct stream){.tx_port = 1, .tx_dropped = 30 + i};
	lcores.lcore[i] = l;
}

static int
set_up(void **state)
{
	(void)state;
	options = (struct options){.forward_mode = FORWARD_HOLD};
	tenants = (struct tenants){.budget = &budget,
				   .counters = counters,
				   .nb_nodes = NODES,
				   .nb = 2,
				   .nodes = tenant_nodes};
	budget.unit = BUDGET_PACKETS;
	lcores = (struct lcores){.nb = 2};
	fill_lcore(0);
	fill_lcore(1);
	traffic = 0;
	moves = counter_reads = 0;
	usage_of_gold = 301;
	link_answer = link_status = 1;
	interface_exists = 1;
	ports.port[0].info.driver_name = "net_null";
	ports.port[1].info.driver_name = "net_tap";
	ports.port[1].info.if_index = 9;
	if (stats_init(&stats, &options, &ports, &tenants, &lcores) < 0)
		return -1;
	stats_start(&stats);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stats_free(&stats);
	return 0;
}

static void
figures_of_ports_are_those_of_the_driver(void **state)
{
	const struct port_stats *p = &stats.ports[1];

	(void)state;
	stats_collect(&stats, 1);
	assert_string_equal(stats.ports[0].name, "net_a");
	assert_int_equal(p->id, 1);
	assert_int_equal(p->rx.packets, 2001);
	assert_int_equal(p->tx.packets, 2002);
	assert_int_equal(p->rx.bytes, 2003);
	assert_int_equal(p->tx.bytes, 2004);
	assert_int_equal(p->missed, 2005);
	assert_int_equal(p->errors, 2006);
	assert_int_equal(p->tx_errors, 2007);
	assert_int_equal(p->nombuf, 2008);
	assert_int_equal(p->tx_dropped, 30 + 31);
	assert_int_equal(stats.ports[0].tx_dropped, 10 + 11);
}

static void
rates_are_of_the_last_period_and_at_the_end_of_the_run(void **state)
{
	(void)state;
	stats_collect(&stats, 2);
	traffic = 100;
	stats_collect(&stats, 6);
	assert_true(stats.ports[0].rx_rate == 25);
	assert_true(stats.ports[0].tx_rate == 75);
	assert_true(stats.time == 6);
	assert_true(stats.counters[1].recent == 100 && stats.counters[1].changed);
	assert_true(stats.tenants[1].recent == 0 && !stats.tenants[1].changed);
	stats_average(&stats);
	assert_true(stats.ports[0].rx_rate == 1101 / 6.0);
	assert_true(stats.ports[0].tx_rate == 1302 / 6.0);
	assert_true(stats.counters[1].recent == 204 + 100);
	assert_true(stats.tenants[1].recent == stats.tenants[1].verdicts[VERDICT_OFFERED].packets);
	assert_true(stats.tenants[1].changed);
}

static void
figures_of_tenants_are_the_sums_of_all_lcores(void **state)
{
	const struct tenant_stats *t = &stats.tenants[1];

	(void)state;
	stats_collect(&stats, 1);
	assert_string_equal(stats.tenants[0].name, "/");
	assert_string_equal(t->name, "edge/gold");
	assert_int_equal(t->node, 2);
	assert_int_equal(t->verdicts[VERDICT_DELIVERED].packets, 34002);
	assert_int_equal(t->verdicts[VERDICT_DELIVERED].bytes, 34040);
	assert_int_equal(t->verdicts[VERDICT_REFUSED].packets, 34006);
	assert_int_equal(t->verdicts[VERDICT_REFUSED].bytes, 34080);
	assert_int_equal(t->verdicts[VERDICT_LOST].packets, 34010);
	assert_int_equal(t->verdicts[VERDICT_LOST].bytes, 34120);
	assert_int_equal(t->verdicts[VERDICT_OFFERED].bytes, 34160);
	assert_int_equal(t->held, 11 + 12);
	assert_int_equal(t->in_flight, 4);
	assert_true(t->changed);
}

static void
every_counter_has_a_row(void **state)
{
	uint32_t i;

	(void)state;
	stats_collect(&stats, 1);
	assert_int_equal(stats.nb_counters, NODES);
	assert_string_equal(stats.counters[0].path, "/");
	assert_string_equal(stats.counters[1].path, "edge");
	for (i = 0; i < NODES; i++) {
		const struct counter_stats *c = &stats.counters[i];
		uint64_t n = 100 * (i + 1);

		assert_int_equal(c->usage, n + 1);
		assert_int_equal(c->max, n + 2);
		assert_int_equal(c->watermark, n + 3);
		assert_int_equal(c->failures, n + 4);
		assert_int_equal(c->forced, n + 5);
		assert_int_equal(c->rejected, n + 6);
		assert_true(c->changed);
	}
	stats_collect(&stats, 2);
	assert_false(stats.counters[1].changed);
}

static void
without_accounting_the_tenant_is_all_traffic(void **state)
{
	const struct tenant_stats *t = &stats.tenants[0];

	(void)state;
	lcores.plain = true;
	stats_collect(&stats, 1);
	assert_int_equal(t->verdicts[VERDICT_OFFERED].packets, 1001);
	assert_int_equal(t->verdicts[VERDICT_DELIVERED].packets, 801);
	assert_int_equal(t->verdicts[VERDICT_LOST].packets, 10 + 11 + 30 + 31);
	assert_int_equal(t->in_flight, 1001 - 801 - 82);
	assert_int_equal(t->verdicts[VERDICT_OFFERED].bytes, 1003 + 2003);
	assert_int_equal(t->verdicts[VERDICT_DELIVERED].bytes, 1004 + 2004);
}

static void
figures_of_lcores_are_their_own(void **state)
{
	(void)state;
	stats_collect(&stats, 1);
	assert_int_equal(stats.lcores[1].lcore_id, 4);
	assert_int_equal(stats.lcores[1].packets, 501);
	assert_true(stats.lcores[1].cycles_per_packet == 1000);
	assert_int_equal(stats.lcores[0].ration.refills, 51);
	assert_int_equal(stats.lcores[1].ration.rejected, 59);
}

/* Of 1,000 times, 500 are 10 us, 490 are 20 us, 9 are 30 us, and one is 40 us. */
static void
quantiles_are_those_of_all_lcores(void **state)
{
	const struct latency_stats *l = &stats.tenants[0].latency;
	int i;

	(void)state;
	memset(latencies, 0, sizeof(latencies));
	for (i = 0; i < 1000; i++)
		latency_record(&latencies[i % 2], i < 500 ? 10 : i < 990 ? 20 : i < 999 ? 30 : 40);
	options.latency = true;
	tenant_nodes[0] = 1;
	for (i = 0; i < 2; i++)
		lcore[i].latencies = latency_of[i];
	stats_collect(&stats, 1);
	tenant_nodes[0] = 0;
	assert_true(l->p50 == 10);
	assert_true(l->p99 == 20);
	assert_true(l->p999 == 30);
	assert_true(l->max == 40);
	assert_int_equal(l->count, 1000);
}

static void
held_packets_are_read_at_the_same_instant_as_usage(void **state)
{
	(void)state;
	counter_reads = 0;
	moves = 3;
	usage_of_gold = 20;
	stats_collect(&stats, 1);
	/*
	 * One packet left while the counter of the other tenant was read, and two later, after the
	 * delivered packets of this row were read. The last read of the counter saw none leave.
	 */
	assert_int_equal(counter_reads, 1 + 3 + 1);
	assert_int_equal(stats.tenants[1].held, 23 - 3);
	assert_int_equal(stats.tenants[1].in_flight, 4 + 2);
}

static void
held_packets_never_exceed_usage(void **state)
{
	(void)state;
	held[0][2] = 1000;
	moves = 1000;
	usage_of_gold = 20;
	stats_collect(&stats, 1);
	assert_int_equal(stats.tenants[1].held, 20);
	/* Bytes cannot be compared with packets. */
	budget.unit = BUDGET_BYTES;
	stats_collect(&stats, 2);
	assert_true(stats.tenants[1].held > 20);
}

/* At rest nothing explains more held packets than usage: the report must show a defect. */
static void
a_real_excess_is_shown(void **state)
{
	(void)state;
	usage_of_gold = 20;
	stats_collect(&stats, 1);
	assert_int_equal(stats.tenants[1].held, 23);
}

static void
the_watermark_is_not_below_usage(void **state)
{
	(void)state;
	usage_of_gold = 400;
	stats_collect(&stats, 1);
	assert_int_equal(stats.counters[2].watermark, 400);
}

static void
a_link_that_changes_is_seen(void **state)
{
	(void)state;
	assert_int_equal(stats.links.state[1], LINK_UP);
	link_answer = 0;
	link_status = RTE_ETH_LINK_DOWN;
	stats_collect(&stats, 1);
	assert_int_equal(stats.ports[1].link, LINK_DOWN);
	assert_int_equal(stats.ports[0].link, LINK_UP);
	assert_string_equal(link_name(LINK_DOWN), "down");
	link_status = RTE_ETH_LINK_UP;
	stats_collect(&stats, 2);
	assert_int_equal(stats.ports[1].link, LINK_UP);
	/* A driver that does not report a state. */
	link_answer = -ENOTSUP;
	link_status = RTE_ETH_LINK_DOWN;
	stats_collect(&stats, 3);
	assert_int_equal(stats.ports[1].link, LINK_UP);
}

static void
an_interface_that_is_deleted_is_seen(void **state)
{
	(void)state;
	link_answer = 0;
	interface_exists = 0;
	stats_collect(&stats, 1);
	assert_int_equal(stats.ports[1].link, LINK_GONE);
	assert_string_equal(link_name(LINK_GONE), "gone");
	/* One that was in another network namespace at the start says nothing. */
	stats_start(&stats);
	stats_collect(&stats, 2);
	assert_int_equal(stats.ports[1].link, LINK_UP);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(figures_of_ports_are_those_of_the_driver),
		CASE(rates_are_of_the_last_period_and_at_the_end_of_the_run),
		CASE(figures_of_tenants_are_the_sums_of_all_lcores),
		CASE(every_counter_has_a_row),
		CASE(without_accounting_the_tenant_is_all_traffic),
		CASE(figures_of_lcores_are_their_own),
		CASE(quantiles_are_those_of_all_lcores),
		CASE(held_packets_are_read_at_the_same_instant_as_usage),
		CASE(held_packets_never_exceed_usage),
		CASE(a_real_excess_is_shown),
		CASE(the_watermark_is_not_below_usage),
		CASE(a_link_that_changes_is_seen),
		CASE(an_interface_that_is_deleted_is_seen),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
