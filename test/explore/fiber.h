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

/** Make a fiber that will run a function; the function must not return. */
void fiber_prepare(uint32_t fiber, void (*function)(void));

/** Go from the scheduler to a fiber, and come back when one calls fiber_stop(). */
void fiber_start(uint32_t fiber);

/** Go from one fiber to another. */
void fiber_switch(uint32_t from, uint32_t to);

/** Go back to the scheduler. What this fiber was doing may be forgotten. */
void fiber_stop(uint32_t fiber);

#endif /* TEST_EXPLORE_FIBER_H_ */
