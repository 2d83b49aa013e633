/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIMIT_SPLIT_H_
#define BENCH_LIMIT_SPLIT_H_

/**
 * @file
 * The time of a packet by what happens to it. Packets of one burst cannot be timed one by one, so
 * whole bursts are timed, and the time of a granted packet and of a refused one are those that
 * explain the times of all bursts best (least squares): bursts with more refused packets take
 * longer or shorter.
 *
 * If half of the packets are refused, every burst has the same mix. So every eighth burst has only
 * packets of the tenant of the lcore, the bystander.
 *
 * This is a pass of its own, because reading the clock takes time, which is subtracted. Quiescent
 * points are not part of it.
 */

#include "tests/limit_cases.h"

/** Task: a burst, timed. */
void limit_hold_timed(struct worker *wk);

/** Add up what the lcores have counted. They have stopped. */
void limit_split_sum(const struct limit_run *r, struct limit_split *sum);

/** Ticks of a granted and of a refused packet; NAN: unknown, because all bursts are alike. */
void limit_split_solve(const struct limit_split *sum, double *granted, double *refused);

#endif /* BENCH_LIMIT_SPLIT_H_ */
