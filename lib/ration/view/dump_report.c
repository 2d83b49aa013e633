/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Write the report of a drain as text.
 */

#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration.h>

static void
dump_time(uint64_t cycles, FILE *f)
{
	uint64_t hz = rte_get_tsc_hz();

	if (hz != 0)
		fprintf(f, "%.1f us", (double)cycles * 1e6 / (double)hz);
	else /* EAL is not initialized. */
		fprintf(f, "%" PRIu64 " cycles", cycles);
}

static void
dump_row(const struct ration_drain_row *row, FILE *f)
{
	fprintf(f, "  member %u ", row->member_id);
	if (row->lcore_id == LCORE_ID_ANY)
		fprintf(f, "thread");
	else
		fprintf(f, "lcore %u", row->lcore_id);
	fprintf(f, " engine %s status %s", ration_drain_engine_name(row->engine),
		ration_drain_status_name(row->status));
	if (row->status == RATION_DRAIN_TIMEDOUT)
		fprintf(f, " reason %s", ration_drain_reason_name(row->reason));
	fprintf(f, " units %" PRIu64 " after ", row->units);
	dump_time(row->cycles, f);
	fprintf(f, "\n");
}

void
ration_drain_report_dump(const struct ration_drain_report *report, FILE *f)
{
	uint32_t i, nb;

	if (report == NULL || f == NULL)
		return;
	nb = report->rows != NULL ? RTE_MIN(report->nb_rows, report->max_rows) : 0;
	fprintf(f, "drain: members %u timedout %u drains %u units %" PRIu64 " in ",
		report->nb_members, report->nb_timedout, report->nb_rounds, report->units);
	dump_time(report->cycles, f);
	fprintf(f, "\n");
	for (i = 0; i < nb; i++)
		dump_row(&report->rows[i], f);
	if (nb < report->nb_members)
		fprintf(f, "  %u more members have no row\n", report->nb_members - nb);
}
