/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Changing the limit and the batch of a counter, under the control lock.
 */

#include <errno.h>

#include <rte_errno.h>

#include "control/lock.h"
#include "shm/eal.h"
#include "shm/params.h"
#include "tree/counter.h"
#include "tree/path.h"

/* Which of the two batches of a counter is set. */
enum batch_kind {
	BATCH,
	BATCH_MAX
};

static int
store_batch(struct ration_domain *d, ration_counter_t handle, enum batch_kind kind, uint32_t batch)
{
	struct counter *c = ration_resolve(d, handle);
	uint32_t cap;

	if (c == NULL)
		return -ESTALE;
	cap = ration_counter_cap(c, kind == BATCH ? batch : ration_load(&c->batch, relaxed),
				 kind == BATCH_MAX ? batch : ration_load(&c->batch_max, relaxed));
	/* Stock entries keep their caps until their next slow path: do not lower cap_max. */
	if (cap > ration_load(&c->cap_max, relaxed))
		ration_counter_set_cap_max(d, c, cap);
	/* Release: no stock exceeds the bound, also for who reads both. */
	ration_store(kind == BATCH ? &c->batch : &c->batch_max, batch, release);
	return 0;
}

static int
set_batch(struct ration_domain *d, ration_counter_t c, enum batch_kind kind, uint32_t batch)
{
	char path[RATION_PATH_SIZE];
	int rc;

	if (batch > RATION_BATCH_MAX) {
		const struct params_of of = {d->name,
					     kind == BATCH ? "set_batch of" : "set_batch_max of",
					     ration_path_text(d, c, path)};

		ration_param_fits(&of, kind == BATCH ? "batch" : "batch_max", batch,
				  RATION_BATCH_MAX);
		return -EINVAL;
	}
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = store_batch(d, c, kind, batch);
	ration_control_unlock(d);
	return rc;
}

int
ration_counter_set_batch(struct ration_domain *d, ration_counter_t c, uint32_t batch)
{
	return set_batch(d, c, BATCH, batch);
}

int
ration_counter_set_batch_max(struct ration_domain *d, ration_counter_t c, uint32_t batch_max)
{
	return set_batch(d, c, BATCH_MAX, batch_max);
}

/*
 * Store the new limit, then read usage. A walk adds to usage, then reads the limit again
 * (add_bounded()). All four are seq_cst, so either this call sees the units of the walk, or the
 * walk sees the new limit and returns its units. Models g_set_max: USAGEFIRST; n_handshakes: LIMIT.
 */
static uint64_t
exchange_max(struct counter *c, uint64_t max, uint64_t *usage)
{
	uint64_t old = ration_exchange(&c->max, max, seq_cst);

	*usage = ration_load(&c->usage, seq_cst);
	return old;
}

static int
set_max_clamp(struct counter *c, uint64_t max)
{
	uint64_t usage;

	exchange_max(c, max, &usage);
	if (usage > max)
		ration_store(&c->over_max_ok, 1, relaxed);
	return 0;
}

static int
set_max_strict(struct ration_domain *d, struct counter *c, uint64_t max)
{
	uint64_t usage, old;

	if (ration_load(&c->usage, relaxed) > max)
		ration_drain(d, ration_handle(d, ration_index_of(d, c)), d->timeout_us, NULL);
	if (ration_load(&c->usage, relaxed) > max)
		return -EBUSY;
	old = exchange_max(c, max, &usage);
	if (usage <= max)
		return 0;
	/* A concurrent charge took the room: restore the limit. Model g_set_max: NORESTORE. */
	ration_store(&c->max, old, seq_cst);
	return -EBUSY;
}

int
ration_counter_set_max(struct ration_domain *d, ration_counter_t handle, uint64_t max,
		       uint32_t flags)
{
	struct counter *c;
	char path[RATION_PATH_SIZE];
	int rc;

	if (max > RATION_UNLIMITED || (flags & ~RATION_MAX_STRICT)) {
		const struct params_of of = {d->name, "set_max of",
					     ration_path_text(d, handle, path)};

		if (ration_param_fits(&of, "max", max, RATION_UNLIMITED))
			ration_flags_fit(&of, flags, RATION_MAX_STRICT);
		return -EINVAL;
	}
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	c = ration_resolve(d, handle);
	if (c == NULL)
		rc = -ESTALE;
	else if (flags & RATION_MAX_STRICT)
		rc = set_max_strict(d, c, max);
	else
		rc = set_max_clamp(c, max);
	ration_control_unlock(d);
	return rc;
}

int
ration_counter_reset_watermark(struct ration_domain *d, ration_counter_t handle)
{
	struct counter *c = ration_resolve(d, handle);

	if (c == NULL)
		return -ESTALE;
	ration_store(&c->watermark, ration_load(&c->usage, relaxed), relaxed);
	return 0;
}
