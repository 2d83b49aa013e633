/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>

#include <rte_errno.h>

#include <ration_domain.h>

#include "shm/abi.h"
#include "shm/log.h"
#include "shm/name_rule.h"

#define ABI_DPDK(abi) ((unsigned int)((abi) >> 48))
#define ABI_LAYOUT(abi) ((unsigned int)((abi) >> 32 & 0xffff))
#define ABI_SIZE(abi) ((unsigned int)(uint32_t)(abi))

bool
ration_abi_fits(const char *domain, uint64_t abi)
{
	char escaped[RATION_ESCAPED_SIZE(RATION_DOMAIN_NAMESIZE)];
	const uint64_t own = RATION_ABI;

	if (abi == own)
		return true;
	/* The name is not checked yet. */
	ration_name_escape(escaped, sizeof(escaped), domain != NULL ? domain : "(null)");
	RATION_LOG(ERR,
		   "domain %s: the program was compiled for DPDK ABI %u and libration layout %u "
		   "(lcore area of %u bytes), this library for DPDK ABI %u and layout %u (%u "
		   "bytes): recompile the program",
		   escaped, ABI_DPDK(abi), ABI_LAYOUT(abi), ABI_SIZE(abi), ABI_DPDK(own),
		   ABI_LAYOUT(own), ABI_SIZE(own));
	rte_errno = EPROTO;
	return false;
}
