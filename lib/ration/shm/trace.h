/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_TRACE_H_
#define RATION_SHM_TRACE_H_

/**
 * @file
 * Trace points as functions, so that no other file includes DPDK's trace library, which is
 * experimental in 22.11. All of them are called on the slow path only.
 */

#include <stdbool.h>
#include <stdint.h>

/** A refill charged the tree `need` units for the caller and `precharge` units for the stock. */
void ration_trace_refill(uint32_t member_id, uint32_t counter, uint64_t need, uint32_t precharge);

/** A trim uncharged the tree `units` units. */
void ration_trace_trim(uint32_t member_id, uint32_t counter, uint64_t units);

/** A charge was refused, because the counter at index `failed` lacked room. */
void ration_trace_refusal(uint32_t member_id, uint32_t failed, uint32_t nb);

/** An lcore finished a drain scan, or the part of it that fits into one quiescent point. */
void ration_trace_scan(uint32_t member_id, uint32_t round, uint64_t units);

/** A drain ended. */
void ration_trace_round(uint32_t target, uint32_t round, uint64_t units, uint32_t nb_timedout,
			uint64_t cycles);

/** The stock of an offline or dead lcore was returned by another thread. */
void ration_trace_takeover(uint32_t member_id, bool dead, uint64_t units);

#endif /* RATION_SHM_TRACE_H_ */
