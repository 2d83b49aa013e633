/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * A domain's memory: one memzone for the tree, found by name, and one for each lcore that joins.
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memzone.h>
#include <rte_pause.h>

#include "ration_pvt.h"
#include "path.h"

RTE_LOG_REGISTER_DEFAULT(ration_logtype, NOTICE)

#define DEFAULT_COUNTERS 1024
#define DEFAULT_LCORES 32
#define DEFAULT_TIMEOUT_US 1000000
#define DEFAULT_DRAIN_WORK 256

/* Looks of a secondary process at a tree that is being changed. Each takes some ten cycles. */
#define READ_TRIES 100000000

/* So that the ticks of half of it fit into 64 bits with room for a factor. */
#define IDLE_MAX_US UINT32_C(3600000000)

/* Index by ration_domain::id. Slots are taken and given under the lock. */
static struct local locals[RATION_DOMAINS_MAX];
static rte_ticketlock_t locals_lock = RTE_TICKETLOCK_INITIALIZER;

bool
ration_log_is_due(struct ration_domain *d, uint32_t *unlogged)
{
	struct local *l = ration_local(d);
	uint64_t now = rte_get_tsc_cycles(), next = ration_load(&l->log_next, relaxed);

	/* Of several at once one writes. */
	if (now < next || !ration_cas(&l->log_next, &next, now + rte_get_tsc_hz(), relaxed)) {
		ration_fetch_add(&l->nb_unlogged, 1, relaxed);
		return false;
	}
	*unlogged = ration_exchange(&l->nb_unlogged, 0, relaxed);
	return true;
}

struct local *
ration_local(const struct ration_domain *d)
{
	return &locals[d->id];
}

void
ration_control_lock(struct ration_domain *d)
{
	while (!rte_ticketlock_trylock(&ration_local(d)->control)) {
		ration_serve_own();
		rte_pause();
	}
}

void
ration_tree_lock(struct ration_domain *d)
{
	rte_ticketlock_lock(&ration_local(d)->tree);
	/* seq_cst: nothing of the change before it. Pairs with the looks of ration_tree_read(). */
	ration_fetch_add(&d->tree_version, 1, seq_cst);
}

void
ration_tree_unlock(struct ration_domain *d)
{
	ration_fetch_add(&d->tree_version, 1, seq_cst);
	rte_ticketlock_unlock(&ration_local(d)->tree);
}

/* Other processes have no part in the lock, because they may be killed: they look twice. */
uint32_t
ration_tree_read(const struct ration_domain *d)
{
	uint32_t version, tries = 0;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		rte_ticketlock_lock(&ration_local(d)->tree);
		return 0;
	}
	do { /* Not for ever: the primary may have died half way. Then only once. */
		rte_pause();
		/* acquire: pairs with ration_tree_unlock(). */
		version = ration_load(&d->tree_version, acquire);
	} while ((version & 1) && version != ration_load(&ration_local(d)->stuck, relaxed) &&
		 ++tries < READ_TRIES);
	if (version & 1)
		ration_store(&ration_local(d)->stuck, version, relaxed);
	return version;
}

bool
ration_tree_retry(const struct ration_domain *d, uint32_t token)
{
	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		rte_ticketlock_unlock(&ration_local(d)->tree);
		return false;
	}
	/* What was read was read before this. */
	ration_fence(acquire);
	return ration_load(&d->tree_version, relaxed) != token;
}

void
ration_control_unlock(struct ration_domain *d)
{
	rte_ticketlock_unlock(&ration_local(d)->control);
}

/* ------------------------------------------------------------------ layout */

size_t
ration_block_size(uint32_t max_counters, bool slotless)
{
	/* A multiple of 64, so that bitmap words and cache lines are whole. */
	size_t nb = RTE_ALIGN_CEIL((size_t)max_counters, (size_t)64);
	size_t size = offsetof(struct ration_lcore, slots) + nb * sizeof(struct ration_slot) +
		      RATION_RED_ZONE;

	if (!slotless)
		size += nb * sizeof(int64_t) + nb / 8 + sizeof(struct workspace) +
			3 * RATION_RED_ZONE;
	return RTE_ALIGN_CEIL(size, (size_t)RTE_CACHE_LINE_SIZE);
}

void
ration_block_poison(struct ration_lcore *lc)
{
	ration_poison(&lc->slots[lc->nb_slots], RATION_RED_ZONE);
	if (lc->flags & RATION_LCORE_SLOTLESS)
		return;
	ration_poison(&ration_ledger(lc)[lc->nb_slots], RATION_RED_ZONE);
	ration_poison(&ration_active(lc)[lc->nb_slots / 64], RATION_RED_ZONE);
	ration_poison(ration_workspace(lc) + 1, RATION_RED_ZONE);
}

