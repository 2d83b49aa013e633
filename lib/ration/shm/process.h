/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_PROCESS_H_
#define RATION_SHM_PROCESS_H_

/**
 * @file
 * What each process keeps of the domains that it uses: a table, indexed by ration_domain::id.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ticketlock.h>

#include "shm/layout.h"

struct rte_hash;
struct rte_rcu_qsbr;

/** What each process keeps of a domain for itself. */
struct local {
	struct ration_domain *domain;
	RATION_ATOMIC(uint64_t) log_next; /**< TSC from which on the next warning is written. */
	RATION_ATOMIC(uint32_t) nb_unlogged; /**< Warnings that were not, since the last. */
	uint64_t gen; /**< Of the domain that the rest is about. */
	bool observed; /**< This process has mapped it read-only. */
	/** tree_seq at which a change was not waited for any longer; 0: none. */
	RATION_ATOMIC(uint32_t) stuck;
	/** member::area_offset of blocks that were found where it says. */
	RATION_ATOMIC(int64_t) areas[RATION_MEMBERS_MAX];
	struct rte_hash *paths; /**< {parent, name} to index. */
	struct rte_rcu_qsbr *qsbr; /**< The application's readers, or NULL. */
	/** Held over a whole create, destroy or set_max, drains included. */
	rte_ticketlock_t control;
	/** Held for moments: links, names and the path table. */
	rte_ticketlock_t tree;
};

struct local *ration_local(const struct ration_domain *d);

/** Enter a domain into the table at its id. */
void ration_local_enter(struct ration_domain *d, struct rte_hash *paths);

/** Remove a domain from the table. */
void ration_local_remove(const struct ration_domain *d);

/** Lock and unlock the table: held while a domain is made or freed. Primary process only. */
void ration_locals_lock(void);

void ration_locals_unlock(void);

/** A free id; RATION_DOMAINS_MAX if there is none. The table is locked. */
uint32_t ration_locals_free_id(void);

#endif /* RATION_SHM_PROCESS_H_ */
