/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_H_
#define RATION_H_

/**
 * @file
 * libration: hierarchical budgets for DPDK lcores.
 *
 * A *domain* is a tree of *counters*. A counter has a hard limit (`max`); charging a counter
 * charges all its ancestors too, and none of them ever exceeds its limit. So that the data path
 * need not walk the tree, every lcore keeps a small *stock* of each counter it uses: units that
 * the tree has already charged and nobody uses yet. A charge takes from the stock, an uncharge
 * feeds it: a few plain instructions on the lcore's own memory. Only when the stock is too small
 * (*refill*) or too large (*trim*) does the lcore walk the tree, with one compare-and-swap per
 * level.
 *
 * Units in stock are charged but used by nobody: they are *hidden*. A *drain* takes them back,
 * on every lcore, and returns when it is done. Polling lcores serve drains at their *quiescent
 * points* (ration_quiescent(), once per burst); nobody ever interrupts them.
 *
 * How a worker looks:
 *
 * @code
 * struct ration_lcore *lc = ration_lcore_online(domain);
 *
 * while (!quit) {
 *         nb = rte_eth_rx_burst(port, queue, pkts, 32);
 *         classify(pkts, nb, counters);
 *         ration_try_charge_burst(lc, counters, NULL, nb, granted);
 *         ...
 *         ration_quiescent(lc);
 * }
 * ration_lcore_leave(lc);
 * @endcode
 *
 * Words, promises (P1 to P8) and protocols are explained in the concept guide. The idea is the
 * one of the Linux kernel's page_counter and its per-CPU stock; the code is not.
 *
 * Functions that return int give 0 or a negative errno value; functions that return a pointer or
 * a handle give NULL or RATION_COUNTER_NONE and set rte_errno.
 */

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <ration_arith.h>
#include <ration_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a domain's name, the final NUL included. */
#define RATION_DOMAIN_NAMESIZE 20
/** Bytes of a counter's name (one element of a path), the final NUL included. */
#define RATION_NAMESIZE 44
/** Levels below the root. */
#define RATION_DEPTH_MAX 8
/** Largest number of counters of a domain, the root included. */
#define RATION_COUNTERS_MAX (UINT32_C(1) << 24)
/** Largest number of lcore slots of a domain. */
#define RATION_LCORES_MAX 128
/** Largest batch. A slot can hold up to twice the batch. */
#define RATION_BATCH_MAX ((UINT32_C(1) << 19) - 1)
/** Batch of counters for which none is given. */
#define RATION_BATCH_DEFAULT 64
/** The limit of a counter without limit, and the largest limit: sums never wrap below it. */
#define RATION_UNLIMITED ((uint64_t)INT64_MAX)
/** Requests that fit into an lcore's mailbox: with `pending` they are one cache line. */
#define RATION_REQUESTS_MAX 15

/** A tree of counters with the stocks that go with it. Opaque. */
struct ration_domain;

/**
 * Handle of a counter: its index and the generation of that index. A handle that has outlived its
 * counter is refused with -ESTALE, also when the index is in use again; on the data path one in
 * 4,096 generations of the same index is not told apart. Only values that this domain has given out
 * may be used with it: the data path does not check that an index is within bounds. Plain value:
 * copy it, keep it in tables. 0 is no counter, and safe to use: it is refused.
 */
typedef uint64_t ration_counter_t;

/** The handle that means "no counter". */
#define RATION_COUNTER_NONE UINT64_C(0)

/**
 * Stock of one counter on one lcore. Only the lcore writes it.
 *
 * `limit` holds the low 12 bits of the counter's generation above 20 bits of `cap`, the most that
 * the stock may grow to. An inactive slot is {0, 0}: neither a charge nor an uncharge can hit
 * it, so both take the cold way, where handle, gate and limits are looked at. The generation is
 * there so that a stale handle cannot hit the stock of the counter that has inherited its index.
 */
struct ration_slot {
	RATION_ATOMIC(uint32_t) stock;
	RATION_ATOMIC(uint32_t) limit;
};

/** Events of one lcore since it joined. A stock hit counts nothing: that would cost more than it.
 */
