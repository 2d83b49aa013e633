/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_TRACE_H_
#define RATION_SHM_TRACE_H_

/**
 * @file
 * What can be traced, as functions: no other file sees the experimental trace library.
 */

#include <stdbool.h>
#include <stdint.h>

/** A charge walked the tree: it needed `need` and took `ahead` more. */
void ration_trace_refill(uint32_t member_id, uint32_t counter, uint64_t need, uint32_t ahead);

/** An uncharge walked the tree with so many units. */
void ration_trace_trim(uint32_t member_id, uint32_t counter, uint64_t units);

/** A charge was refused for want of room in `failed`. */
void ration_trace_refusal(uint32_t member_id, uint32_t failed);

/** An lcore did (a part of) what it was asked for. */
void ration_trace_scan(uint32_t member_id, uint32_t round, uint64_t units);

/** A drain has ended. */
void ration_trace_round(uint32_t target, uint32_t round, uint64_t units, uint32_t nb_timedout,
			uint64_t cycles);

/** A drainer took over a parked or dead lcore. */
void ration_trace_takeover(uint32_t member_id, bool dead, uint64_t units);

#endif /* RATION_SHM_TRACE_H_ */
