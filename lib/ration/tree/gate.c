/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The round: which drains are running, and the gate that goes with them.
 *
 * One 64-bit word holds {generation, holders}: a bit for each running drain ("asker"). While the
 * mask is not empty the gate is set for the targets of its holders. Every opening counts the
 * generation up; an lcore that acknowledges generation g has drained the targets of all holders of
 * generations up to g.
 *
 * An asker that finds a round running could keep its generation if the target is the same. It does
 * not: with a new generation for every opening, an unchanged word means unchanged targets, so they
 * can be read without a lock (model k_targets: JOINROUND). Concurrent drains are still one round:
 * they share the gate, and an lcore that has not answered yet answers all of them at once.
 */

#include <errno.h>

#include "shm/liveness.h"
#include "tree/counter.h"
#include "tree/gate.h"

#define ROUND_NUMBER(word) ((uint32_t)((word) >> 32))
#define ROUND_DRAINERS(word) ((uint32_t)(word))

/* Tries to read a stable view before it is given up for "everything". */
#define READ_TRIES 8

/* An asker's bit is claimed with the name of its process, so that it can be taken from a dead one.
 */
static int
claim_drainer(struct ration_domain *d)
{
	uint64_t me = ration_process_id(), nobody;
	int drainer;

	for (drainer = 0; drainer < RATION_DRAINERS_MAX; drainer++) {
		nobody = 0;
		/* acquire: pairs with the release in ration_gate_close(). */
		if (ration_load(&d->drainers[drainer], relaxed) == 0 &&
		    ration_cas(&d->drainers[drainer], &nobody, me, acquire))
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
		 * seq_cst: the gate is set before any request is posted and before any member's
		 * state is read. Pairs with the exchange by which a member goes online. Models
		 * c_rounds: SPLIT, NOBIT; n_handshakes: ONLINE.
		 */
	} while (!ration_cas(&d->round, &word, next, seq_cst));
	return drainer;
}

void
ration_gate_close(struct ration_domain *d, int drainer)
{
	ration_fetch_and(&d->round, ~(uint64_t)(UINT32_C(1) << drainer), seq_cst);
	/*
	 * After the word: the target must not change while the bit still counts as a holder.
	 * Model k_targets: BITFIRST.
	 */
	ration_store(&d->drainers[drainer], 0, release);
}

/* Copy the targets of all holders. */
static void
read_targets(struct ration_domain *d, uint32_t drainers, struct drain_set *set)
{
	uint32_t drainer;

	set->nb_targets = 0;
	for (; drainers != 0; drainers &= drainers - 1) {
		drainer = (uint32_t)__builtin_ctz(drainers);
		/* acquire: keeps the second look at the round behind it. */
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

/*
 * One look is enough here. If a drain opens after it, this lcore has not acknowledged that drain's
 * generation yet, and what it puts into stock now is fetched when it does.
 */
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
