/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_H_
#define RATION_LCORE_H_

/**
 * @file
 * Members of a domain: register, report quiescent points, go offline, unregister. The names follow
 * rte_rcu_qsbr.
 */

#include <stdint.h>

#include <rte_branch_prediction.h>

#include <ration_compat.h>
#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_lcore
 * @{
 */

/**
 * Event counters of a member. Stock hits are not counted: counting would cost more than the hit.
 */
struct ration_lcore_stats {
	uint64_t refills; /**< Granted charges that walked the tree. */
	uint64_t trims; /**< Uncharges that walked the tree. */
	uint64_t refusals; /**< Charges refused because a counter lacked room. */
	uint64_t forced; /**< Forced charges that exceeded a limit. */
	uint64_t drains; /**< Drain scans completed. */
	uint64_t drained; /**< Units returned by drains, and for refused lcores. */
	uint64_t idle; /**< Units returned because they were not used. */
	uint64_t rejected; /**< Calls rejected as misuse: stale handle, excess uncharge. */
};

/**
 * Register the calling thread with a domain and bring it online. If the thread is registered
 * already, the call returns its lcore area, and brings it back online if it is offline. A thread
 * has at most one registration in each domain; ration_lcore_self() finds it.
 *
 * Any thread, registered with EAL or not. Not on the data path: the call may reserve memory. A
 * secondary process uses the members that ration_domain_params::secondary_members reserves. The
 * child of a fork() must register for itself; in all other calls it counts as a secondary process.
 *
 * When the thread ends, it is unregistered automatically, unless rte_eal_cleanup() has unmapped the
 * domain. When it calls rte_thread_unregister(), it goes offline.
 *
 * @param d
 *   The domain.
 * @return
 *   The lcore area of the calling thread, or NULL with rte_errno set:
 *   - ENOSPC: the domain has no free member entry
 *   - ENOMEM: not enough memory for the stocks
 *   - EINVAL: d is NULL
 */
struct ration_lcore *ration_lcore_register(struct ration_domain *d);

/**
 * Register the calling thread once more. Each call adds a member, which ration_lcore_self() does
 * not find. The function is for a thread that acts for several lcores, for example in a test or a
 * simulation.
 *
 * Any thread, like ration_lcore_register().
 *
 * @param d
 *   The domain.
 * @return
 *   The lcore area of the new member, or NULL with rte_errno set as by ration_lcore_register().
 */
RATION_EXPERIMENTAL
struct ration_lcore *ration_lcore_register_extra(struct ration_domain *d);

/**
 * Go offline: return all stock to the tree, and stop reporting quiescent points. Call this function
 * before the thread blocks, sleeps or returns to the WAIT state. Drains do not wait for an offline
 * member. A charge through an offline lcore area walks the tree. Corresponds to
 * rte_rcu_qsbr_thread_offline().
 *
 * Owner only. Does not wait.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @return
 *   - 0: the member is offline
 *   - -EINVAL: the member was not online, or the calling thread does not own it
 */
int ration_lcore_offline(struct ration_lcore *lc);

/**
 * Come back online after ration_lcore_offline(). Corresponds to rte_rcu_qsbr_thread_online().
 *
 * Owner only. May busy-wait while a drainer holds this lcore's stock.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @return
 *   - 0: the member is online
 *   - -EINVAL: the member was not offline, or the calling thread does not own it
 */
int ration_lcore_online(struct ration_lcore *lc);

/**
 * Unregister: return all stock to the tree and free the member entry. Units that the member was
 * granted stay charged. In a secondary process the member entry becomes free at the next
 * ration_reap() if the member still has granted units. After the call, lc is invalid.
 *
 * Owner only, online or offline. May busy-wait while a drainer holds this lcore's stock.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @return
 *   - 0: the member is unregistered
 *   - -EINVAL: lc is NULL or shared, or the calling thread does not own it
 *   - -ENODEV: rte_eal_cleanup() has unmapped the domain
 */
int ration_lcore_unregister(struct ration_lcore *lc);

/**
 * Find the lcore area of the calling thread.
 *
 * Any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @return
 *   The lcore area, or ration_lcore_shared() if the thread is not registered. Never NULL.
 */
struct ration_lcore *ration_lcore_self(struct ration_domain *d);

/**
 * Return the lcore area that threads without a registration share. It never holds stock, so every
 * charge and uncharge through it walks the tree. This is correct from any thread of the primary
 * process, but slower than a stock hit. A secondary process might be killed during a walk, so its
 * charges and uncharges through this area are refused with -E_RTE_SECONDARY.
 *
 * Any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @return
 *   The shared lcore area. Never NULL.
 */
struct ration_lcore *ration_lcore_shared(struct ration_domain *d);

/**
 * Read the event counters of a member.
 *
 * Any process, any thread. Does not wait.
 *
 * @param lc
 *   Lcore area of any member, or ration_lcore_shared().
 * @param[out] stats
 *   Result.
 */
void ration_lcore_stats_get(const struct ration_lcore *lc, struct ration_lcore_stats *stats);

/**
 * Return the lcore area of a member, for monitors.
 *
 * Any process, any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @param member_id
 *   Index of the member, 0 to ration_domain_params::max_members - 1.
 * @return
 *   The lcore area, or NULL if no member has this index; rte_errno is not set.
 */
const struct ration_lcore *ration_lcore_get(const struct ration_domain *d, uint32_t member_id);

/** State of a member entry, see ration_member_get(). */
enum ration_member_state {
	RATION_MEMBER_FREE, /**< No thread uses the entry. */
	RATION_MEMBER_CLAIMED, /**< A thread is registering. */
	RATION_MEMBER_ONLINE, /**< Its thread uses its stock and reports quiescent points. */
	RATION_MEMBER_OFFLINE, /**< Its thread is offline, see ration_lcore_offline(). */
	RATION_MEMBER_TAKEN, /**< A drainer returns its stock, or it is being repaired. */
	/** Its thread has unregistered in a secondary process; ration_reap() frees the entry. */
	RATION_MEMBER_UNREAPED,
	RATION_MEMBER_DEAD /**< Its thread has died; ration_reap() frees the entry. */
};

/** Name of a state, such as "online". See ration_drain_engine_name(). */
const char *ration_member_state_name(enum ration_member_state state);

/** State of a member. All fields but member_id and state are 0 in a free entry. */
struct ration_member_info {
	uint32_t member_id; /**< Index of the member. */
	enum ration_member_state state; /**< State of the member entry. */
	uint32_t lcore_id; /**< rte_lcore_id() of the thread, or LCORE_ID_ANY. */
	int32_t pid; /**< Process id of the thread. */
	int32_t tid; /**< Thread id of the thread. */
	uint32_t nb_stocks; /**< Number of stock entries in use. */
	uint64_t stock; /**< Units in stock, of all counters. */
	struct ration_lcore_stats stats; /**< Event counters. */
};

/**
 * Read the state of a member entry. The cost grows with the number of its stock entries in use.
 * While lcores run, the fields may be from different points in time.
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param member_id
 *   Index of the member entry, 0 to ration_domain_params::max_members - 1.
 * @param[out] info
 *   State of the member.
 * @return
 *   - 0: done, also for a free entry
 *   - -ENOENT: the domain has no entry with this index; a loop over all entries ends here
 *   - -EINVAL: info is NULL
 *   - -EPROTO: the entry is corrupted
 */
int ration_member_get(const struct ration_domain *d, uint32_t member_id,
		      struct ration_member_info *info);

/** @internal Slow path of ration_quiescent(). */
void __ration_serve(struct ration_lcore *lc);

/**
 * Report a quiescent point. Call it once per burst, between charges. The call serves return
 * requests and drains, and scans at most ration_domain_params::drain_work stock entries. If there
 * are none, it costs two loads and a decrement.
 *
 * Owner only. Does not wait.
 *
 * @param lc
 *   Lcore area of the calling thread.
 */
static inline void
ration_quiescent(struct ration_lcore *lc)
{
	uint32_t countdown = ration_load(&lc->countdown, relaxed) - 1;

	ration_store(&lc->countdown, countdown, relaxed);
	/* Relaxed: __ration_serve() reads the requests with the order that it needs. */
	if (unlikely(countdown == 0 || ration_load(&lc->pending, relaxed) != 0))
		__ration_serve(lc);
}

/** Units of one counter that are granted to a dead member. */
struct ration_dead {
	uint32_t member_id; /**< Index of the member. */
	uint32_t lcore_id; /**< rte_lcore_id() of the thread, or LCORE_ID_ANY. */
	int32_t pid; /**< Process id of the thread. */
	ration_counter_t counter; /**< The counter. */
	uint64_t units; /**< Net units: charged minus uncharged by this member. */
};

/**
 * Callback of ration_reap(), called once for each dead member and counter. It may read the domain
 * and uncharge units. It must not call ration_reap(), or functions that create, change or destroy
 * counters or domains.
 */
typedef void (*ration_reap_cb)(const struct ration_dead *dead, void *arg);

/**
 * Find members whose thread or process has died without unregistering. For each of them the call
 * returns all stock to the tree, completes or undoes the interrupted operation, and frees the
 * member entry. It also ends the drains that a dead process had started. A drain in the primary
 * process also does the first two for a dead member that does not answer.
 *
 * Units granted to a dead member stay charged, because other lcores may use them, for example in
 * mbufs that were passed on. The callback reports these units. The application calls
 * ration_uncharge() for units that it knows to be lost. Units that were moving between stock and
 * tree at the time of death count as granted.
 *
 * Primary process only, any thread, not on the data path. The call reads /proc for each member. If
 * a member died during a walk, the call waits for a point in time at which no other lcore walks the
 * tree. Corresponds to page_counter_drain_cpu() in the kernel.
 *
 * @param d
 *   The domain.
 * @param timeout_us
 *   Maximum wait in microseconds.
 * @param cb
 *   Callback for granted units, or NULL.
 * @param arg
 *   Argument of the callback.
 * @return
 *   - Number of dead members found
 *   - -ETIMEDOUT: other lcores walked the tree all the time; call again to finish
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_reap(struct ration_domain *d, uint32_t timeout_us, ration_reap_cb cb, void *arg);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_LCORE_H_ */
