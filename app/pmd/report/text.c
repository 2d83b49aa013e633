/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <string.h>

#include "report/format.h"

#define U " %14" PRIu64

static void
print_ports(FILE *f, const struct stats *s)
{
	uint16_t i;

	fprintf(f, "%-20s %14s %14s %12s %12s %10s %10s %10s %10s\n", "port", "rx", "tx", "rx/s",
		"tx/s", "missed", "errors", "no mbuf", "tx dropped");
	for (i = 0; i < s->from_ports->nb; i++) {
		const struct port_stats *p = &s->ports[i];

		fprintf(f,
			"%2u %-17s" U U " %12.0f %12.0f %10" PRIu64 " %10" PRIu64 " %10" PRIu64
			" %10" PRIu64 "\n",
			p->id, p->name, p->rx.packets, p->tx.packets, p->rx_rate, p->tx_rate,
			p->missed, p->errors + p->tx_errors, p->nombuf, p->tx_dropped);
	}
}

static void
print_units(FILE *f, uint64_t units)
{
	if (units == RATION_UNLIMITED)
		fprintf(f, " %14s", "unlimited");
	else
		fprintf(f, U, units);
}

static void
print_tenant(FILE *f, const struct stats *s, const struct tenant_stats *t)
{
	fprintf(f, "%-20s" U U U U U, t->name, t->verdicts[VERDICT_OFFERED].packets,
		t->verdicts[VERDICT_DELIVERED].packets, t->verdicts[VERDICT_REFUSED].packets,
		t->verdicts[VERDICT_LOST].packets, t->held);
	if (s->from_tenants->counters != NULL) {
		fprintf(f, U, t->usage);
		print_units(f, t->max);
		fprintf(f, U, t->watermark);
	}
	if (s->options->latency)
		fprintf(f, " %10.1f %10.1f %10.1f %10.1f", t->latency.p50, t->latency.p99,
			t->latency.p999, t->latency.max);
	fprintf(f, "\n");
}

static void
print_tenants(FILE *f, const struct stats *s)
{
	uint32_t i;

	fprintf(f, "%-20s %14s %14s %14s %14s %14s", "tenant", "offered", "delivered", "refused",
		"lost", "held");
	if (s->from_tenants->counters != NULL)
		fprintf(f, " %14s %14s %14s", "usage", "max", "watermark");
	if (s->options->latency)
		fprintf(f, " %10s %10s %10s %10s", "p50 us", "p99 us", "p99.9 us", "max us");
	fprintf(f, "\n");
	for (i = 0; i < s->nb_tenants; i++)
		print_tenant(f, s, &s->tenants[i]);
}

static void
print_lcores(FILE *f, const struct stats *s)
{
	unsigned int i;

	fprintf(f, "%-20s %14s %14s", "lcore", "packets", "cycles/packet");
	if (s->from_tenants->counters != NULL)
		fprintf(f, " %14s %14s %14s %14s", "refills", "trims", "refusals", "drains");
	fprintf(f, "\n");
	for (i = 0; i < s->from_lcores->nb; i++) {
		const struct lcore_stats *l = &s->lcores[i];

		fprintf(f, "%-20u" U, l->lcore_id, l->packets);
		if (s->options->record_core_cycles)
			fprintf(f, " %14.1f", l->cycles_per_packet);
		else
			fprintf(f, " %14s", "-");
		if (s->from_tenants->counters != NULL)
			fprintf(f, U U U U, l->ration.refills, l->ration.trims, l->ration.refusals,
				l->ration.drains);
		fprintf(f, "\n");
	}
}

int
report_text(FILE *f, const struct stats *s, enum report_type type, uint64_t violations)
{
	fprintf(f, "---- %s after %.1f s ----\n", type == REPORT_TOTAL ? "total" : "statistics",
		s->time);
	print_ports(f, s);
	print_tenants(f, s);
	print_lcores(f, s);
	if (type != REPORT_TOTAL)
		return 0;
	if (violations > 0)
		fprintf(f, "check: FAILED, %" PRIu64 " violations\n", violations);
	else if (s->from_tenants->counters != NULL)
		fprintf(f, "check: passed, the usage of all counters is 0, no packet is missing\n");
	else
		fprintf(f, "check: passed, no packet is missing\n");
	return 0;
}