void
ration_block_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t slot_id,
		  uint32_t flags)
{
	RTE_BUILD_BUG_ON(sizeof(struct ration_slot) != 8);
	RTE_BUILD_BUG_ON(offsetof(struct ration_lcore, mailbox_elements) !=
			 offsetof(struct ration_lcore, mailbox) + sizeof(struct rte_ring));
	lc->domain_offset = (int64_t)((uintptr_t)d - (uintptr_t)lc);
	lc->slot_id = slot_id;
	ration_store(&lc->lcore_id, LCORE_ID_ANY, relaxed);
	lc->nb_slots = RTE_ALIGN_CEIL(d->max_counters, 64u);
	lc->flags = flags;
	/*
	 * Cannot fail: name and size are right. The elements follow the ring. Relaxed tails, as far
	 * apart as the ring is long: an asker that is preempted while it posts does not make the
	 * others spin; their messages are seen when its own is.
	 */
	rte_ring_init(&lc->mailbox, "ration", RATION_MAILBOX_SIZE,
		      RING_F_MP_RTS_ENQ | RING_F_SC_DEQ);
	rte_ring_set_prod_htd_max(&lc->mailbox, RATION_MAILBOX_SIZE);
	ration_block_poison(lc);
}

/* Offsets of the parts, and the size of all. */
static size_t
lay_out(struct ration_domain *d)
{
	size_t at = sizeof(*d) + d->max_lcores * sizeof(struct member);

	RTE_BUILD_BUG_ON(sizeof(struct counter) != 3 * RTE_CACHE_LINE_SIZE);
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->counters_offset = at;
	at += (size_t)d->max_counters * sizeof(struct counter) + RATION_RED_ZONE;
	d->nodes_offset = at;
	at += (size_t)d->max_counters * sizeof(struct node) + RATION_RED_ZONE;
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->none_offset = at;
	return at + ration_block_size(d->max_counters, true);
}

/* ------------------------------------------------------------------ create */

static int
check_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-";

	if (name == NULL || name[0] == '\0' || name[strspn(name, allowed)] != '\0')
		return -EINVAL;
	if (strlen(name) >= RATION_DOMAIN_NAMESIZE)
		return -ENAMETOOLONG;
	return 0;
}

/* Fill the head of a domain from the parameters. */
static int
check_params(struct ration_domain *d, const struct ration_domain_params *p, uint64_t *max)
{
	static const struct ration_domain_params defaults = {.socket_id = SOCKET_ID_ANY};

	if (p == NULL)
		p = &defaults;
	d->max_counters = p->max_counters != 0 ? p->max_counters : DEFAULT_COUNTERS;
	d->max_lcores = p->max_lcores != 0 ? p->max_lcores : DEFAULT_LCORES;
	d->timeout_us = p->timeout_us != 0 ? p->timeout_us : DEFAULT_TIMEOUT_US;
	d->drain_work = p->drain_work != 0 ? p->drain_work : DEFAULT_DRAIN_WORK;
	d->idle_us = p->idle_us;
	d->secondary_lcores = p->secondary_lcores;
	d->stock_share = p->stock_max != 0 ? p->stock_max / d->max_lcores : UINT64_MAX;
	d->socket_id = p->socket_id;
	*max = p->max != 0 ? p->max : RATION_UNLIMITED;
	if (d->max_counters > RATION_COUNTERS_MAX || d->max_lcores > RATION_LCORES_MAX ||
	    *max > RATION_UNLIMITED || d->idle_us > IDLE_MAX_US ||
	    d->secondary_lcores > d->max_lcores ||
	    (p->socket_id < 0 && p->socket_id != SOCKET_ID_ANY))
		return -EINVAL;
	return 0;
}

/* Zone of a domain, or of one of its lcores: '#' cannot be in a domain's name. */
static void
zone_name(char *name, const char *domain)
{
	snprintf(name, RATION_ZONE_NAMESIZE, "RATION_%s", domain);
}

void
ration_block_zone_name(char *name, const struct ration_domain *d, uint32_t slot_id)
{
	snprintf(name, RATION_ZONE_NAMESIZE, "RATION_%s#%u", d->name, slot_id);
}

static void
free_zone(const char *name)
{
	const struct rte_memzone *mz = rte_memzone_lookup(name);

	if (mz == NULL)
		return;
	ration_unpoison(mz->addr, mz->len);
	rte_memzone_free(mz);
}

/* Generations of domains that were made one after the other are far apart; none is 0. */
static uint32_t
next_first_gen(void)
{
	static uint32_t nb_made;

	return (nb_made++ * UINT32_C(0x9e3779b1)) | 1;
}

