/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_ZONE_H_
#define RATION_SHM_ZONE_H_

/**
 * @file
 * Memzones: one for each domain and one for each lcore's block, found by name. Readers follow an
 * offset in shared memory only after they have compared it with the memzone of that name.
 */

#include <stddef.h>
#include <stdint.h>

#include "shm/layout.h"

struct rte_memzone;

/** Bytes for the name of a memzone. The longest is shorter than RTE_MEMZONE_NAMESIZE. */
#define RATION_ZONE_NAMESIZE 40

/** Name of the memzone of a domain. */
void ration_domain_zone_name(char *name, const char *domain);

/** Name of the memzone of an lcore's block. */
void ration_area_zone_name(char *name, const struct ration_domain *d, uint32_t member_id);

/** Check the name of a domain. @return 0, -EINVAL or -ENAMETOOLONG */
int ration_domain_check_name(const char *name);

/** Free the memzone of a name, if there is one. */
void ration_zone_free(const char *name);

/** Make the memory of a place that never had one. @return NULL with rte_errno */
struct ration_lcore *ration_area_make(struct ration_domain *d, uint32_t member_id, int socket_id);

/** Make the pages that hold nothing but this zone read-only. @return bytes that are not */
size_t ration_protect_zone(const struct rte_memzone *mz);

/** The parts of an lcore's block. */
struct ration_area {
	const struct ration_lcore *lc;
	const struct ration_stock *stocks;
	const RATION_ATOMIC(int64_t) *ledger;
	const RATION_ATOMIC(uint64_t) *active;
	uint32_t nb_stocks;
};

/**
 * Find the block of a place: where the memzone of its name is, or nowhere.
 *
 * @return
 *   1, 0 if the place never had one, or -EPROTO if it is not where the domain says
 */
int ration_area_find(const struct ration_domain *d, uint32_t member_id, struct ration_area *stocks);

#endif /* RATION_SHM_ZONE_H_ */
