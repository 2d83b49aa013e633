/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <math.h>

#include <jansson.h>

#include "report/format.h"

/* Names from the command line and from files may be invalid UTF-8, which JSON does not allow. */
static json_t *
text(const char *s)
{
	json_t *t = json_string(s);

	return t != NULL ? t : json_string("?");
}

static json_t *
integer(uint64_t n)
{
	return json_integer((json_int_t)n);
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
	put(&o, "rx", integer(p->rx.packets));
	put(&o, "tx", integer(p->tx.packets));
	put(&o, "rx_bytes", integer(p->rx.bytes));
	put(&o, "tx_bytes", integer(p->tx.bytes));
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

static json_t *
tenant(const struct stats *s, const struct tenant_stats *t)
{
	bool budgeted = s->from_tenants->counters != NULL;
	json_t *o = json_object();

	put(&o, "name", text(t->name));
	put(&o, "offered", integer(t->verdicts[VERDICT_OFFERED].packets));
	put(&o, "delivered", integer(t->verdicts[VERDICT_DELIVERED].packets));
	put(&o, "refused", integer(t->verdicts[VERDICT_REFUSED].packets));
	put(&o, "lost", integer(t->verdicts[VERDICT_LOST].packets));
	put(&o, "held", integer(t->held));
	put(&o, "offered_bytes", integer(t->verdicts[VERDICT_OFFERED].bytes));
	put(&o, "delivered_bytes", integer(t->verdicts[VERDICT_DELIVERED].bytes));
	put(&o, "usage", budgeted ? integer(t->usage) : json_null());
	put(&o, "max", budgeted ? integer(t->max) : json_null());
	put(&o, "watermark", budgeted ? integer(t->watermark) : json_null());
	if (s->options->latency)
		put(&o, "latency_us", latency(&t->latency));
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
	if (s->from_tenants->counters == NULL)
		return o;
	put(&o, "refills", integer(l->ration.refills));
	put(&o, "trims", integer(l->ration.trims));
	put(&o, "refusals", integer(l->ration.refusals));
	put(&o, "forced", integer(l->ration.forced));
	put(&o, "drains", integer(l->ration.drains));
	put(&o, "drained", integer(l->ration.drained));
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

static json_t *
build(const struct stats *s, enum report_type type, uint64_t violations)
{
	json_t *ports = json_array(), *tenants = json_array(), *lcores = json_array();
	json_t *o = json_object(), *check;
	uint32_t i;

	for (i = 0; i < s->from_ports->nb; i++)
		append(&ports, port(&s->ports[i]));
	for (i = 0; i < s->nb_tenants; i++)
		append(&tenants, tenant(s, &s->tenants[i]));
	for (i = 0; i < s->from_lcores->nb; i++)
		append(&lcores, lcore(s, &s->lcores[i]));
	put(&o, "type", json_string(type == REPORT_TOTAL ? "total" : "period"));
	put(&o, "time", real(s->time));
	put(&o, "ports", ports);
	put(&o, "tenants", tenants);
	put(&o, "lcores", lcores);
	if (type == REPORT_TOTAL) {
		check = json_object();
		put(&check, "ok", json_boolean(violations == 0));
		put(&check, "violations", integer(violations));
		put(&o, "check", check);
	}
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
