/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_TRACE_POINTS_H_
#define RATION_SHM_TRACE_POINTS_H_

/**
 * @file
 * The trace points of libration, lib.ration.*, all on the slow path. Only trace.c and
 * trace_register.c include this file, because DPDK's trace library is experimental in 22.11.
 */

#ifndef ALLOW_EXPERIMENTAL_API
#define ALLOW_EXPERIMENTAL_API
#endif

#include <stdint.h>

#include <rte_trace_point.h>

/* clang-format off */

RTE_TRACE_POINT(
	ration_tp_refill,
	RTE_TRACE_POINT_ARGS(uint32_t member_id, uint32_t counter, uint64_t need,
			     uint32_t precharge),
	rte_trace_point_emit_u32(member_id);
	rte_trace_point_emit_u32(counter);
	rte_trace_point_emit_u64(need);
	rte_trace_point_emit_u32(precharge);
)

RTE_TRACE_POINT(
	ration_tp_trim,
	RTE_TRACE_POINT_ARGS(uint32_t member_id, uint32_t counter, uint64_t units),
	rte_trace_point_emit_u32(member_id);
	rte_trace_point_emit_u32(counter);
	rte_trace_point_emit_u64(units);
)

RTE_TRACE_POINT(
	ration_tp_refusal,
	RTE_TRACE_POINT_ARGS(uint32_t member_id, uint32_t failed, uint32_t nb),
	rte_trace_point_emit_u32(member_id);
	rte_trace_point_emit_u32(failed);
	rte_trace_point_emit_u32(nb);
)

RTE_TRACE_POINT(
	ration_tp_scan,
	RTE_TRACE_POINT_ARGS(uint32_t member_id, uint32_t round, uint64_t units),
	rte_trace_point_emit_u32(member_id);
	rte_trace_point_emit_u32(round);
	rte_trace_point_emit_u64(units);
)

RTE_TRACE_POINT(
	ration_tp_round,
	RTE_TRACE_POINT_ARGS(uint32_t target, uint32_t round, uint64_t units, uint32_t nb_timedout,
			     uint64_t cycles),
	rte_trace_point_emit_u32(target);
	rte_trace_point_emit_u32(round);
	rte_trace_point_emit_u64(units);
	rte_trace_point_emit_u32(nb_timedout);
	rte_trace_point_emit_u64(cycles);
)

RTE_TRACE_POINT(
	ration_tp_takeover,
	RTE_TRACE_POINT_ARGS(uint32_t member_id, uint8_t dead, uint64_t units),
	rte_trace_point_emit_u32(member_id);
	rte_trace_point_emit_u8(dead);
	rte_trace_point_emit_u64(units);
)

/* clang-format on */

#endif /* RATION_SHM_TRACE_POINTS_H_ */
