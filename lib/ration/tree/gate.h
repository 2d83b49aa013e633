/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_GATE_H_
#define RATION_TREE_GATE_H_

/**
 * @file
 * The round: which drains are running, and the gate that goes with them. See gate.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Open the gate for a target. @return the asker's number, or -EAGAIN if all are taken. */
int ration_gate_open(struct ration_domain *d, uint32_t target, uint32_t *round);

void ration_gate_close(struct ration_domain *d, int drainer);

/** Read generation and targets of the running round. */
void ration_drain_set_read(struct ration_domain *d, struct drain_set *set);

/** Whether a view covers a counter. */
bool ration_drain_set_covers(const struct ration_domain *d, const struct drain_set *set,
			     const struct counter *c);

/** Whether the gate is set for a counter. To be read afresh on every cold path. */
bool ration_gate_is_set(const struct ration_domain *d, const struct counter *c);

#endif /* RATION_TREE_GATE_H_ */