/* Reserve a domain's memory and fill its head. */
static struct ration_domain *
reserve(const struct ration_domain *head)
{
	struct ration_domain sized = *head, *d;
	size_t size = lay_out(&sized);
	char name[RATION_ZONE_NAMESIZE];
	const struct rte_memzone *mz;

	zone_name(name, head->name);
	if (rte_memzone_lookup(name) != NULL) {
		rte_errno = EEXIST;
		return NULL;
	}
	mz = rte_memzone_reserve_aligned(name, size, head->socket_id, 0, RTE_CACHE_LINE_SIZE);
	if (mz == NULL) {
		RATION_LOG(ERR, "domain %s: no memory for %zu bytes (%u counters)", head->name,
			   size, head->max_counters);
		rte_errno = rte_errno == EEXIST ? EEXIST : ENOMEM;
		return NULL;
	}
	d = mz->addr;
	memset(d, 0, size);
	*d = sized;
	d->layout = RATION_LAYOUT;
	d->sizes = RATION_SIZES;
	d->creation = rte_get_tsc_cycles();
	/* So that a handle of another domain, or of the one before, is not taken for one of this.
	 */
	d->first_gen = next_first_gen();
	d->free_head = RATION_INDEX_NONE;
	d->free_tail = RATION_INDEX_NONE;
	d->first_ghost = RATION_INDEX_NONE;
	d->last_ghost = RATION_INDEX_NONE;
	ration_places_poison(d);
	ration_block_init(d, ration_lcore_none(d), RATION_LCORES_MAX, RATION_LCORE_SLOTLESS);
	return d;
}

/* Enter a domain into the process-local table at its id. */
static void
enter_local(struct ration_domain *d, struct rte_hash *paths)
{
	struct local *l = ration_local(d);

	memset(l, 0, sizeof(*l));
	l->paths = paths;
	l->creation = d->creation;
	rte_ticketlock_init(&l->control);
	rte_ticketlock_init(&l->tree);
	l->domain = d;
}

/* Give the memory of a domain back, whatever there is of it. */
static void
release(struct ration_domain *d)
{
	char name[RATION_ZONE_NAMESIZE];
	uint32_t i;

	d->magic = 0;
	for (i = 0; i < d->max_lcores; i++) {
		if (ration_block(d, &d->members[i]) == NULL)
			continue;
		ration_block_zone_name(name, d, i);
		free_zone(name);
	}
	ration_paths_free(ration_local(d)->paths);
	memset(ration_local(d), 0, sizeof(struct local));
	zone_name(name, d->name);
	free_zone(name);
}

/* The stocks of secondary processes, which cannot make them themselves. */
static int
make_secondary_blocks(struct ration_domain *d)
{
	uint32_t i;

	for (i = d->max_lcores - d->secondary_lcores; i < d->max_lcores; i++) {
		if (ration_make_block(d, i, d->socket_id) == NULL)
			return -1;
	}
	return 0;
}

static struct ration_domain *
create(struct ration_domain *head, uint64_t max)
{
	char name[RATION_ZONE_NAMESIZE];
	struct rte_hash *paths;
	struct ration_domain *d;

	for (head->id = 0; head->id < RATION_DOMAINS_MAX; head->id++) {
		if (locals[head->id].domain == NULL)
			break;
	}
	if (head->id == RATION_DOMAINS_MAX) {
		rte_errno = ENOSPC;
		return NULL;
	}
	d = reserve(head);
	if (d == NULL)
		return NULL;
	paths = ration_paths_create(d);
	if (paths == NULL) {
		zone_name(name, head->name);
		free_zone(name);
		rte_errno = ENOMEM;
		return NULL;
	}
	enter_local(d, paths);
	ration_counter_init_root(d, max);
	if (make_secondary_blocks(d) != 0) {
		release(d);
		rte_errno = ENOMEM;
		return NULL;
	}
	/* Last: a lookup takes a zone without it for no domain. */
	d->magic = RATION_MAGIC;
	return d;
}

struct ration_domain *
ration_domain_create(const char *name, const struct ration_domain_params *params)
{
	struct ration_domain head = {.magic = 0}, *d;
	uint64_t max;
	int rc;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		rte_errno = E_RTE_SECONDARY;
		return NULL;
	}
	rc = check_name(name);
	if (rc == 0)
		rc = check_params(&head, params, &max);
	if (rc != 0) {
		rte_errno = -rc;
		return NULL;
	}
	strcpy(head.name, name);
	rte_ticketlock_lock(&locals_lock);
	d = create(&head, max);
	rte_ticketlock_unlock(&locals_lock);
	return d;
}

/* ------------------------------------------------------------ lookup, free */