struct ration_lcore_stats {
	uint64_t refills; /**< Charges that walked the tree and were granted. */
	uint64_t trims; /**< Uncharges that walked the tree. */
	uint64_t refusals; /**< Charges that were refused: over budget. */
	uint64_t forced; /**< Forced charges that went over a limit. */
	uint64_t drains; /**< Drain requests served. */
	uint64_t drained; /**< Units given back by drains. */
	uint64_t idle; /**< Units given back because they were not used. */
	uint64_t rejected; /**< Calls refused as misuse: stale handle, too large an uncharge. */
};

/**
 * An lcore's part of a domain: its stocks and its mailbox. Only the thread that brought it online
 * may use it. The members are for the inline functions below; do not touch them.
 */
struct ration_lcore {
	int64_t domain_offset; /**< Where the domain begins, from here, in bytes. */
	uint32_t slot_id; /**< Index of this lcore in the domain. */
	/** rte_lcore_id() of the owner, LCORE_ID_ANY if it had none. */
	RATION_ATOMIC(uint32_t) lcore_id;
	uint32_t nb_slots; /**< Slots in the array at the end. */
	uint32_t flags;
	int launch_result; /**< What a worker returns that was launched to drain itself. */
	struct ration_lcore *next_own; /**< Another slot of the same thread; the owner's. */

	/** Mailbox: not 0 if the owner must look at requests and round. Rarely written. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) pending;
	/** Index + 1 of counters whose stock is asked for, or 0. */
	RATION_ATOMIC(uint32_t) requests[RATION_REQUESTS_MAX];

	/** Odd while the owner walks the tree. Written by the owner, read by whoever waits. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) seq;

	/** Generation up to which all drain requests are served. Written by the owner. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) ack;
	RATION_ATOMIC(uint64_t) ack_units; /**< Units given back by drains, ever. */

	/** Counted by the owner (by all threads without slot, in their common block). */
	alignas(RTE_CACHE_LINE_SIZE) struct {
		RATION_ATOMIC(uint64_t) refills;
		RATION_ATOMIC(uint64_t) trims;
		RATION_ATOMIC(uint64_t) refusals;
		RATION_ATOMIC(uint64_t) forced;
		RATION_ATOMIC(uint64_t) drains;
		RATION_ATOMIC(uint64_t) drained;
		RATION_ATOMIC(uint64_t) idle;
		RATION_ATOMIC(uint64_t) rejected;
	} stats;
	/** Quiescent points until the next look for idle stock. */
	RATION_ATOMIC(uint32_t) countdown;

	/** One per counter, by index. */
	alignas(RTE_CACHE_LINE_SIZE) struct ration_slot slots[];
};

/* ---------------------------------------------------------------- domain */

/** How a domain is made. Zero in a member means its default. */
struct ration_domain_params {
	uint32_t max_counters; /**< Counters it can hold, the root included. Default 1024. */
	uint32_t max_lcores; /**< Lcores that can be members at once. Default 32. */
	int socket_id; /**< NUMA node of the tree, or SOCKET_ID_ANY. */
	uint64_t max; /**< Limit of the root, in units. Default RATION_UNLIMITED. */
	uint32_t timeout_us; /**< How long calls that drain on their own (create below a stocked
			      * counter, destroy, strict set_max) wait. Default 1,000,000. */
	/**
	 * Stocks that an lcore looks at in one quiescent point at the most; a longer drain is
	 * continued at the next. Default 256, a few microseconds.
	 */
	uint32_t drain_work;
	/**
	 * Microseconds after which stock that an lcore has not used goes back on its own, within
	 * the quiescent points of that lcore; at the most about an hour. Default: never.
	 */
	uint32_t idle_us;
	/**
	 * The most units that the stocks of the whole domain may hide. Each of the max_lcores
	 * places gets an equal share. Default: no bound but the batches.
	 */
	uint64_t stock_max;
	/**
	 * How many of the max_lcores places are for secondary processes; the primary uses the
	 * others. Their memory is reserved with the domain. Default 0.
	 */
	uint32_t secondary_lcores;
};

