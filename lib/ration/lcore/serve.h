/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_SERVE_H_
#define RATION_LCORE_SERVE_H_

/**
 * @file
 * What an lcore does when it is asked for its stock.
 */

#include "shm/layout.h"

/** Serve all that is asked for now, however long it takes. Owner only. */
void ration_serve_fully(struct ration_lcore *lc);

#endif /* RATION_LCORE_SERVE_H_ */
