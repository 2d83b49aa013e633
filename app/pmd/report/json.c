/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "report/format.h"
#include "report/select.h"

/* Readers that have only double-precision numbers round larger integers. */
#define INTEGER_MAX (UINT64_C(1) << 53)

/* Names from the command line and from files may be invalid UTF-8, which JSON does not allow. */
static json_t *
text(const char *s)
{
	json_t *t = json_string(s);

	return t != NULL ? t : json_string("?");
}

/* A number that some readers would round is a string. */
static json_t *
integer(uint64_t n)
{
	char digits[24];

	if (n <= INTEGER_MAX)
		return json_integer((json_int_t)n);
	snprintf(digits, sizeof(digits), "%" PRIu64, n);
	return json_string(digits);
}

/* "No limit" is not a number. */
static json_t *
units(uint64_t n)
{
	return n == RATION_UNLIMITED ? json_null() : integer(n);
}

/* No number here is more precise than three decimals. */
static json_t *
real(double x)
{
	return json_real(round(x * 1000) / 1000);
}

/* The object becomes and stays NULL after an error, so that the caller checks only once. */
static void
put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) < 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static json_t *
port(const struct port_stats *p)
{
	json_t *o = json_object();

	put(&o, "port", integer(p->id));
	put(&o, "name", text(p->name));
	put(&o, "link", json_string(link_name(p->link)));
	put(&o, "rx", integer(p->rx.packets));
	put(&o, "tx", integer(p->tx.packets));
	put(&o, "rx_bytes", integer(p->rx.bytes));
	put(&o, "tx_bytes", integer(p->tx.bytes));
	put(&o, "rx_per_s", real(p->rx_rate));
	put(&o, "tx_per_s", real(p->tx_rate));
	put(&o, "missed", integer(p->missed));
	put(&o, "errors", integer(p->errors));
	put(&o, "nombuf", integer(p->nombuf));
	put(&o, "tx_errors", integer(p->tx_errors));
	put(&o, "tx_dropped", integer(p->tx_dropped));
	return o;
}

static json_t *
latency(const struct latency_stats *l)
{
	json_t *o = json_object();

	put(&o, "p50", real(l->p50));
	put(&o, "p99", real(l->p99));
	put(&o, "p999", real(l->p999));
	put(&o, "max", real(l->max));
	put(&o, "count", integer(l->count));
	return o;
}

static void
put_packets(json_t **o, const struct tenant_stats *t)
{
	put(o, "offered", integer(t->verdicts[VERDICT_OFFERED].packets));
	put(o, "delivered", integer(t->verdicts[VERDICT_DELIVERED].packets));
	put(o, "refused", integer(t->verdicts[VERDICT_REFUSED].packets));
	put(o, "lost", integer(t->verdicts[VERDICT_LOST].packets));
	put(o, "held", integer(t->held));
	put(o, "in_flight", integer(t->in_flight));
	put(o, "offered_bytes", integer(t->verdicts[VERDICT_OFFERED].bytes));
	put(o, "delivered_bytes", integer(t->verdicts[VERDICT_DELIVERED].bytes));
	put(o, "refused_bytes", integer(t->verdicts[VERDICT_REFUSED].bytes));
	put(o, "lost_bytes", integer(t->verdicts[VERDICT_LOST].bytes));
}

static json_t *
tenant(const struct stats *s, const struct tenant_stats *t)
{
	const struct counter_stats *c = s->nb_counters > 0 ? &s->counters[t->node] : NULL;
	json_t *o = json_object();

	put(&o, "name", text(t->name));
	put_packets(&o, t);
	put(&o, "usage", c != NULL ? integer(c->usage) : json_null());
	put(&o, "max", c != NULL ? units(c->max) : json_null());
	put(&o, "watermark", c != NULL ? integer(c->watermark) : json_null());
	if (s->options->latency)
		put(&o, "latency_us", latency(&t->latency));
	return o;
}

/* The sums over all tenants, also over those that are left out. */
static json_t *
tenants_total(const struct stats *s)
{
	struct tenant_stats sum = {0};
	json_t *o = json_object();
	uint32_t i;
	int verdict;

	for (i = 0; i < s->nb_tenants; i++) {
		const struct tenant_stats *t = &s->tenants[i];

		for (verdict = 0; verdict < VERDICT_COUNT; verdict++) {
			sum.verdicts[verdict].packets += t->verdicts[verdict].packets;
			sum.verdicts[verdict].bytes += t->verdicts[verdict].bytes;
		}
		sum.held += t->held;
		sum.in_flight += t->in_flight;
	}
	put(&o, "tenants", integer(s->nb_tenants));
	put_packets(&o, &sum);
	return o;
}

