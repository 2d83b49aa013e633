/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EXPLORE_FAKES_H_
#define EXPLORE_FAKES_H_

/**
 * @file
 * What libration asks of DPDK, given by the explorer. Included before each of its sources.
 */

#include <stdbool.h>
#include <stddef.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memzone.h>
#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_ticketlock.h>

#include <ration_compat.h>

/** "I wait": another fiber must run. The clock goes on a bit. */
void explore_pause(void);
uint64_t explore_cycles(void);
int explore_tid(void);
const struct rte_memzone *explore_zone_reserve(const char *name, size_t size);
const struct rte_memzone *explore_zone_lookup(const char *name);

static inline void
explore_lock(rte_ticketlock_t *lock)
{
	explore_step("lock", lock);
	while (!rte_ticketlock_trylock(lock))
		explore_pause();
}

static inline unsigned int
explore_enqueue(struct rte_ring *r, void *message)
{
	explore_step("post", r);
	return (unsigned int)rte_ring_enqueue(r, message);
}

static inline unsigned int
explore_dequeue(struct rte_ring *r, void **messages, unsigned int n)
{
	explore_step("fetch", r);
	return rte_ring_sc_dequeue_burst(r, messages, n, NULL);
}

static inline int
explore_empty(const struct rte_ring *r)
{
	explore_step("empty?", r);
	return rte_ring_empty(r);
}

#define rte_pause() explore_pause()
#define rte_get_tsc_cycles() explore_cycles()
#define rte_get_tsc_hz() UINT64_C(1000000)
#define rte_gettid() explore_tid()
#define rte_lcore_id() LCORE_ID_ANY
#define rte_get_main_lcore() 0u
#define rte_lcore_is_enabled(id) ((void)(id), 0)
#define rte_lcore_callback_register(name, init, uninit, arg) ((void)(uninit))
#define rte_eal_process_type() RTE_PROC_PRIMARY
#define rte_memzone_reserve_aligned(name, size, socket, flags, align)                              \
	((void)(socket), explore_zone_reserve(name, size))
#define rte_memzone_lookup(name) explore_zone_lookup(name)
#define rte_memzone_free(mz) ((void)(mz))
#define rte_ticketlock_lock(lock) explore_lock(lock)
#define rte_ticketlock_trylock(lock) (explore_step("trylock", lock), rte_ticketlock_trylock(lock))
#define rte_ring_enqueue(r, message) explore_enqueue(r, message)
#define rte_ring_sc_dequeue_burst(r, messages, n, left) explore_dequeue(r, messages, n)
#define rte_ring_empty(r) explore_empty(r)

#endif /* EXPLORE_FAKES_H_ */
