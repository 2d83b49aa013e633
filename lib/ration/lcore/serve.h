/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_SERVE_H_
#define RATION_LCORE_SERVE_H_

/**
 * @file
 * Serving requests: the owner scans its stock entries and acknowledges the round.
 */

#include "shm/layout.h"

/** Serve all present requests at once, however many entries they cover. Owner only. */
void ration_serve_fully(struct ration_lcore *lc);

#endif /* RATION_LCORE_SERVE_H_ */
