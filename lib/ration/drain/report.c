/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <string.h>

#include <rte_cycles.h>

#include "drain/report.h"
#include "lcore/member.h"
#include "shm/clock.h"
#include "shm/log.h"
#include "tree/counter.h"
#include "tree/path.h"

void
ration_row_done(struct drain *dr, struct ration_drain_row *row, uint64_t units)
{
	uint32_t i = (uint32_t)(row - dr->rows);

	if (dr->waiting[i])
		dr->nb_waiting--;
	dr->waiting[i] = false;
	row->status = units > 0 ? RATION_DRAIN_DONE : RATION_DRAIN_EMPTY;
	row->units = units;
	row->cycles = rte_get_tsc_cycles() - dr->start;
	dr->units += units;
}

uint64_t
ration_row_units(const struct drain *dr, const struct ration_drain_row *row)
{
	const struct ration_lcore *lc = ration_lcore_area(dr->domain, ration_row_member(dr, row));

	return ration_load(&lc->ack_units, relaxed) - dr->units_before[row - dr->rows];
}

/* Find the reason why a member did not answer in time. */
static enum ration_drain_reason
reason_of(const struct drain *dr, const struct ration_drain_row *row)
{
	const struct member *m = ration_row_member(dr, row);

	if (MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_TAKEN)
		return RATION_DRAIN_REASON_TAKEN;
	if (ration_member_is_waiting_worker(m, row->lcore_id))
		return RATION_DRAIN_REASON_WAIT;
	return RATION_DRAIN_REASON_SILENT;
}

static void
log_timeout(const struct drain *dr, const struct ration_drain_row *row)
{
	static const char *const reasons[] = {
		[RATION_DRAIN_REASON_NONE] = "unknown",
		[RATION_DRAIN_REASON_SILENT] = "it reports no quiescent point",
		[RATION_DRAIN_REASON_WAIT] = "it is in WAIT; only the main lcore can drain it",
		[RATION_DRAIN_REASON_TAKEN] = "another drainer holds its stock",
		[RATION_DRAIN_REASON_WALK] = "it did not finish a charge or uncharge",
	};

	char path[RATION_PATH_SIZE];

	RATION_LOG_LIMITED(
		dr->domain,
		"member %u (lcore %d) did not answer a drain of counter %s within %" PRIu64
		" us: %s",
		row->member_id, (int)row->lcore_id,
		ration_path_text(dr->domain, ration_handle(dr->domain, dr->target), path),
		row->cycles / (ration_us_to_cycles(1)), reasons[row->reason]);
}

void
ration_row_timed_out(struct drain *dr, struct ration_drain_row *row)
{
	row->status = RATION_DRAIN_TIMEDOUT;
	row->reason = reason_of(dr, row);
	row->cycles = rte_get_tsc_cycles() - dr->start;
	dr->nb_timedout++;
	/* With a timeout of 0 a missing answer is expected: no warning. */
	if (dr->deadline > dr->start)
		log_timeout(dr, row);
}

/* Copy the rows of members that timed out, or of the other members, while the report has room. */
static void
write_rows(const struct drain *dr, struct ration_drain_report *report, bool timedout)
{
	uint32_t i;

	for (i = 0; i < dr->nb_rows && report->nb_rows < report->max_rows; i++) {
		if ((dr->rows[i].status == RATION_DRAIN_TIMEDOUT) == timedout)
			report->rows[report->nb_rows++] = dr->rows[i];
	}
}

void
ration_report_write(const struct drain *dr, struct ration_drain_report *report)
{
	if (report == NULL)
		return;
	report->nb_members = dr->nb_rows;
	report->nb_timedout = dr->nb_timedout;
	report->nb_rounds = dr->nb_rounds;
	report->units = dr->units;
	report->cycles = rte_get_tsc_cycles() - dr->start;
	report->nb_rows = 0;
	if (report->rows == NULL)
		return;
	if (dr->nb_rows <= report->max_rows) {
		report->nb_rows = dr->nb_rows;
		memcpy(report->rows, dr->rows, dr->nb_rows * sizeof(dr->rows[0]));
		return;
	}
	/* Not all rows fit: the members that did not answer are the most important ones. */
	write_rows(dr, report, true);
	write_rows(dr, report, false);
}
