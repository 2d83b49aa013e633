/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_MEMORY_H_
#define TEST_EXPLORE_MEMORY_H_

/**
 * @file
 * Shared memory of the explorer, for its schedules.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Forget everything. */
void memory_clear(void);

/** Remember memory as it is. */
void memory_keep(void);

/** Make it what was remembered. */
void memory_restore(void);

/** Where a word is, or -1 if it is not in here. */
ptrdiff_t memory_offset(const volatile void *at);

/** Words that only count events: no other fiber need run before they are read or written. */
void memory_mark_minor(const volatile void *at, size_t size);
bool memory_is_minor(const volatile void *at);

/** Write the first nb stores of a fiber's buffer to memory. */
void memory_flush(uint32_t fiber, uint32_t nb);

/** Stores in a fiber's buffer. */
uint32_t memory_buffered(uint32_t fiber);

/** Writes to memory so far. */
uint64_t memory_writes(void);

uint64_t memory_writes_of_others(uint32_t fiber);

#endif /* TEST_EXPLORE_MEMORY_H_ */