/**
 * Create a domain with its root counter, in a memzone of its own.
 *
 * Primary process only; any thread; may wait (memory is reserved and cleared).
 *
 * @param name
 *   Name, at most RATION_DOMAIN_NAMESIZE - 1 characters of [A-Za-z0-9_.-].
 * @param params
 *   Sizes and limits, NULL for the defaults.
 * @return
 *   The domain, or NULL with rte_errno:
 *   - EINVAL: a name or a parameter out of range
 *   - ENAMETOOLONG: the name is too long
 *   - EEXIST: there is a domain of that name
 *   - ENOSPC: no more domains in this process
 *   - ENOMEM: the memory cannot be had
 *   - E_RTE_SECONDARY: not the primary process
 */
struct ration_domain *ration_domain_create(const char *name,
					   const struct ration_domain_params *params);

/**
 * Find a domain by name. Any thread.
 *
 * @param name
 *   Name of the domain.
 * @return
 *   The domain, or NULL with rte_errno:
 *   - ENOENT: there is none
 *   - EINVAL: NULL name
 *   - EPROTO: it was made by a libration with another memory layout, or what it says of itself
 *     cannot be
 *   - EACCES: this process observes it, see ration_domain_observe()
 */
struct ration_domain *ration_domain_lookup(const char *name);

/**
 * Find a domain in order to look on only: for monitors. The memory of it that shares no page with
 * anything else becomes read-only in this process, for good: a stray write there is a
 * segmentation fault here, instead of damage for all. Calls that take a const domain work;
 * the others fault, and so do charges. ration_counter_find() searches the tree, as long as it has
 * siblings to look at, instead of following the pointers of a hash table in shared memory.
 *
 * Pages are those that the memory is made of: of hugepages of 2 MiB a domain of 1024 counters (some
 * 270 KiB) has none for itself and stays writable, one of 32,768 (some 8.5 MiB) has three or four.
 * Stocks of lcores that join later become read-only when they are first looked at.
 *
 * Secondary processes only, not for one that is a member; any thread. A process that has observed
 * a domain must not take shared memory from EAL (rte_malloc(), mempools) after that domain was
 * freed, because it could get these pages.
 *
 * @param name
 *   Name of the domain.
 * @param writable
 *   Set to how many bytes of the domain this process could still write to; or NULL.
 * @return
 *   The domain, or NULL with rte_errno as ration_domain_lookup(), or ENOTSUP in the primary process
 */
const struct ration_domain *ration_domain_observe(const char *name, size_t *writable);

/**
 * Free a domain and all its counters. All handles and lcores of it become invalid.
 *
 * Primary process only. No other thread may use the domain any more.
 *
 * @param d
 *   Domain.
 * @return
 *   - 0: done; also for NULL
 *   - -EBUSY: an lcore has not left
 *   - -E_RTE_SECONDARY: not the primary process
 */
int ration_domain_free(struct ration_domain *d);

struct rte_rcu_qsbr;

/**
 * Have ration_counter_destroy() also wait until the application's own readers have passed a
 * quiescent state, so that a handle which the application has taken out of its tables before is in
 * nobody's hands when its index is used again.
 *
 * Primary process only; any thread. Who destroys must not be an online reader itself.
 *
 * @param d
 *   Domain.
 * @param qsbr
 *   The application's variable; it must live as long as it is set. NULL: none.
 * @return
 *   0 or -E_RTE_SECONDARY
 */
int ration_domain_set_qsbr(struct ration_domain *d, struct rte_rcu_qsbr *qsbr);

/**
 * Name of a domain. Any thread.
 *
 * @param d
 *   Domain.
 */
const char *ration_domain_name(const struct ration_domain *d);

/**
 * The counter at the top of a domain. Any thread.
 *
 * @param d
 *   Domain.
 */
ration_counter_t ration_domain_root(const struct ration_domain *d);

/* -------------------------------------------------------------- counters */

/** The counter keeps its stock although it has children, because it is charged directly too. */
#define RATION_COUNTER_DIRECT (1u << 0)
/**
 * In ration_counter_info::flags: destroyed with RATION_DESTROY_KEEP_UNITS, and not all units have
 * come back yet.
 */
#define RATION_COUNTER_DESTROYED (1u << 1)
/** All flags that ration_counter_create() knows. */
#define RATION_COUNTER_FLAGS RATION_COUNTER_DIRECT

/** Units of a batch: take the default. */
#define RATION_BATCH_UNSET UINT32_MAX

