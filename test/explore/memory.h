/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_MEMORY_H_
#define TEST_EXPLORE_MEMORY_H_

/**
 * @file
 * Shared memory of the explorer. It is restored for each schedule.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Clear all memory. */
void memory_clear(void);

/** Save the contents of memory. */
void memory_keep(void);

/** Restore the saved contents. */
void memory_restore(void);

/** Offset of a word, or -1 if it is not in this memory. */
ptrdiff_t memory_offset(const volatile void *at);

/** Mark words that only count events: no switch of fibers is needed before an access to them. */
void memory_mark_minor(const volatile void *at, size_t size);
bool memory_is_minor(const volatile void *at);

/** Write the first nb stores of a fiber's buffer to memory. */
void memory_flush(uint32_t fiber, uint32_t nb);

/** Number of stores in a fiber's buffer. */
uint32_t memory_buffered(uint32_t fiber);

/** Number of writes to memory so far. */
uint64_t memory_writes(void);

uint64_t memory_writes_of_others(uint32_t fiber);

#endif /* TEST_EXPLORE_MEMORY_H_ */
