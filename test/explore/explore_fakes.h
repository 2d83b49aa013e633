/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EXPLORE_FAKES_H_
#define EXPLORE_FAKES_H_

/**
 * @file
 * Replacements of the DPDK functions that libration calls. Included before each of its sources.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memzone.h>
#include <rte_pause.h>
#include <rte_ticketlock.h>

#include <ration_compat.h>

#include "explore_atomics.h"

struct scenario;

void explore_pause(void);
uint64_t explore_cycles(void);
int explore_tid(void);
const struct rte_memzone *explore_zone_reserve(const char *name, size_t size);
const struct rte_memzone *explore_zone_lookup(const char *name);

/* Processes and lcores, as the scenario defines them for its fibers. */
unsigned int explore_lcore_id(void);
int explore_lcore_is_enabled(unsigned int id);
bool ration_is_primary(void);
enum rte_lcore_state_t explore_lcore_state(unsigned int id);
int explore_launch(lcore_function_t *function, void *arg, unsigned int id);
int explore_wait_lcore(unsigned int id);

/** Run functions that are launched on the calling fiber's lcore, as EAL workers do. */
void explore_be_worker(bool (*go_on)(void));

/* Save and restore the state of these replacements. */
void explore_services_scenario(const struct scenario *scenario);
void explore_services_keep(void);
void explore_services_restore(void);

static inline void
explore_lock(rte_ticketlock_t *lock)
{
	explore_step("lock", lock);
	explore_drain_buffer();
	while (!rte_ticketlock_trylock(lock))
		explore_pause();
	explore_write(lock);
}

static inline void
explore_unlock(rte_ticketlock_t *lock)
{
	explore_step("unlock", lock);
	explore_drain_buffer();
	explore_write(lock);
	rte_ticketlock_unlock(lock);
}

static inline int
explore_trylock(rte_ticketlock_t *lock)
{
	explore_step("trylock", lock);
	explore_drain_buffer();
	if (!rte_ticketlock_trylock(lock))
		return 0;
	explore_write(lock);
	return 1;
}

#define pthread_setspecific(key, value) ((void)(value))
#define rte_pause() explore_pause()
#define rte_get_tsc_cycles() explore_cycles()
#define rte_get_tsc_hz() UINT64_C(1000000)
#define rte_gettid() explore_tid()
#define rte_lcore_id() explore_lcore_id()
#define rte_get_main_lcore() 0u
#define rte_lcore_is_enabled(id) explore_lcore_is_enabled(id)
#define rte_eal_get_lcore_state(id) explore_lcore_state(id)
#define rte_eal_remote_launch(function, arg, id) explore_launch(function, arg, id)
#define rte_eal_wait_lcore(id) explore_wait_lcore(id)
#define rte_socket_id() 0u
#define rte_lcore_callback_register(name, init, uninit, arg) ((void)(uninit))
#define rte_eal_process_type() (ration_is_primary() ? RTE_PROC_PRIMARY : RTE_PROC_SECONDARY)
#define rte_memzone_reserve_aligned(name, size, socket, flags, align)                              \
	((void)(socket), explore_zone_reserve(name, size))
#define rte_memzone_lookup(name) explore_zone_lookup(name)
#define rte_memzone_free(mz) ((void)(mz))
#define rte_ticketlock_lock(lock) explore_lock(lock)
#define rte_ticketlock_trylock(lock) explore_trylock(lock)
#define rte_ticketlock_unlock(lock) explore_unlock(lock)

#endif /* EXPLORE_FAKES_H_ */