/** How a counter is made. */
struct ration_counter_params {
	uint64_t max; /**< Hard limit in units, 0 to RATION_UNLIMITED. */
	uint32_t batch; /**< Units that a refill takes ahead at the most: 0 (no stock, every charge
			 * walks) to RATION_BATCH_MAX, or RATION_BATCH_UNSET. */
	uint32_t flags; /**< RATION_COUNTER_* */
};

/**
 * Create a counter.
 *
 * When the parent had stock of its own (it had no children and may have been charged), its stock
 * is drained and disabled first, unless it was made with RATION_COUNTER_DIRECT.
 *
 * Primary process only; any thread, not from the data path: may wait up to the domain's timeout.
 * A member lcore that calls it serves its mailbox while it waits.
 *
 * @param d
 *   Domain.
 * @param parent
 *   Counter below which it is made, for instance ration_domain_root().
 * @param name
 *   Name, unique below the parent: 1 to RATION_NAMESIZE - 1 bytes without '/' and control
 *   characters.
 * @param params
 *   NULL: no limit, default batch.
 * @return
 *   Handle, or RATION_COUNTER_NONE with rte_errno:
 *   - EINVAL: a name or a parameter out of range
 *   - ENAMETOOLONG: the name is too long
 *   - ESTALE: the parent is gone
 *   - EEXIST: the parent has a child of that name
 *   - ENOSPC: the domain is full
 *   - E2BIG: more than RATION_DEPTH_MAX levels
 *   - ETIMEDOUT: the parent's stock could not be drained in time
 *   - E_RTE_SECONDARY: not the primary process
 */
ration_counter_t ration_counter_create(struct ration_domain *d, ration_counter_t parent,
				       const char *name,
				       const struct ration_counter_params *params);

/**
 * Find a counter by its path from the root, such as "edge/gold/voice"; "" is the root.
 *
 * Any thread.
 *
 * @param d
 *   Domain.
 * @param path
 *   Path, such as "edge/gold/voice"; "" is the root.
 * @return
 *   Handle, or RATION_COUNTER_NONE with rte_errno:
 *   - ENOENT: there is none
 *   - EINVAL: an empty path element, or one that is too long
 */
ration_counter_t ration_counter_find(const struct ration_domain *d, const char *path);

/**
 * Destroy also a counter of which units are granted. They stay with its ancestors until they are
 * uncharged, through the old handle, which works for that until the end. The name is free at once.
 * The counter is seen by ration_counter_next() meanwhile, with RATION_COUNTER_DESTROYED; its place
 * is used again by control calls after its last unit has come back. As the kernel does with offline
 * cgroups.
 */
#define RATION_DESTROY_KEEP_UNITS (1u << 0)

/**
 * Destroy a counter that nobody uses: no children, no units granted. Stock is drained. Charges
 * that come meanwhile are refused with -ENOENT; uncharges work until the end.
 *
 * Primary process only; any thread, not from the data path: may wait up to a few times the
 * domain's timeout. A member lcore that calls it serves its mailbox while it waits.
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param flags
 *   0 or RATION_DESTROY_KEEP_UNITS.
 * @return
 *   - 0: destroyed; all handles of it are stale (with RATION_DESTROY_KEEP_UNITS: when the last
 *     unit is back)
 *   - -ESTALE: no such counter
 *   - -EINVAL: unknown flags
 *   - -EPERM: the root stays
 *   - -EBUSY: it has children, or units of it are still granted
 *   - -ETIMEDOUT: an lcore did not answer in time; the counter stays as it was
 *   - -E_RTE_SECONDARY: not the primary process
 */
int ration_counter_destroy(struct ration_domain *d, ration_counter_t c, uint32_t flags);

/** What ration_counter_get() tells. */
struct ration_counter_info {
	uint64_t usage; /**< Charged units, stock of all lcores included. */
	uint64_t max; /**< Hard limit. */
	uint64_t watermark; /**< Largest usage since creation or the last reset. */
	uint64_t failures; /**< Charges refused because this counter lacked room. */
	uint64_t forced; /**< Forced charges that went over this counter's limit. */
	uint64_t rejected; /**< Uncharges of more than was charged. */
	uint32_t batch; /**< Units that a refill takes ahead at the most. */
	uint32_t depth; /**< Levels above it; the root has 0. */
	uint32_t nb_children;
	uint32_t flags;
	ration_counter_t parent; /**< RATION_COUNTER_NONE for the root. */
	char name[RATION_NAMESIZE]; /**< Empty for the root. */
};

