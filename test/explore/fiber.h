/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_FIBER_H_
#define TEST_EXPLORE_FIBER_H_

/**
 * @file
 * Stacks and the switch between them.
 */

#include <stdint.h>

/** Prepare a fiber that will run a function; the function must not return. */
void fiber_prepare(uint32_t fiber, void (*function)(void));

/** Switch from the scheduler to a fiber; returns when a fiber calls fiber_stop(). */
void fiber_start(uint32_t fiber);

/** Switch from one fiber to another. */
void fiber_switch(uint32_t from, uint32_t to);

/** Switch back to the scheduler. The stack of this fiber may be dropped. */
void fiber_stop(uint32_t fiber);

#endif /* TEST_EXPLORE_FIBER_H_ */
