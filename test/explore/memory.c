/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Shared memory, and the store buffers in front of it. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_memzone.h>

#include "explore.h"
#include "explore_fakes.h"
#include "memory.h"

#define ARENA (256 * 1024)
#define ZONES 8
/* Maximum number of stores in a buffer. */
#define BUFFERED 12

static char arena[ARENA] __rte_aligned(64);
static char kept[ARENA] __rte_aligned(64);
static size_t used, used_kept;
static struct rte_memzone zones[ZONES];
static uint32_t nb_zones, nb_zones_kept;

struct buffer {
	uint32_t nb;
	struct {
		volatile void *at;
		uint64_t value;
		size_t size;
	} store[BUFFERED];
};

bool explore_tso;
static struct buffer buffers[EXPLORE_FIBERS];
static bool minor[ARENA / 4];
static uint64_t nb_writes, own_writes[EXPLORE_FIBERS];

void *
explore_alloc(size_t size)
{
	void *at = &arena[used];

	used += RTE_ALIGN_CEIL(size, (size_t)64);
	return used <= ARENA ? at : NULL;
}

void
memory_clear(void)
{
	memset(arena, 0, sizeof(arena));
	memset(minor, 0, sizeof(minor));
	used = 0;
	nb_zones = 0;
}

void
memory_keep(void)
{
	memcpy(kept, arena, used);
	used_kept = used;
	nb_zones_kept = nb_zones;
}

void
memory_restore(void)
{
	/* Allocations of a schedule lie after that; they are cleared when they are made. */
	memcpy(arena, kept, used_kept);
	used = used_kept;
	nb_zones = nb_zones_kept;
	memset(buffers, 0, sizeof(buffers));
	memset(own_writes, 0, sizeof(own_writes));
	nb_writes = 0;
}

ptrdiff_t
memory_offset(const volatile void *at)
{
	ptrdiff_t offset = (const volatile char *)at - arena;

	return offset >= 0 && offset < ARENA ? offset : -1;
}

void
memory_mark_minor(const volatile void *at, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += 4)
		minor[((size_t)memory_offset(at) + i) / 4] = true;
}

bool
memory_is_minor(const volatile void *at)
{
	ptrdiff_t offset = memory_offset(at);

	return offset >= 0 && minor[offset / 4];
}

const struct rte_memzone *
explore_zone_reserve(const char *name, size_t size)
{
	struct rte_memzone *mz;

	if (nb_zones == ZONES)
		return NULL;
	mz = &zones[nb_zones++];
	snprintf(mz->name, sizeof(mz->name), "%s", name);
	mz->len = size;
	mz->addr = explore_alloc(size);
	return mz;
}

const struct rte_memzone *
explore_zone_lookup(const char *name)
{
	uint32_t i;

	for (i = 0; i < nb_zones; i++) {
		if (strcmp(zones[i].name, name) == 0)
			return &zones[i];
	}
	return NULL;
}

/* ----------------------------------------------------------- store buffers */

static uint64_t
read_word(const volatile void *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)(uintptr_t)at, size);
	return value;
}

static void
buffer_store_first(uint32_t fiber)
{
	struct buffer *b = &buffers[fiber];

	explore_write(b->store[0].at);
	memcpy((void *)(uintptr_t)b->store[0].at, &b->store[0].value, b->store[0].size);
	b->nb--;
	memmove(&b->store[0], &b->store[1], b->nb * sizeof(b->store[0]));
}

void
memory_flush(uint32_t fiber, uint32_t nb)
{
	for (; nb > 0 && buffers[fiber].nb > 0; nb--)
		buffer_store_first(fiber);
}

uint32_t
memory_buffered(uint32_t fiber)
{
	return buffers[fiber].nb;
}

void
explore_drain_buffer(void)
{
	if (buffers[explore_me()].nb > 0)
		memory_flush(explore_me(), BUFFERED);
}

void
explore_buffer(volatile void *at, uint64_t value, size_t size)
{
	struct buffer *b = &buffers[explore_me()];

	if (!explore_is_running()) {
		memcpy((void *)(uintptr_t)at, &value, size);
		return;
	}
	if (b->nb == BUFFERED)
		memory_flush(explore_me(), 1);
	b->store[b->nb].at = at;
	b->store[b->nb].value = value;
	b->store[b->nb].size = size;
	b->nb++;
	explore_audit_access(at, true);
}

/* The newest store of a fiber to a word that is still in its buffer. */
static bool
find_store(uint32_t fiber, const volatile void *at, uint64_t *value)
{
	const struct buffer *b = &buffers[fiber];
	uint32_t i;

	for (i = b->nb; i-- > 0;) {
		if (b->store[i].at == at) {
			*value = b->store[i].value;
			return true;
		}
	}
	return false;
}

uint64_t
explore_forward(const volatile void *at, uint64_t value)
{
	find_store(explore_me(), at, &value);
	return value;
}

uint64_t
explore_peek(const volatile void *at, size_t size)
{
	uint64_t value = read_word(at, size);
	uint32_t fiber;

	for (fiber = 0; explore_tso && fiber < EXPLORE_FIBERS; fiber++) {
		if (find_store(fiber, at, &value))
			break;
	}
	return value;
}

void
explore_write(const volatile void *at)
{
	if (!explore_tso)
		explore_audit_access(at, true);
	if (memory_is_minor(at))
		return;
	nb_writes++;
	own_writes[explore_me()]++;
}

uint64_t
memory_writes_of_others(uint32_t fiber)
{
	return nb_writes - own_writes[fiber];
}

uint64_t
memory_writes(void)
{
	return nb_writes;
}
