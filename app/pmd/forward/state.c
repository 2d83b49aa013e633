/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "forward/state.h"

RATION_ATOMIC(uint32_t) forward_state = FORWARD_STOP;
