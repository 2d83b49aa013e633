/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_SANITIZERS_H_
#define RATION_SHM_SANITIZERS_H_

/**
 * @file
 * Annotations for the sanitizers, needed because DPDK is not built with them. In other builds the
 * macros do nothing.
 *
 * AddressSanitizer does not know about memzones. So the library poisons free counters, and red
 * zones between the parts of a domain and of an lcore area. Poisoning is local to a process. Only
 * the primary process poisons, because only it creates and destroys domains and counters.
 *
 * ThreadSanitizer does not see that EAL waits for an lcore.
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

/* A test that copies whole domains defines RATION_NO_RED_ZONE. */
#if defined(RATION_ASAN) && !defined(RATION_NO_RED_ZONE)

#include <sanitizer/asan_interface.h>

/** Size in bytes of the poisoned memory after each array that is accessed by index. */
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

/** Everything before this call happens before the code after ration_happens_after(p). */
#define ration_happens_before(p) __tsan_release(p)
#define ration_happens_after(p) __tsan_acquire(p)

#else

#define ration_happens_before(p) ((void)(p))
#define ration_happens_after(p) ((void)(p))

#endif

#endif /* RATION_SHM_SANITIZERS_H_ */
