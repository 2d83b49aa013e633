/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_H_
#define RATION_DRAIN_H_

/**
 * @file
 * Drains, which return the stock of all lcores to the tree, and charges with an exact refusal.
 */

#include <stdint.h>
#include <stdio.h>

#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_drain
 * @{
 */

/** How the stock of a member was returned. */
enum ration_drain_engine {
	RATION_DRAIN_NONE, /**< Not returned: no stock, or its stock was not reached. */
	RATION_DRAIN_SELF, /**< The caller returned its own stock. */
	RATION_DRAIN_MAILBOX, /**< A polling lcore served a request at its quiescent point. */
	RATION_DRAIN_LAUNCH, /**< A worker in WAIT was launched with rte_eal_remote_launch(). */
	RATION_DRAIN_TAKEOVER, /**< The member was offline; the drainer returned its stock. */
	RATION_DRAIN_DEAD /**< The thread or process had died; the drainer returned its stock. */
};

/** How the drain of a member ended. */
enum ration_drain_status {
	RATION_DRAIN_DONE, /**< Units were returned. */
	RATION_DRAIN_EMPTY, /**< The member had no units to return. */
	RATION_DRAIN_TIMEDOUT /**< The member did not answer in time; its stock returns later. */
};

/** Why a member was not drained in time. */
enum ration_drain_reason {
	RATION_DRAIN_REASON_NONE, /**< The member was drained. */
	RATION_DRAIN_REASON_SILENT, /**< It is online, but reported no quiescent point. */
	/**
	 * It is an EAL worker in WAIT that did not go offline; only the main lcore can drain it.
	 */
	RATION_DRAIN_REASON_WAIT,
	RATION_DRAIN_REASON_TAKEN, /**< It is offline, and another drainer holds its stock. */
	RATION_DRAIN_REASON_WALK /**< It did not finish a charge or uncharge in time. */
};

/**
 * Names of the values of the enumerations, for messages: the last part of the identifier in lower
 * case, such as "mailbox" for RATION_DRAIN_MAILBOX.
 *
 * Any process, any thread. Does not wait.
 *
 * @param engine
 *   A value of the enumeration, or any other number.
 * @return
 *   A constant text; "unknown" for a number that is not in the enumeration. Never NULL.
 */
const char *ration_drain_engine_name(enum ration_drain_engine engine);

/** Name of a status: "done", "empty" or "timedout". See ration_drain_engine_name(). */
const char *ration_drain_status_name(enum ration_drain_status status);

/** Name of a reason: "none", "silent", "wait", ... See ration_drain_engine_name(). */
const char *ration_drain_reason_name(enum ration_drain_reason reason);

/** Result of a drain for one member. */
struct ration_drain_row {
	uint32_t member_id; /**< Index of the member. */
	uint32_t lcore_id; /**< rte_lcore_id() of the thread, or LCORE_ID_ANY. */
	enum ration_drain_engine engine; /**< How its stock was returned. */
	enum ration_drain_status status; /**< How the drain ended. */
	enum ration_drain_reason reason; /**< Why it timed out. */
	uint64_t units; /**< Units returned, by all concurrent drains together. */
	uint64_t cycles; /**< TSC cycles from the start of the call to the answer. */
};

/**
 * Report of a drain. The caller sets `rows` and `max_rows`, and the drain sets the other fields:
 *
 * @code
 * struct ration_drain_row rows[RATION_MEMBERS_MAX];
 * struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
 * @endcode
 */
struct ration_drain_report {
	struct ration_drain_row *rows; /**< Set by the caller: array of rows, or NULL. */
	uint32_t max_rows; /**< Set by the caller: length of the array; 0 without one. */
	uint32_t nb_rows; /**< Number of rows written. */
	/**
	 * Number of members drained. If it exceeds max_rows, the rows of members that timed out
	 * are written first.
	 */
	uint32_t nb_members;
	uint32_t nb_timedout; /**< Number of members that did not answer in time. */
	uint32_t nb_rounds; /**< Number of drains; ration_try_charge_sync() may run several. */
	uint64_t units; /**< Units returned by all members, in all drains. */
	uint64_t cycles; /**< TSC cycles that the whole call took. */
};

/**
 * Write a report to a file as text: one line for the drain and one for each row. Without a report
 * or a file, nothing is written.
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param report
 *   A report that a drain has written.
 * @param f
 *   The file.
 */
void ration_drain_report_dump(const struct ration_drain_report *report, FILE *f);

/**
 * Return all stock of a counter and its subtree to the tree, on every lcore, and wait until this is
 * done. The call sends all requests before it waits. During the drain, charges to the counter and
 * its subtree take no units ahead, and uncharges go directly to the tree. This state is called the
 * *gate*.
 *
 * Any process, any thread, not on the data path. While the call waits, it serves the mailboxes of
 * the calling thread, so lcores that drain each other do not deadlock.
 *
 * A worker in WAIT that has not gone offline is drained by rte_eal_remote_launch(). DPDK allows
 * this only to the main lcore; for other callers such a worker times out. The call waits for a
 * launched worker even past the timeout; the launched function does not block.
 *
 * Corresponds to page_counter_drain_stock() in the kernel.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param timeout_us
 *   Maximum wait in microseconds. 0: send the requests, check the answers once, do not wait.
 * @param[in,out] report
 *   Result for each member, or NULL.
 * @return
 *   - 0: every lcore's stock was empty at some point during the call, and no lcore took units ahead
 *     between that point and the end of the call
 *   - -ESTALE: the counter does not exist
 *   - -ETIMEDOUT: at least one member did not answer in time; the report names it
 *   - -EAGAIN: 32 drains were running already, and none of them ended in time
 */
int ration_drain(struct ration_domain *d, ration_counter_t c, uint32_t timeout_us,
		 struct ration_drain_report *report);

/**
 * Charge n units. If the charge is refused, drain and try again until the answer is exact.
 *
 * -EDQUOT is exact: at one instant during the call, no lcore had stock in the subtree of the
 * counter that lacked room, and the units granted in this subtree plus n exceeded its limit. The
 * call drains the subtree of that counter and makes its last attempt while the gate is set, so that
 * no lcore can hide units again. It also waits for concurrent walks that took units and were about
 * to fail, and tries again if there were any. While another drain runs, try_charge_memcg() in the
 * kernel gives up; this call joins that drain.
 *
 * Owner of lc only, like ration_try_charge(). Not on the data path: the call drains like
 * ration_drain(), and waits up to the timeout. While it waits, it serves the mailboxes of the
 * calling thread.
 *
 * @param lc
 *   Lcore area of the calling thread.
 * @param c
 *   The counter.
 * @param n
 *   Number of units.
 * @param timeout_us
 *   Maximum wait in microseconds. 0: check once, do not wait.
 * @param[in,out] report
 *   Result of the last drain, or NULL. It has no rows if no drain was needed.
 * @return
 *   - 0: granted
 *   - -EDQUOT: refused, over budget, exact
 *   - -ETIMEDOUT: the exact answer is unknown. The report names the members that did not answer. If
 *     it names none, failing charges of other lcores interfered during the whole call, or a walk of
 *     a thread without a registration did not end
 *   - -EAGAIN: 32 drains were running already, and none of them ended in time
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: the counter does not exist
 *   - -E_RTE_SECONDARY: lc is shared or offline, and the process is a secondary process
 */
int ration_try_charge_sync(struct ration_lcore *lc, ration_counter_t c, uint64_t n,
			   uint32_t timeout_us, struct ration_drain_report *report);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_DRAIN_H_ */