/**
 * Read a counter's figures, cheaply. Any thread. The members are read one by one: while lcores run
 * they need not belong to the same instant.
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param info
 *   Result.
 * @return
 *   0, -ESTALE, -EINVAL for a NULL info, or -EPROTO if the counter's place in the tree is damaged
 */
int ration_counter_get(const struct ration_domain *d, ration_counter_t c,
		       struct ration_counter_info *info);

/**
 * Write the path of a counter ("edge/gold/voice", "" for the root).
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param path
 *   Path, such as "edge/gold/voice"; "" is the root.
 * @param size
 *   Bytes of `path`.
 * @return
 *   Length of the path, -ESTALE, -ENAMETOOLONG if it does not fit into size bytes, or -EPROTO if
 *   the counter's place in the tree is damaged
 */
int ration_counter_path(const struct ration_domain *d, ration_counter_t c, char *path, size_t size);

/** Take the limit only if usage fits below it, if need be after one drain of the counter. */
#define RATION_MAX_STRICT (1u << 0)

/**
 * Change a counter's limit at run time. From the moment it returns no charge is granted that would
 * take usage above the new limit; one that had read the old limit may show above it for an instant,
 * until it has looked again and given back. Stocks keep what they have: it is charged already.
 *
 * Any thread; callers that set the same counter take turns. Waits only with RATION_MAX_STRICT, up
 * to the domain's timeout. After the kernel's two ways: memory.max and page_counter_set_max().
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param max
 *   New limit, 0 to RATION_UNLIMITED.
 * @param flags
 *   0: it holds from now on, usage falls as units come back ("clamp"). RATION_MAX_STRICT: refuse if
 *   usage is above it.
 * @return
 *   - 0: done
 *   - -ESTALE: no such counter
 *   - -EINVAL: max or flags out of range
 *   - -EBUSY: strict, and usage is above max (stock that could not be drained in time included);
 *     the old limit stays
 *   - -E_RTE_SECONDARY: not the primary process
 */
int ration_counter_set_max(struct ration_domain *d, ration_counter_t c, uint64_t max,
			   uint32_t flags);

/**
 * Change a counter's batch at run time. Lcores take it up at their next refill or trim.
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param batch
 *   Units, 0 (no stock) to RATION_BATCH_MAX.
 * @return
 *   0, -ESTALE, -EINVAL if batch is above RATION_BATCH_MAX, or -E_RTE_SECONDARY
 */
int ration_counter_set_batch(struct ration_domain *d, ration_counter_t c, uint32_t batch);

/**
 * Set the watermark to the present usage. Any thread.
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @return
 *   0 or -ESTALE
 */
int ration_counter_reset_watermark(struct ration_domain *d, ration_counter_t c);

/**
 * Step through all counters, parents before their children, siblings in order of creation.
 *
 * @param d
 *   Domain.
 * @param c
 *   The counter before; RATION_COUNTER_NONE to begin with the root.
 * @return
 *   The next one, or RATION_COUNTER_NONE at the end, if c is gone, or if the tree is damaged there.
 */
ration_counter_t ration_counter_next(const struct ration_domain *d, ration_counter_t c);

/* ---------------------------------------------------------------- reading */

/** Units of a counter and its subtree, see ration_read_exact() and ration_read_approx(). */
struct ration_reading {
	uint64_t usage; /**< Charged to the counter: granted + stock. */
	uint64_t stock; /**< In stock on all lcores, for the counter and all below it. */
	uint64_t granted; /**< Granted and not yet returned. */
	uint64_t error; /**< The true `granted` differs from the one here by this much at most. */
};

/**
 * Read how many units are granted, by summing the stock of all lcores.
 *
 * Any thread, never waits. Cost grows with lcores x active stocks.
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param reading
 *   Result. `error` is 0 when no other lcore was online, so that nothing could move.
 * @return
 *   0, -ESTALE, -EINVAL, or -EPROTO if the counter's place in the tree is damaged
 */
