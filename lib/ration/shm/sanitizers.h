/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_SANITIZERS_H_
#define RATION_SHM_SANITIZERS_H_

/**
 * @file
 * What the sanitizers must be told, because DPDK is not built with them. Nothing otherwise.
 *
 * AddressSanitizer knows nothing of memzones: places of counters that are free are poisoned, and so
 * are red zones between the parts of a domain and of an lcore's block. Each process has its own
 * notion of what is poisoned; only the primary poisons, for only it makes and destroys.
 *
 * ThreadSanitizer does not see EAL wait for an lcore.
 */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RATION_ASAN
#endif
#if __has_feature(thread_sanitizer)
#define RATION_TSAN
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
#define RATION_ASAN
#endif
#ifdef __SANITIZE_THREAD__
#define RATION_TSAN
#endif

/* RATION_NO_RED_ZONE: for a test that copies whole domains. */
#if defined(RATION_ASAN) && !defined(RATION_NO_RED_ZONE)

#include <sanitizer/asan_interface.h>

/** Bytes that nobody may touch, behind each array that is found by an index. */
#define RATION_RED_ZONE 64

#define ration_poison(p, size) __asan_poison_memory_region(p, size)
#define ration_unpoison(p, size) __asan_unpoison_memory_region(p, size)

#else

#define RATION_RED_ZONE 0

#define ration_poison(p, size) ((void)(p), (void)(size))
#define ration_unpoison(p, size) ((void)(p), (void)(size))

#endif

#ifdef RATION_TSAN

#include <sanitizer/tsan_interface.h>

/** All so far comes before whatever follows ration_happens_after() of the same address. */
#define ration_happens_before(p) __tsan_release(p)
#define ration_happens_after(p) __tsan_acquire(p)

#else

#define ration_happens_before(p) ((void)(p))
#define ration_happens_after(p) ((void)(p))

#endif

#endif /* RATION_SHM_SANITIZERS_H_ */
