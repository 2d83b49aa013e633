/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdlib.h>

#include "report/format.h"
#include "report/select.h"

/* Columns of 20 + 6 * 13 characters fit into a terminal of 100 columns. */
#define U " %12" PRIu64
#define HEAD " %12s"

static void
print_ports(FILE *f, const struct stats *s)
{
	uint16_t i;

	fprintf(f, "%-20s" HEAD HEAD HEAD HEAD HEAD "\n", "port", "rx", "tx", "rx/s", "tx/s",
		"link");
	for (i = 0; i < s->from_ports->nb; i++) {
		const struct port_stats *p = &s->ports[i];

		fprintf(f, "%2u %-17s" U U " %12.0f %12.0f" HEAD "\n", p->id, p->name,
			p->rx.packets, p->tx.packets, p->rx_rate, p->tx_rate, link_name(p->link));
	}
	fprintf(f, "%-20s" HEAD HEAD HEAD HEAD HEAD "\n", "port drops", "rx missed", "rx errors",
		"no mbuf", "tx errors", "tx dropped");
	for (i = 0; i < s->from_ports->nb; i++) {
		const struct port_stats *p = &s->ports[i];

		fprintf(f, "%2u %-17s" U U U U U "\n", p->id, p->name, p->missed, p->errors,
			p->nombuf, p->tx_errors, p->tx_dropped);
	}
}

static void
print_tenant(FILE *f, const struct tenant_stats *t)
{
	fprintf(f, U U U U U U "\n", t->verdicts[VERDICT_OFFERED].packets,
		t->verdicts[VERDICT_DELIVERED].packets, t->verdicts[VERDICT_REFUSED].packets,
		t->verdicts[VERDICT_LOST].packets, t->held, t->in_flight);
}

/* One line with the sums of the rows that were left out. */
static void
print_more_tenants(FILE *f, const struct stats *s, const struct selection *selected)
{
	struct tenant_stats sum = {0};
	char label[32];
	uint32_t i;
	int verdict;

	for (i = selected->nb; i < selected->nb + selected->nb_more; i++) {
		const struct tenant_stats *t = &s->tenants[selected->rows[i]];

		for (verdict = 0; verdict < VERDICT_COUNT; verdict++)
			sum.verdicts[verdict].packets += t->verdicts[verdict].packets;
		sum.held += t->held;
		sum.in_flight += t->in_flight;
	}
	snprintf(label, sizeof(label), "... and %u more", selected->nb_more);
	fprintf(f, "%-20s", label);
	print_tenant(f, &sum);
}

static void
print_latencies(FILE *f, const struct stats *s, const struct selection *selected)
{
	uint32_t i;

	fprintf(f, "%-20s" HEAD HEAD HEAD HEAD HEAD "\n", "time held (us)", "p50", "p99", "p99.9",
		"max", "packets");
	for (i = 0; i < selected->nb; i++) {
		const struct tenant_stats *t = &s->tenants[selected->rows[i]];

		fprintf(f, "%-20s %12.1f %12.1f %12.1f %12.1f" U "\n", t->name, t->latency.p50,
			t->latency.p99, t->latency.p999, t->latency.max, t->latency.count);
	}
}

static int
print_tenants(FILE *f, const struct stats *s)
{
	struct selection selected;
	uint32_t i;
	int rc;

	rc = select_tenants(s, &selected);
	if (rc < 0)
		return rc;
	fprintf(f, "%-20s" HEAD HEAD HEAD HEAD HEAD HEAD "\n", "tenant", "offered", "delivered",
		"refused", "lost", "held", "in flight");
	for (i = 0; i < selected.nb; i++) {
		fprintf(f, "%-20s", s->tenants[selected.rows[i]].name);
		print_tenant(f, &s->tenants[selected.rows[i]]);
	}
	if (selected.nb_more > 0)
		print_more_tenants(f, s, &selected);
	if (s->options->latency)
		print_latencies(f, s, &selected);
	free(selected.rows);
	return 0;
}

static void
print_counter(FILE *f, const struct counter_stats *c)
{
	fprintf(f, "%-20s" U, c->path, c->usage);
	if (c->max == RATION_UNLIMITED)
		fprintf(f, HEAD, "unlimited");
	else
		fprintf(f, U, c->max);
	fprintf(f, U U U U "\n", c->watermark, c->failures, c->forced, c->rejected);
}

