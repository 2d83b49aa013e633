/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DOMAIN_H_
#define RATION_DOMAIN_H_

/**
 * @file
 * Domains: create, find, free.
 */

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_memory.h> /* SOCKET_ID_ANY */

#include <ration_compat.h>
#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_domain
 * @{
 */

/**
 * Version of the ABI of libration. It grows with each change of a structure in shared memory or in
 * these headers, of a flag, or of an inline function.
 */
#define RATION_LAYOUT 8

/**
 * ABI that a program was compiled for: the ABI version of DPDK, the layout of libration, and the
 * size of struct ration_lcore. The functions that return a domain pass this value to the library.
 * They return NULL with rte_errno EPROTO if the library was compiled for another ABI.
 */
#define RATION_ABI                                                                                 \
	((uint64_t)RATION_DPDK_ABI << 48 | (uint64_t)RATION_LAYOUT << 32 |                         \
	 (uint64_t)sizeof(struct ration_lcore))

/** Value of ration_domain_params::socket_id for NUMA node 0. */
#define RATION_SOCKET_ZERO INT_MIN

/** Value of ration_domain_params::socket_id for a NUMA node, which may be 0, or SOCKET_ID_ANY. */
static inline int
ration_params_socket(int socket_id)
{
	return socket_id != 0 ? socket_id : RATION_SOCKET_ZERO;
}

/**
 * Parameters of a domain. A member that is 0 selects its default, as in struct
 * ration_counter_params. Where 0 itself would make sense, a constant ending in _ZERO stands for it.
 */
struct ration_domain_params {
	uint32_t max_counters; /**< Maximum number of counters, including the root. Default 1024. */
	uint32_t max_members; /**< Maximum number of members at one time. Default 32. */
	/**
	 * NUMA node of the tree, or RATION_SOCKET_ZERO for node 0. Default SOCKET_ID_ANY: the node
	 * of the caller if it has memory. Use ration_params_socket() for the result of
	 * rte_socket_id() and the like.
	 */
	int socket_id;
	/**
	 * Limit of the root in units, 1 to RATION_UNLIMITED, or RATION_MAX_ZERO. Default
	 * RATION_UNLIMITED. Use ration_params_max() for a limit that is computed and may be 0.
	 */
	uint64_t max;
	/**
	 * Maximum time in microseconds that a control call waits for other lcores: to create a
	 * counter below one that has stock, to destroy a counter, or to set a strict limit. Default
	 * 1,000,000.
	 */
	uint32_t timeout_us;
	/**
	 * Maximum number of stock entries that an lcore scans in one quiescent point. A longer
	 * drain continues at the next quiescent point. Default 256, a few microseconds.
	 */
	uint32_t drain_work;
	/**
	 * Idle time in microseconds after which an lcore returns unused stock at its quiescent
	 * points. Maximum 3,600,000,000 (one hour). Default 0: unused stock is kept.
	 */
	uint32_t idle_us;
	/**
	 * Maximum number of units that all stocks of the domain hide together. Each of the
	 * max_members members gets an equal share, rounded down. Default 0: only the batches bound
	 * the stocks.
	 */
	uint64_t stock_max;
	/**
	 * Number of members, out of max_members, that are reserved for secondary processes. Their
	 * memory is reserved when the domain is created. Default 0.
	 */
	uint32_t secondary_members;
};

/** @internal See ration_domain_create(). */
struct ration_domain *
__ration_domain_create(const char *name, const struct ration_domain_params *params, uint64_t abi);

/** @internal See ration_domain_lookup(). */
struct ration_domain *__ration_domain_lookup(const char *name, uint64_t abi);

/** @internal See ration_domain_observe(). */
const struct ration_domain *__ration_domain_observe(const char *name, size_t *writable,
						    uint64_t abi);

/**
 * Create a domain with its root counter, in its own memzone.
 *
 * Primary process only, any thread. May wait: the call reserves and clears memory.
 *
 * @param name
 *   Name of the domain: 1 to RATION_DOMAIN_NAMESIZE - 1 characters of [A-Za-z0-9_.-].
 * @param params
 *   Sizes and limits, or NULL for the defaults.
 * @return
 *   The domain, or NULL with rte_errno set:
 *   - EINVAL: the name or a parameter is out of range; a log message says which
 *   - ENAMETOOLONG: the name is too long
 *   - EEXIST: a domain of this name exists
 *   - ENOSPC: the process has RATION_DOMAINS_MAX domains already
 *   - ENODEV: rte_eal_init() has not succeeded yet
 *   - ENOMEM: not enough memory
 *   - EPROTO: the program and the library were compiled for different ABIs, see RATION_ABI
 *   - E_RTE_SECONDARY: the process is not the primary process
 */
static inline struct ration_domain *
ration_domain_create(const char *name, const struct ration_domain_params *params)
{
	return __ration_domain_create(name, params, RATION_ABI);
}

/**
 * Find a domain by name.
 *
 * Any process, any thread. Does not wait.
 *
 * @param name
 *   Name of the domain.
 * @return
 *   The domain, or NULL with rte_errno set:
 *   - ENOENT: no domain has this name
 *   - EINVAL: the name is NULL
 *   - EPROTO: the program, the library and the domain were not compiled for the same ABI, or the
 *     header of the domain is corrupted; a log message says which
 *   - EACCES: this process already observes the domain, see ration_domain_observe()
 *   - ENODEV: rte_eal_init() has not succeeded yet
 */
static inline struct ration_domain *
ration_domain_lookup(const char *name)
{
	return __ration_domain_lookup(name, RATION_ABI);
}

/**
 * Find a domain read-only, for a monitor. Pages that hold only memory of this domain become
 * read-only in this process, and stay read-only. A stray write to them is a segmentation fault in
 * this process, instead of damage to all processes. Functions that take a const domain work. All
 * other functions fault, including charges. ration_counter_find() walks the tree instead of using
 * the hash table of names, so its cost grows with the number of siblings.
 *
 * Protection works on whole pages. With hugepages of 2 MiB, a domain of 1,024 counters (270 KiB)
 * has no page of its own and stays writable; a domain of 32,768 counters (8.5 MiB) has three or
 * four of them. The memory of a member that registers later becomes read-only when this process
 * first reads it.
 *
 * Secondary process only, any thread. The process must not be a member of the domain. After the
 * domain is freed, the process must not allocate shared memory from EAL (rte_malloc(), mempools),
 * because EAL might return the read-only pages.
 *
 * @param name
 *   Name of the domain.
 * @param writable
 *   Set to the number of bytes of the domain that this process can still write; or NULL.
 * @return
 *   The domain, or NULL with rte_errno set as by ration_domain_lookup(); ENOTSUP in the primary
 *   process.
 */
static inline const struct ration_domain *
ration_domain_observe(const char *name, size_t *writable)
{
	return __ration_domain_observe(name, writable, RATION_ABI);
}

/**
 * Free a domain and all its counters. All handles and lcore areas of the domain become invalid.
 * Members that have died are reaped first. On the main lcore, EAL workers that are back in WAIT are
 * launched to unregister, because no code of the application runs in them that could do it.
 *
 * Primary process only. No other thread may use the domain during or after the call. The call may
 * be made in an atexit handler, also after rte_eal_cleanup(), and by a child of fork(), where it
 * changes nothing.
 *
 * @param d
 *   The domain, or NULL.
 * @return
 *   - 0: the domain is freed, or d is NULL
 *   - -EBUSY: a member is still registered, or a dead one could not be reaped in time; log messages
 *     name the first few
 *   - -ENODEV: the domain is gone already: it was freed, or rte_eal_cleanup() has unmapped it
 *   - -E_RTE_SECONDARY: the process is not the primary process, or it is a child that the primary
 *     process forked
 */
int ration_domain_free(struct ration_domain *d);

struct rte_rcu_qsbr;

/**
 * Make ration_counter_destroy() wait for a grace period of the application's QSBR variable. If the
 * application first removes a handle from its tables, no reader holds the handle any more when its
 * index is used again.
 *
 * Primary process only, any thread. The thread that destroys a counter must not be an online reader
 * of the variable.
 *
 * @param d
 *   The domain.
 * @param qsbr
 *   The application's variable, which must exist while it is set; or NULL for none.
 * @return
 *   - 0: done
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
RATION_EXPERIMENTAL
int ration_domain_set_qsbr(struct ration_domain *d, struct rte_rcu_qsbr *qsbr);

/**
 * Return the name of a domain. Any process, any thread.
 *
 * @param d
 *   The domain.
 * @return
 *   The name, valid as long as the domain exists.
 */
const char *ration_domain_name(const struct ration_domain *d);

/**
 * Return the root counter of a domain. Any process, any thread.
 *
 * @param d
 *   The domain.
 * @return
 *   Handle of the root counter.
 */
ration_counter_t ration_domain_root(const struct ration_domain *d);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_DOMAIN_H_ */