/* The head of a domain, which stays as it is: what is said of sizes and places. */
static bool
head_fits(const struct ration_domain *d, size_t length)
{
	struct ration_domain sized = {
		.max_counters = d->max_counters,
		.max_lcores = d->max_lcores,
	};

	if (d->id >= RATION_DOMAINS_MAX || d->max_counters == 0 ||
	    d->max_counters > RATION_COUNTERS_MAX || d->max_lcores == 0 ||
	    d->max_lcores > RATION_LCORES_MAX || d->secondary_lcores > d->max_lcores ||
	    d->drain_work == 0 || d->idle_us > IDLE_MAX_US)
		return false;
	return lay_out(&sized) <= length && sized.counters_offset == d->counters_offset &&
	       sized.nodes_offset == d->nodes_offset && sized.none_offset == d->none_offset;
}

/* The same for the head of the block that the threads without slot share. */
static bool
none_fits(struct ration_domain *d)
{
	const struct ration_lcore *none = ration_lcore_none(d);

	return ration_domain_of(none) == d && none->slot_id == RATION_LCORES_MAX &&
	       none->nb_slots == RTE_ALIGN_CEIL(d->max_counters, 64u) &&
	       none->flags == RATION_LCORE_SLOTLESS;
}

/* Whether all that is in a zone is where this library looks for it. Says why if it is not. */
static bool
is_of_this_library(struct ration_domain *d, size_t length, const char *name)
{
	if (d->layout != RATION_LAYOUT || d->sizes != RATION_SIZES) {
		RATION_LOG(ERR,
			   "domain %s has memory layout %u with sizes %#" PRIx64
			   ", this library has %u with %#" PRIx64
			   ": use the same libration in all processes",
			   name, d->layout, d->sizes, RATION_LAYOUT, RATION_SIZES);
		return false;
	}
	if (!head_fits(d, length) || !none_fits(d)) {
		RATION_LOG(ERR, "domain %s is damaged: its sizes do not fit its %zu bytes", name,
			   length);
		return false;
	}
	return true;
}

/* Enter a domain that was found, unless it is in the table. */
static bool
enter_found(struct ration_domain *d)
{
	const struct local *l = ration_local(d);

	if (l->domain == d && l->creation == d->creation)
		return true;
	/* The primary has entered its own when it made them: this one says it is another one. */
	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		RATION_LOG(ERR, "domain %s is damaged: it has the place of another one", d->name);
		return false;
	}
	/* It may be another one than when we looked last, at the same place. */
	enter_local(d, ration_paths_find(d));
	return true;
}

struct ration_domain *
ration_domain_attach(const char *name, const struct rte_memzone **mz)
{
	char zone[RATION_ZONE_NAMESIZE];
	struct ration_domain *d;

	if (name == NULL) {
		rte_errno = EINVAL;
		return NULL;
	}
	rte_errno = ENOENT;
	if (check_name(name) != 0)
		return NULL;
	zone_name(zone, name);
	*mz = rte_memzone_lookup(zone);
	if (*mz == NULL || (*mz)->len < sizeof(*d))
		return NULL;
	d = (*mz)->addr;
	if (d->magic != RATION_MAGIC || strcmp(d->name, name) != 0)
		return NULL;
	if (!is_of_this_library(d, (*mz)->len, name) || !enter_found(d)) {
		rte_errno = EPROTO;
		return NULL;
	}
	return d;
}

struct ration_domain *
ration_domain_lookup(const char *name)
{
	const struct rte_memzone *mz;
	struct ration_domain *d = ration_domain_attach(name, &mz);

	/* Its pages cannot be written to: what is const there must not become writable here. */
	if (d != NULL && ration_local(d)->observed) {
		rte_errno = EACCES;
		return NULL;
	}
	return d;
}

int
ration_domain_free(struct ration_domain *d)
{
	uint32_t i;

	if (d == NULL)
		return 0;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	/* The dead keep nothing. */
	ration_sweep(d, d->timeout_us, NULL, NULL);
	for (i = 0; i < d->max_lcores; i++) {
		if (MEMBER_STATE(ration_load(&d->members[i].state, acquire)) != MEMBER_FREE)
			return -EBUSY;
	}
	rte_ticketlock_lock(&locals_lock);
	release(d);
	rte_ticketlock_unlock(&locals_lock);
	return 0;
}

int
ration_domain_set_qsbr(struct ration_domain *d, struct rte_rcu_qsbr *qsbr)
{
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	ration_local(d)->qsbr = qsbr;
	ration_control_unlock(d);
	return 0;
}

const char *
ration_domain_name(const struct ration_domain *d)
{
	return d->name;
}

ration_counter_t
ration_domain_root(const struct ration_domain *d)
{
	return ration_handle(d, 0);
}
