/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdio.h>

#include <rte_errno.h>

#include "message.h"
#include "stats/check.h"

#define DRAIN_TIMEOUT_US 1000000
#define PATH_SIZE (RATION_DEPTH_MAX * RATION_COUNTER_NAMESIZE)

static uint64_t
check_counter(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_counter_info info;
	char path[PATH_SIZE];

	if (ration_counter_get(d, c, &info) < 0 || info.usage == 0)
		return 0;
	if (ration_counter_path(d, c, path, sizeof(path)) <= 0)
		snprintf(path, sizeof(path), "/");
	log_error("counter '%s': %" PRIu64 " units are still charged at the end (P2)", path,
		  info.usage);
	return 1;
}

uint64_t
check_counters(struct ration_domain *d)
{
	ration_counter_t c = RATION_COUNTER_NONE;
	uint64_t violations = 0;
	int rc;

	rc = ration_drain(d, ration_domain_root(d), DRAIN_TIMEOUT_US, NULL);
	if (rc < 0) {
		log_error("cannot drain the domain: %s", rte_strerror(-rc));
		violations++;
	}
	while ((c = ration_counter_next(d, c)) != RATION_COUNTER_NONE)
		violations += check_counter(d, c);
	return violations + (uint64_t)ration_domain_verify(d, 1, stderr);
}

uint64_t
check_packets(const struct stats *s)
{
	uint64_t violations = 0;
	uint32_t i;

	for (i = 0; i < s->nb_tenants; i++) {
		const struct tenant_stats *t = &s->tenants[i];

		if (t->held == 0 && t->in_flight == 0)
			continue;
		log_error("tenant '%s': %" PRId64 " of %" PRIu64
			  " offered packets were neither delivered, refused nor lost",
			  t->name, (int64_t)(t->held + t->in_flight),
			  t->verdicts[VERDICT_OFFERED].packets);
		violations++;
	}
	return violations;
}