int ration_read_exact(const struct ration_domain *d, ration_counter_t c,
		      struct ration_reading *reading);

/**
 * Read one word: usage, with the most that stock can account for as error bound (`stock` is 0,
 * `granted` is usage, `error` is members x caps of the subtree).
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param reading
 *   Result.
 * @return
 *   0, -ESTALE, -EINVAL
 */
int ration_read_approx(const struct ration_domain *d, ration_counter_t c,
		       struct ration_reading *reading);

/**
 * Check the promises that can be checked from outside, for all counters: usage within max (unless a
 * forced charge or a lower limit explains it), parents cover their children, ledgers agree with
 * usage (P2) and no stock exceeds its cap (P4).
 *
 * Any thread. Meant for moments when no lcore is in a charge or uncharge or serves a drain (an
 * older request may still be in its mailbox): then every complaint is a defect. While lcores run,
 * only the one-sided checks are meaningful; pass quiet = 0 then.
 *
 * @param d
 *   Domain.
 * @param quiet
 *   1: no lcore is charging, check equalities too.
 * @param f
 *   Where to describe violations, or NULL.
 * @return
 *   Number of violations.
 */
int ration_domain_verify(const struct ration_domain *d, int quiet, FILE *f);

/**
 * Write the tree, the lcores and their statistics to a file, for people. Any thread.
 *
 * @param d
 *   Domain.
 * @param f
 *   Where to write it.
 */
void ration_domain_dump(const struct ration_domain *d, FILE *f);

/* ----------------------------------------------------------------- lcores */

/**
 * Bring the calling thread online: give it a slot of the domain, or bring its own back from
 * offline. One slot for a thread and domain; ration_lcore_self() finds it again.
 *
 * Any thread, EAL or not, registered or not. Not on the data path: it may reserve memory. In a
 * secondary process it takes one of ration_domain_params::secondary_lcores; a forked child must
 * join for itself. A thread that ends leaves; a registered one goes offline when it unregisters.
 *
 * @param d
 *   Domain.
 * @return
 *   The lcore's part of the domain, or NULL with rte_errno:
 *   - ENOSPC: all places are taken
 *   - ENOMEM: no memory for the stocks
 *   - EINVAL: NULL domain
 */
struct ration_lcore *ration_lcore_online(struct ration_domain *d);

/**
 * Like ration_lcore_online(), but always a further slot, which ration_lcore_self() does not know.
 * For threads that act for several others, such as tests and simulations.
 *
 * @param d
 *   Domain.
 */
struct ration_lcore *ration_lcore_join(struct ration_domain *d);

/**
 * Park: give all stock back and declare that no quiescent points will come, for instance before the
 * thread blocks, sleeps or returns to the WAIT state. Drains do not wait for it any more. After
 * rte_rcu_qsbr_thread_offline().
 *
 * Owner only, never waits.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @return
 *   0, or -EINVAL if it was not online
 */
int ration_lcore_offline(struct ration_lcore *lc);

/**
 * Come back from ration_lcore_offline(). Owner only. Waits at most while somebody drains this
 * very slot.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @return
 *   0, or -EINVAL if it was not offline
 */
int ration_lcore_resume(struct ration_lcore *lc);

/**
 * Leave the domain: give all stock back and free the slot for others. In a secondary process that
 * has not returned all it was granted, the slot is free only after the next ration_sweep(). Owner
 * only, online or offline. lc is invalid afterwards.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @return
 *   0, or -EINVAL
 */
int ration_lcore_leave(struct ration_lcore *lc);

/**
 * The calling thread's part of a domain, or that of ration_lcore_none() if it has none: never NULL.
 *
 * @param d
 *   Domain.
 */
struct ration_lcore *ration_lcore_self(struct ration_domain *d);

/**
 * The part of a domain that all threads without slot share: it never holds stock, so every
 * charge and uncharge through it walks the tree. Correct from any thread of the primary process,
 * only slower. In a secondary process, which may be killed, charges and uncharges through it are
 * refused with -E_RTE_SECONDARY.
 *
 * @param d
 *   Domain.
 */
struct ration_lcore *ration_lcore_none(struct ration_domain *d);

/**
 * Read an lcore's event counters. Any thread.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param stats
 *   Result.
 */
