/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ZONE_H_
#define RATION_SHM_ZONE_H_

/**
 * @file
 * Memzones: one for each domain and one for each lcore area, found by name. A reader uses an offset
 * in shared memory only after it has compared it with the address of the memzone.
 */

#include <stddef.h>
#include <stdint.h>

#include "shm/layout.h"

struct rte_memzone;

/** Size of a buffer for the name of a memzone. No name is longer than DPDK allows. */
#define RATION_ZONE_NAMESIZE 40

/** Write the name of the memzone of a domain into a buffer of RATION_ZONE_NAMESIZE bytes. */
void ration_domain_zone_name(char *name, const char *domain);

/** Write the name of the memzone of an lcore area into a buffer of RATION_ZONE_NAMESIZE bytes. */
void ration_area_zone_name(char *name, const struct ration_domain *d, uint32_t member_id);

/** Check the name of a domain. @return 0, -EINVAL or -ENAMETOOLONG */
int ration_domain_check_name(const char *name);

/** Free the memzone of this name, if it exists. Primary process only. */
void ration_zone_free(const char *name);

/**
 * Reserve and initialize the lcore area of a member entry that never had one. Primary process only.
 *
 * @return the lcore area, or NULL with rte_errno ENOMEM
 */
struct ration_lcore *ration_area_make(struct ration_domain *d, uint32_t member_id, int socket_id);

/** Make the pages that hold only this memzone read-only. @return bytes that stay writable */
size_t ration_protect_zone(const struct rte_memzone *mz);

/** Addresses of the parts of an lcore area. */
struct ration_area {
	const struct ration_lcore *lc;
	const struct ration_stock *stocks;
	const RATION_ATOMIC(int64_t) *ledger;
	const RATION_ATOMIC(uint64_t) *active;
	const struct workspace *workspace;
	uint32_t nb_stocks;
};

/**
 * Find the lcore area of a member entry, and compare its offset with its memzone. Any process.
 *
 * @param d
 *   The domain.
 * @param member_id
 *   Index of the member entry, below max_members.
 * @param[out] stocks
 *   The parts of the lcore area, if 1 is returned.
 * @return
 *   1: found; 0: the member entry never had an area; -EPROTO: the offset is corrupted
 */
int ration_area_find(const struct ration_domain *d, uint32_t member_id, struct ration_area *stocks);

#endif /* RATION_SHM_ZONE_H_ */
