/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "shm/trace.h"
#include "shm/trace_points.h"

void
ration_trace_refill(uint32_t member_id, uint32_t counter, uint64_t need, uint32_t precharge)
{
	ration_tp_refill(member_id, counter, need, precharge);
}

void
ration_trace_trim(uint32_t member_id, uint32_t counter, uint64_t units)
{
	ration_tp_trim(member_id, counter, units);
}

void
ration_trace_refusal(uint32_t member_id, uint32_t failed, uint32_t nb)
{
	ration_tp_refusal(member_id, failed, nb);
}

void
ration_trace_scan(uint32_t member_id, uint32_t round, uint64_t units)
{
	ration_tp_scan(member_id, round, units);
}

void
ration_trace_round(uint32_t target, uint32_t round, uint64_t units, uint32_t nb_timedout,
		   uint64_t cycles)
{
	ration_tp_round(target, round, units, nb_timedout, cycles);
}

void
ration_trace_takeover(uint32_t member_id, bool dead, uint64_t units)
{
	ration_tp_takeover(member_id, dead, units);
}