void ration_lcore_stats_get(const struct ration_lcore *lc, struct ration_lcore_stats *stats);

/**
 * The part of a domain in slot `slot_id`, or NULL if nobody is a member there. For observers.
 *
 * @param d
 *   Domain.
 * @param slot_id
 *   Index, 0 to max_lcores - 1.
 */
const struct ration_lcore *ration_lcore_get(const struct ration_domain *d, uint32_t slot_id);

/* ------------------------------------------------------------------ drain */

/** How an lcore's stock was taken back. */
enum ration_drain_engine {
	RATION_DRAIN_NONE, /**< Not at all: it is not a member, or had never any stock. */
	RATION_DRAIN_SELF, /**< The caller drained its own in place. */
	RATION_DRAIN_MAILBOX, /**< A polling lcore served a request at its quiescent point. */
	RATION_DRAIN_LAUNCH, /**< rte_eal_remote_launch() on a worker in WAIT. */
	RATION_DRAIN_TAKEOVER, /**< Parked: the drainer took it over. */
	RATION_DRAIN_GONE /**< Its thread or process had died: the drainer took it over. */
};

/** How the drain of an lcore ended. */
enum ration_drain_status {
	RATION_DRAIN_DONE, /**< Drained. */
	RATION_DRAIN_EMPTY, /**< There was nothing to give back. */
	RATION_DRAIN_TIMEDOUT, /**< It did not answer in time; what it holds comes back later. */
	RATION_DRAIN_OFFLINE /**< Not a member. */
};

/** Why an lcore has not been drained in time. */
enum ration_drain_reason {
	RATION_DRAIN_REASON_NONE, /**< It has been. */
	RATION_DRAIN_REASON_SILENT, /**< It is online, but no quiescent point came. */
	/** It is an EAL worker in WAIT that did not go offline: the main lcore can drain it. */
	RATION_DRAIN_REASON_WAIT,
	RATION_DRAIN_REASON_TAKEN, /**< It is parked, and another drain was at it. */
	RATION_DRAIN_REASON_WALK /**< It was inside a charge or uncharge and did not end it. */
};

/** One lcore's row in a report. */
struct ration_drain_row {
	uint32_t slot_id;
	uint32_t lcore_id; /**< LCORE_ID_ANY if the thread has none. */
	enum ration_drain_engine engine;
	enum ration_drain_status status;
	enum ration_drain_reason reason;
	uint64_t units; /**< Units given back. With concurrent drains: by all of them together. */
	uint64_t cycles; /**< TSC cycles from the request to the answer. */
};

/** What a drain did. */
struct ration_drain_report {
	uint64_t units; /**< Units given back, all lcores. */
	uint64_t cycles; /**< TSC cycles, all in all. */
	uint32_t nb_timedout;
	uint32_t nb_rounds; /**< 1; or as many as ration_try_charge_sync() needed. */
	uint32_t nb_rows; /**< Members at that time. */
	struct ration_drain_row rows[RATION_LCORES_MAX]; /**< nb_rows of them are written. */
};

/**
 * Take back all stock of a counter and everything below it, on every lcore, and wait until it is
 * done. All lcores are asked first, then waited for. While the drain runs, charges below the
 * counter take exactly what they need, and uncharges go straight to the tree (the "gate").
 *
 * Any thread; if it is a member, of this domain or others, it serves its own mailboxes while it
 * waits, so lcores that drain each other cannot deadlock. Workers in WAIT that have not gone
 * offline are drained by remote launch, which DPDK allows to the main lcore only: from other
 * threads they count as timed out. A worker that was launched is waited for, whatever the timeout:
 * it waits for nobody. The user-space counterpart of page_counter_drain_stock().
 *
 * @param d
 *   Domain.
 * @param c
 *   Counter.
 * @param timeout_us
 *   Longest wait in microseconds; 0: ask, look once, do not wait.
 * @param report
 *   What happened on each lcore, or NULL.
 * @return
 *   - 0: there was an instant for every lcore, during the call, at which it held no stock, and
 * since then it could not take more than it granted at once
 *   - -ESTALE: no such counter
 *   - -ETIMEDOUT: at least one lcore did not answer; the report says which
 *   - -EAGAIN: 32 drains are running already, and none ended in time
 */
