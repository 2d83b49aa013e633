/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_PROCESS_H_
#define RATION_SHM_PROCESS_H_

/**
 * @file
 * Process-local state of the domains that a process uses: a table, indexed by ration_domain::id.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ticketlock.h>

#include "shm/layout.h"

struct rte_hash;
struct rte_rcu_qsbr;

/** Process-local state of a domain. */
struct local {
	struct ration_domain *domain; /**< NULL if the table entry is free. */
	RATION_ATOMIC(uint64_t) log_next; /**< TSC from which the next warning may be written. */
	RATION_ATOMIC(uint32_t) nb_unlogged; /**< Warnings suppressed since the last one. */
	uint64_t gen; /**< ration_domain::gen of the domain that this entry belongs to. */
	bool observed; /**< This process has made the domain read-only. */
	/** Odd tree_seq for which this process has stopped waiting, or 0. See tree_lock.c. */
	RATION_ATOMIC(uint32_t) stuck;
	/** member::area_offset of the lcore areas that were compared with their memzones. */
	RATION_ATOMIC(int64_t) areas[RATION_MEMBERS_MAX];
	struct rte_hash *paths; /**< Hash table from {parent, name} to index, or NULL. */
	struct rte_rcu_qsbr *qsbr; /**< QSBR variable of the application, or NULL. */
	/** Held during a whole control call, such as create and destroy, including its drains. */
	rte_ticketlock_t control;
	/** Held for short times: protects links, names and the hash table of paths. */
	rte_ticketlock_t tree;
};

/** Process-local state of a domain. */
struct local *ration_local(const struct ration_domain *d);

/** Process-local state of the domain at an address, or NULL. Does not read the domain. */
struct local *ration_local_find(const struct ration_domain *d);

/** Table entry with this id, below RATION_DOMAINS_MAX. */
struct local *ration_local_at(uint32_t id);

/** Initialize the table entry of a domain. `paths` may be NULL. */
void ration_local_enter(struct ration_domain *d, struct rte_hash *paths);

/** Clear the table entry of a domain. */
void ration_local_remove(const struct ration_domain *d);

/** Lock the table, while a domain is created or freed. Primary process only. */
void ration_locals_lock(void);

/** Unlock the table. */
void ration_locals_unlock(void);

/** Find a free id under the table lock. @return the id, or RATION_DOMAINS_MAX if none is free */
uint32_t ration_locals_free_id(void);

#endif /* RATION_SHM_PROCESS_H_ */