static int
print_counters(FILE *f, const struct stats *s)
{
	struct selection selected;
	uint64_t failures = 0;
	uint32_t i;
	int rc;

	if (s->nb_counters == 0)
		return 0;
	rc = select_counters(s, &selected);
	if (rc < 0)
		return rc;
	fprintf(f, "%-20s" HEAD HEAD HEAD HEAD HEAD HEAD "\n", "counter", "usage", "max",
		"watermark", "refused here", "forced", "rejected");
	for (i = 0; i < selected.nb; i++)
		print_counter(f, &s->counters[selected.rows[i]]);
	for (; i < selected.nb + selected.nb_more; i++)
		failures += s->counters[selected.rows[i]].failures;
	if (selected.nb_more > 0)
		fprintf(f, "... and %u more counters, which refused %" PRIu64 "\n",
			selected.nb_more, failures);
	free(selected.rows);
	return 0;
}

static void
print_lcores(FILE *f, const struct stats *s)
{
	unsigned int i;

	fprintf(f, "%-20s" HEAD " %13s\n", "lcore", "packets", "cycles/packet");
	for (i = 0; i < s->from_lcores->nb; i++) {
		const struct lcore_stats *l = &s->lcores[i];

		fprintf(f, "%-20u" U, l->lcore_id, l->packets);
		if (s->options->record_core_cycles)
			fprintf(f, " %13.1f\n", l->cycles_per_packet);
		else
			fprintf(f, " %13s\n", "-");
	}
}

#define EVENT " %10" PRIu64

static void
print_events(FILE *f, const struct stats *s)
{
	unsigned int i;

	if (s->nb_counters == 0)
		return;
	fprintf(f, "%-12s %10s %10s %10s %10s %10s %10s %10s %10s\n", "lcore events", "refills",
		"trims", "refusals", "forced", "drains", "drained", "idle", "rejected");
	for (i = 0; i < s->from_lcores->nb; i++) {
		const struct ration_lcore_stats *r = &s->lcores[i].ration;

		fprintf(f, "%-12u" EVENT EVENT EVENT EVENT EVENT EVENT EVENT EVENT "\n",
			s->lcores[i].lcore_id, r->refills, r->trims, r->refusals, r->forced,
			r->drains, r->drained, r->idle, r->rejected);
	}
}

/* Some drivers accept packets that they cannot send, and count an error later. */
static void
print_port_errors(FILE *f, const struct stats *s)
{
	uint16_t i;

	for (i = 0; i < s->from_ports->nb; i++) {
		const struct port_stats *p = &s->ports[i];

		if (p->tx_errors > 0)
			fprintf(f,
				"port %u (%s): the driver counted %" PRIu64
				" TX errors; 'delivered' are packets that a driver has accepted\n",
				p->id, p->name, p->tx_errors);
		if (p->link != LINK_UP)
			fprintf(f, "port %u (%s): %s is %s\n", p->id, p->name,
				p->link == LINK_GONE ? "its interface" : "link",
				link_name(p->link));
	}
}

static void
print_result(FILE *f, const struct stats *s, uint64_t violations)
{
	print_port_errors(f, s);
	if (violations > 0)
		fprintf(f, "check: FAILED, %" PRIu64 " violations\n", violations);
	else if (s->nb_counters > 0)
		fprintf(f, "check: passed, the usage of all counters is 0, no packet is missing\n");
	else
		fprintf(f, "check: passed, no packet is missing\n");
}

/* How often each kind of frame came in. Without rules for headers, none is looked at. */
static void
print_kinds(FILE *f, const struct stats *s)
{
	int kind;

	if (!tenants_read_headers(s->from_tenants))
		return;
	fprintf(f, "%-20s", "frames");
	for (kind = 0; kind < PACKET_KINDS; kind++)
		fprintf(f, " %s%s %" PRIu64, kind >= PACKET_MALFORMED ? "malformed-" : "",
			packet_kind_names[kind], s->kinds[kind]);
	fprintf(f, "\n");
}

int
report_text(FILE *f, const struct stats *s, enum report_type type, uint64_t violations)
{
	int rc;

	fprintf(f, "---- %s after %.1f s ----\n", type == REPORT_TOTAL ? "total" : "statistics",
		s->time);
	if (s->periods_missed + s->reports_dropped > 0)
		fprintf(f, "reports: %" PRIu64 " missed, %" PRIu64 " dropped\n", s->periods_missed,
			s->reports_dropped);
	print_ports(f, s);
	rc = print_tenants(f, s);
	if (rc == 0)
		rc = print_counters(f, s);
	print_kinds(f, s);
	print_lcores(f, s);
	print_events(f, s);
	if (type == REPORT_TOTAL)
		print_result(f, s, violations);
	return rc;
}
