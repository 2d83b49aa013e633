/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#define ALLOW_EXPERIMENTAL_API

#include <rte_trace_point_register.h>

#include "shm/trace_points.h"

RTE_TRACE_POINT_REGISTER(ration_tp_refill, lib.ration.refill)
RTE_TRACE_POINT_REGISTER(ration_tp_trim, lib.ration.trim)
RTE_TRACE_POINT_REGISTER(ration_tp_refusal, lib.ration.refusal)
RTE_TRACE_POINT_REGISTER(ration_tp_scan, lib.ration.scan)
RTE_TRACE_POINT_REGISTER(ration_tp_round, lib.ration.round)
RTE_TRACE_POINT_REGISTER(ration_tp_takeover, lib.ration.takeover)
