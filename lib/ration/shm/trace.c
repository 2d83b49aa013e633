/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "shm/trace.h"
#include "shm/trace_points.h"

void
ration_trace_refill(uint32_t slot_id, uint32_t counter, uint64_t need, uint32_t ahead)
{
	ration_tp_refill(slot_id, counter, need, ahead);
}

void
ration_trace_trim(uint32_t slot_id, uint32_t counter, uint64_t units)
{
	ration_tp_trim(slot_id, counter, units);
}

void
ration_trace_refusal(uint32_t slot_id, uint32_t failed)
{
	ration_tp_refusal(slot_id, failed);
}

void
ration_trace_pass(uint32_t slot_id, uint32_t gen, uint64_t units)
{
	ration_tp_pass(slot_id, gen, units);
}

void
ration_trace_round(uint32_t target, uint32_t gen, uint64_t units, uint32_t nb_timedout,
		   uint64_t cycles)
{
	ration_tp_round(target, gen, units, nb_timedout, cycles);
}

void
ration_trace_takeover(uint32_t slot_id, bool gone, uint64_t units)
{
	ration_tp_takeover(slot_id, gone, units);
}
