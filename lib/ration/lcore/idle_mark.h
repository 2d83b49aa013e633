/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_IDLE_MARK_H_
#define RATION_LCORE_IDLE_MARK_H_

/**
 * @file
 * The idle mark of a stock entry: the next charge or uncharge misses. See idle.c and watch.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Return true if the entry has the idle mark, and its counter has generation gen. */
bool ration_idle_marked(const struct ration_stock *s, uint32_t gen);

/** Set or clear the idle mark: invert the generation bits in `limit`. */
void ration_toggle_idle_mark(struct ration_stock *s);

#endif /* RATION_LCORE_IDLE_MARK_H_ */
