/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "shm/eal.h"
#include "shm/log.h"
#include "shm/process.h"

/* This process was forked after its parent had initialized EAL. */
static bool is_forked;

static void
note_fork(void)
{
	/* A process that forks first and then initializes EAL is a process like any other. */
	is_forked = ration_eal_is_up();
}

RTE_INIT(ration_eal_watch_fork)
{
	pthread_atfork(NULL, NULL, note_fork);
}

bool
ration_eal_is_up(void)
{
	/* EAL chooses the mode while it starts. No other public call is safe before that. */
	return rte_eal_iova_mode() != RTE_IOVA_DC;
}

bool
ration_eal_needed(const char *domain)
{
	if (ration_eal_is_up())
		return true;
	RATION_LOG(ERR, "domain %s: rte_eal_init() has not succeeded yet",
		   domain != NULL ? domain : "(null)");
	rte_errno = ENODEV;
	return false;
}

bool
ration_is_primary(void)
{
	return rte_eal_process_type() == RTE_PROC_PRIMARY && !is_forked;
}

/* Return true if the pages of a range are mapped. They may still be without access. */
static bool
is_mapped(uintptr_t from, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = RTE_ALIGN_FLOOR(from, page), end = RTE_ALIGN_CEIL(from + size, page);
	unsigned char pages[2];

	return (end - start) / page <= RTE_DIM(pages) &&
	       mincore((void *)start, end - start, pages) == 0;
}

/*
 * Copy memory that may be unmapped or without access. The kernel copies it, and reports a fault as
 * an error. A filter of system calls may forbid that: then ask only whether the memory is mapped.
 */
static bool
copy(void *to, uintptr_t from, size_t size)
{
	struct iovec local = {.iov_base = to, .iov_len = size};
	struct iovec remote = {.iov_base = (void *)from, .iov_len = size};
	ssize_t n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

	if (n >= 0 || errno == EFAULT)
		return n == (ssize_t)size;
	if (!is_mapped(from, size))
		return false;
	memcpy(to, (void *)from, size);
	return true;
}

bool
ration_domain_is_there(const struct ration_domain *d)
{
	const struct local *l = ration_local_find(d);
	uint64_t magic, gen;

	/* Memory that was mapped again for another purpose does not hold the generation. */
	return l != NULL &&
	       copy(&magic, (uintptr_t)d + offsetof(struct ration_domain, magic), sizeof(magic)) &&
	       copy(&gen, (uintptr_t)d + offsetof(struct ration_domain, gen), sizeof(gen)) &&
	       magic == RATION_MAGIC && gen == l->gen;
}

bool
ration_lcore_is_there(const struct ration_lcore *lc)
{
	int64_t offset;

	if (!copy(&offset, (uintptr_t)lc + offsetof(struct ration_lcore, domain_offset),
		  sizeof(offset)))
		return false;
	return ration_domain_is_there((struct ration_domain *)((uintptr_t)lc + (uintptr_t)offset));
}