static json_t *
counter(const struct counter_stats *c)
{
	json_t *o = json_object();

	put(&o, "name", text(c->path));
	put(&o, "usage", integer(c->usage));
	put(&o, "max", units(c->max));
	put(&o, "watermark", integer(c->watermark));
	put(&o, "failures", integer(c->failures));
	put(&o, "forced", integer(c->forced));
	put(&o, "rejected", integer(c->rejected));
	return o;
}

static json_t *
lcore(const struct stats *s, const struct lcore_stats *l)
{
	json_t *o = json_object();

	put(&o, "lcore", integer(l->lcore_id));
	put(&o, "packets", integer(l->packets));
	put(&o, "cycles_per_packet",
	    s->options->record_core_cycles ? real(l->cycles_per_packet) : json_null());
	if (s->nb_counters == 0)
		return o;
	put(&o, "refills", integer(l->ration.refills));
	put(&o, "trims", integer(l->ration.trims));
	put(&o, "refusals", integer(l->ration.refusals));
	put(&o, "forced", integer(l->ration.forced));
	put(&o, "drains", integer(l->ration.drains));
	put(&o, "drained", integer(l->ration.drained));
	put(&o, "idle", integer(l->ration.idle));
	put(&o, "rejected", integer(l->ration.rejected));
	return o;
}

/* The array becomes and stays NULL after an error. */
static void
append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) < 0) {
		json_decref(*array);
		*array = NULL;
	}
}

static void
put_tenants(json_t **o, const struct stats *s)
{
	json_t *tenants = json_array();
	struct selection selected;
	uint32_t i;

	/* NULL makes the report fail. */
	if (select_tenants(s, &selected) < 0)
		append(&tenants, NULL);
	for (i = 0; i < selected.nb && tenants != NULL; i++)
		append(&tenants, tenant(s, &s->tenants[selected.rows[i]]));
	put(o, "tenants", tenants);
	put(o, "tenants_more", integer(selected.nb_more));
	put(o, "tenants_total", tenants_total(s));
	free(selected.rows);
}

static void
put_counters(json_t **o, const struct stats *s)
{
	json_t *counters = json_array();
	struct selection selected;
	uint32_t i;

	if (select_counters(s, &selected) < 0)
		append(&counters, NULL);
	for (i = 0; i < selected.nb && counters != NULL; i++)
		append(&counters, counter(&s->counters[selected.rows[i]]));
	put(o, "counters", counters);
	put(o, "counters_more", integer(selected.nb_more));
	free(selected.rows);
}

static void
put_check(json_t **o, uint64_t violations)
{
	json_t *check = json_object();

	put(&check, "ok", json_boolean(violations == 0));
	put(&check, "violations", integer(violations));
	put(o, "check", check);
}

/* How often each kind of frame came in; null without rules for headers. */
static json_t *
frames(const struct stats *s)
{
	json_t *o;
	int kind;

	if (!tenants_read_headers(s->from_tenants))
		return json_null();
	o = json_object();
	for (kind = 0; kind < PACKET_KINDS; kind++)
		put(&o, packet_kind_names[kind], integer(s->kinds[kind]));
	return o;
}

static json_t *
build(const struct stats *s, enum report_type type, uint64_t violations)
{
	json_t *ports = json_array(), *lcores = json_array();
	json_t *o = json_object();
	uint32_t i;

	for (i = 0; i < s->from_ports->nb; i++)
		append(&ports, port(&s->ports[i]));
	for (i = 0; i < s->from_lcores->nb; i++)
		append(&lcores, lcore(s, &s->lcores[i]));
	put(&o, "type", json_string(type == REPORT_TOTAL ? "total" : "period"));
	put(&o, "time", real(s->time));
	put(&o, "periods_missed", integer(s->periods_missed));
	put(&o, "reports_dropped", integer(s->reports_dropped));
	put(&o, "ports", ports);
	put_tenants(&o, s);
	put_counters(&o, s);
	put(&o, "frames", frames(s));
	put(&o, "lcores", lcores);
	if (type == REPORT_TOTAL)
		put_check(&o, violations);
	return o;
}

int
report_json(FILE *f, const struct stats *s, enum report_type type, uint64_t violations)
{
	json_t *o = build(s, type, violations);
	int rc;

	if (o == NULL)
		return -ENOMEM;
	rc = json_dumpf(o, f, JSON_COMPACT);
	json_decref(o);
	fputc('\n', f);
	/* The caller checks the stream for write errors; any other error is lack of memory. */
	return rc == 0 || ferror(f) ? 0 : -ENOMEM;
}
