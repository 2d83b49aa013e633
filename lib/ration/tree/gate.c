/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The round of drains, and the gate that is set for their targets.
 *
 * The round word is {round number, one bit per drainer}. While the bit of a drainer is set, the
 * gate is set for its target and all counters below: refills take no units ahead, and trims keep no
 * stock.
 *
 * Open: a drainer (1) claims a free bit by storing its process id in drainers[], (2) stores its
 * target, (3) sets its bit and adds 1 to the round number, in one compare-and-swap.
 * Close: it (4) clears its bit, (5) frees it in drainers[].
 *
 * Acknowledgement. An lcore that acknowledges round r has drained the targets of all drainers that
 * opened in rounds up to r. So concurrent drains share the work: an lcore that has not answered yet
 * answers all of them with one drain scan.
 *
 * Targets without a lock. Each opening has a new round number, even if its target is the same. A
 * target changes only while its bit is clear: (2) is before (3), and (4) is before (5). So a reader
 * that reads the round word, the targets, and the same round word again has a consistent set. If an
 * opening kept the number of a running round, the word could be unchanged while a target is not
 * (model k_targets: JOINROUND).
 *
 * One look at the gate. A slow path reads the round word once. If a drain opens after that, this
 * lcore has not acknowledged its round yet, and finds the units that it puts into stock now in the
 * drain scan before its acknowledgement.
 *
 * The whole protocol is in doc/guide/internals/protocols.rst, "Drain and gate".
 */

#include <errno.h>

#include "shm/liveness.h"
#include "tree/counter.h"
#include "tree/gate.h"

#define ROUND_NUMBER(word) ((uint32_t)((word) >> 32))
#define ROUND_DRAINERS(word) ((uint32_t)(word))

/* Attempts to read a consistent drain set; after that the set is "everything". */
#define READ_TRIES 8

/* Claim a free bit. ration_reap() frees the bits of dead processes by the id in drainers[]. */
static int
claim_drainer(struct ration_domain *d)
{
	uint64_t me = ration_process_id(), unused;
	int drainer;

	for (drainer = 0; drainer < RATION_DRAINERS_MAX; drainer++) {
		unused = 0;
		/* Acquire: pairs with the release in ration_gate_close(). */
		if (ration_load(&d->drainers[drainer], relaxed) == 0 &&
		    ration_cas(&d->drainers[drainer], &unused, me, acquire))
			return drainer;
	}
	return -EAGAIN;
}

int
ration_gate_open(struct ration_domain *d, uint32_t target, uint32_t *round)
{
	uint64_t word, next;
	int drainer = claim_drainer(d);

	if (drainer < 0)
		return drainer;
	/* Release: pairs with the acquire in read_targets(). Model k_targets: TARGETLATE. */
	ration_store(&d->targets[drainer], target, release);
	word = ration_load(&d->round, relaxed);
	do {
		*round = ROUND_NUMBER(word) + 1;
		next = (uint64_t)*round << 32 | ROUND_DRAINERS(word) | UINT32_C(1) << drainer;
		/*
		 * seq_cst: the gate is set before the drainer writes any return request and before
		 * it reads the state of any member. Pairs with the compare-and-swap by which a
		 * member goes online. Models c_rounds: SPLIT, NOBIT; n_handshakes: ONLINE.
		 */
	} while (!ration_cas(&d->round, &word, next, seq_cst));
	return drainer;
}

void
ration_gate_close(struct ration_domain *d, int drainer)
{
	ration_fetch_and(&d->round, ~(uint64_t)(UINT32_C(1) << drainer), seq_cst);
	/*
	 * After the round word: another drainer must not change the target while the bit is set.
	 * Model k_targets: BITFIRST.
	 */
	ration_store(&d->drainers[drainer], 0, release);
}

/* Copy the targets of the drainers whose bits are set. */
static void
read_targets(struct ration_domain *d, uint32_t drainers, struct drain_set *set)
{
	uint32_t drainer;

	set->nb_targets = 0;
	for (; drainers != 0; drainers &= drainers - 1) {
		drainer = (uint32_t)__builtin_ctz(drainers);
		/* Acquire: the caller reads the round word again after this. */
		set->targets[set->nb_targets++] = ration_load(&d->targets[drainer], acquire);
	}
}

void
ration_drain_set_read(struct ration_domain *d, struct drain_set *set)
{
	uint64_t word = ration_load(&d->round, seq_cst), again;
	unsigned int tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		read_targets(d, ROUND_DRAINERS(word), set);
		set->round = ROUND_NUMBER(word);
		set->everything = false;
		again = ration_load(&d->round, seq_cst);
		if (again == word)
			return;
		word = again;
	}
	set->round = ROUND_NUMBER(word);
	set->everything = true;
}

bool
ration_drain_set_covers(const struct ration_domain *d, const struct drain_set *set,
			const struct counter *c)
{
	uint32_t i;

	if (set->everything)
		return true;
	for (i = 0; i < set->nb_targets; i++) {
		if (ration_is_below(d, c, set->targets[i]))
			return true;
	}
	return false;
}

/* See "One look at the gate" above. */
bool
ration_gate_is_set(const struct ration_domain *d, const struct counter *c)
{
	uint32_t drainers = ROUND_DRAINERS(ration_load(&d->round, seq_cst));
	uint32_t drainer;

	for (; drainers != 0; drainers &= drainers - 1) {
		drainer = (uint32_t)__builtin_ctz(drainers);
		if (ration_is_below(d, c, ration_load(&d->targets[drainer], acquire)))
			return true;
	}
	return false;
}
