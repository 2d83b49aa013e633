/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIMIT_TRUTH_H_
#define BENCH_LIMIT_TRUTH_H_

/**
 * @file
 * Wrong refusals: packets that were refused although what all lcores held plus one unit was within
 * the limit; and the share of the limit in use. This is a pass of its own, because it disturbs what
 * is measured.
 *
 * Each lcore keeps the units that it holds in a word on a cache line of its own. Before and after
 * some of its charges, an lcore reads the words of all others. A refused packet is wrong if there
 * was room for it in both readings.
 *
 * Inside of a call an lcore does not know what it holds. An lcore that was charging when it was
 * read counts as if it had its units already: all packets of a single call; of a burst those that
 * it was granted in the end. Units that are being returned are still in use. Both make refusals
 * rather right than wrong.
 *
 * It is an estimate, because the others move while they are read one after the other:
 *
 * - Units that go from an lcore that was not yet read to one that was already read are in neither
 *   word. If that happens in both readings, a right refusal counts as wrong.
 * - Units that were free only between both readings are missed: a wrong refusal counts as right.
 *
 * So a lower bound is counted beside it. For an lcore whose word is the same in both readings it
 * takes what it held and was about to charge; for any other the most that it ever holds. Those
 * refusals were wrong for sure. On many busy lcores the bound is far too low.
 */

#include "tests/limit_cases.h"

/** Task: a burst, with words and readings. */
void limit_hold_looking(struct worker *wk);

/** Add up what the lcores have counted. They have stopped. */
void limit_truth_sum(const struct limit_run *r, struct limit_truth *sum);

#endif /* BENCH_LIMIT_TRUTH_H_ */