int ration_drain(struct ration_domain *d, ration_counter_t c, uint32_t timeout_us,
		 struct ration_drain_report *report);

/**
 * Charge n units, and if they are refused, drain and try again until the answer is exact.
 *
 * -EDQUOT is definitive: at one instant during the call no lcore had anything in stock below the
 * counter that lacked room, and what was granted there plus n was above its limit. What is drained
 * is the subtree of that counter; the last try is made inside the gate, when nobody can hide units
 * again. Walks of others that were about to fail and held units at that moment are waited for, and
 * the charge is tried again if there were any.
 *
 * Owner of lc only, as ration_try_charge(); not on the data path: may wait up to the timeout, and
 * drains as ration_drain() does. Serves the caller's mailboxes meanwhile. After try_charge_memcg(),
 * which gives up when another drain is running; this joins it.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 * @param c
 *   Counter.
 * @param n
 *   Units.
 * @param timeout_us
 *   Longest wait in microseconds; 0: look once.
 * @param report
 *   What the last round of draining did on each lcore (no rows if none was needed), or NULL.
 * @return
 *   - 0: granted
 *   - -EDQUOT: over budget, for certain
 *   - -ETIMEDOUT: not known: the report names the lcores that did not answer; none, if failing
 *     charges of others interfered all the time
 *   - -EAGAIN: 32 drains are running already, and none ended in time
 *   - -ENOENT: the counter is being destroyed
 *   - -ESTALE: no such counter
 */
int ration_try_charge_sync(struct ration_lcore *lc, ration_counter_t c, uint64_t n,
			   uint32_t timeout_us, struct ration_drain_report *report);

/** What a dead lcore was granted, for one counter. */
struct ration_gone {
	uint32_t slot_id;
	uint32_t lcore_id; /**< LCORE_ID_ANY if the thread had none. */
	int32_t pid; /**< Its process. */
	ration_counter_t counter;
	uint64_t units; /**< It was granted so many more than it gave back. */
};

/** Called by ration_sweep() for each dead lcore and counter. It must not call control functions. */
typedef void (*ration_gone_cb)(const struct ration_gone *gone, void *arg);

/**
 * Find lcores whose thread or process has died without leaving, take all their stock back, mend
 * what they were in the middle of, and free their places; end the drains that such a process had
 * asked for. Drains do the first two of these on their own when an lcore does not answer.
 *
 * What a dead lcore was granted stays charged and is reported: others may use it, if for instance
 * mbufs were handed over. The application releases what it knows to be lost with
 * ration_uncharge(). Units in a stock that was just being filled or given back count as granted.
 *
 * Primary process only; any thread, not on the data path: reads /proc for every member, and waits
 * for moments when no other lcore walks the tree if a dead one was in the middle of a walk. The
 * counterpart of the kernel's page_counter_drain_cpu().
 *
 * @param d
 *   Domain.
 * @param timeout_us
 *   Longest wait in microseconds.
 * @param cb
 *   Called for what was granted, or NULL.
 * @param arg
 *   For cb.
 * @return
 *   How many dead lcores were found, or
 *   - -ETIMEDOUT: there was no quiet moment; what is left is done by the next call
 *   - -E_RTE_SECONDARY: not the primary process
 */
int ration_sweep(struct ration_domain *d, uint32_t timeout_us, ration_gone_cb cb, void *arg);

/** Cold part of ration_quiescent(), not for applications. */
void ration_serve(struct ration_lcore *lc);

/**
 * Quiescent point: call it once per burst, outside any charge. Serves requests for stock, at most
 * ration_domain_params::drain_work stocks at a time; costs two loads and a decrement when there
 * are none. Owner only.
 *
 * @param lc
 *   The calling lcore's part of the domain.
 */
static inline void
ration_quiescent(struct ration_lcore *lc)
{
	uint32_t countdown = ration_load(&lc->countdown, relaxed) - 1;

	ration_store(&lc->countdown, countdown, relaxed);
	/* Relaxed: what is behind it is read by ration_serve(), with an order of its own. */
	if (unlikely(countdown == 0 || ration_load(&lc->pending, relaxed) != 0))
		ration_serve(lc);
}

#ifdef __cplusplus
}
#endif

#include <ration_charge.h>

#endif /* RATION_H_ */
