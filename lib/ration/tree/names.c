/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Names of counters.
 *
 * The library calls only the functions of rte_hash that take the hash value. The others call a
 * function pointer in shared memory, which is not valid in another process.
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_jhash.h>
#include <rte_lcore.h>
#include <rte_string_fns.h>

#include "shm/layout.h"
#include "tree/names.h"

/*
 * Keys are compared as bytes, so the bytes after the name are 0. rte_hash has a fast comparison
 * for keys of 48 bytes.
 */
struct key {
	uint32_t parent;
	char name[RATION_COUNTER_NAMESIZE];
};

static hash_sig_t
make_key(struct key *key, uint32_t parent, const char *name, size_t length)
{
	memset(key, 0, sizeof(*key));
	key->parent = parent;
	memcpy(key->name, name, length);
	return rte_jhash(key, sizeof(*key), 0);
}

static void
table_name(char *name, const struct ration_domain *d)
{
	/* rte_hash truncates the names of its rings, so names with a long common prefix collide. */
	snprintf(name, RTE_HASH_NAMESIZE, "RATION#%u", d->id);
}

struct rte_hash *
ration_paths_create(const struct ration_domain *d)
{
	char name[RTE_HASH_NAMESIZE];
	struct rte_hash_parameters params = {
		.name = name,
		.entries = RTE_MAX(d->max_counters, 64u),
		.key_len = sizeof(struct key),
		.hash_func = rte_jhash,
		.socket_id = d->socket_id == SOCKET_ID_ANY ? (int)rte_socket_id() : d->socket_id,
		/* Extendable buckets: an insertion does not fail because of many equal hashes. */
		.extra_flag = RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	table_name(name, d);
	return rte_hash_create(&params);
}

struct rte_hash *
ration_paths_find(const struct ration_domain *d)
{
	char name[RTE_HASH_NAMESIZE];

	table_name(name, d);
	return rte_hash_find_existing(name);
}

void
ration_paths_free(struct rte_hash *paths)
{
	rte_hash_free(paths);
}

uint32_t
ration_paths_get(struct rte_hash *paths, uint32_t parent, const char *name, size_t length)
{
	struct key key;
	hash_sig_t sig;
	void *index;

	if (length >= RATION_COUNTER_NAMESIZE)
		return RATION_INDEX_NONE;
	sig = make_key(&key, parent, name, length);
	if (rte_hash_lookup_with_hash_data(paths, &key, sig, &index) < 0)
		return RATION_INDEX_NONE;
	return (uint32_t)(uintptr_t)index;
}

int
ration_paths_add(struct rte_hash *paths, uint32_t parent, const char *name, uint32_t index)
{
	struct key key;
	hash_sig_t sig = make_key(&key, parent, name, strlen(name));

	return rte_hash_add_key_with_hash_data(paths, &key, sig, (void *)(uintptr_t)index);
}

void
ration_paths_remove(struct rte_hash *paths, uint32_t parent, const char *name)
{
	struct key key;
	hash_sig_t sig = make_key(&key, parent, name, strlen(name));

	rte_hash_del_key_with_hash(paths, &key, sig);
}
