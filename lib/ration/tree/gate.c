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
 * can be read without a lock (model k_targets: JOINGEN). Concurrent drains are still one round:
 * they share the gate, and an lcore that has not answered yet answers all of them at once.
 */

#include <errno.h>

#include "shm/liveness.h"
#include "tree/counter.h"
#include "tree/gate.h"

#define ROUND_GEN(word) ((uint32_t)((word) >> 32))
#define ROUND_HOLDERS(word) ((uint32_t)(word))

/* Tries to read a stable view before it is given up for "everything". */
#define LOOK_TRIES 8

/* An asker's bit is claimed with the name of its process, so that it can be taken from a dead one.
 */
static int
claim_asker(struct ration_domain *d)
{
	uint64_t me = ration_process_id(), nobody;
	int asker;

	for (asker = 0; asker < RATION_ASKERS_MAX; asker++) {
		nobody = 0;
		/* acquire: pairs with the release in ration_round_close(). */
		if (ration_load(&d->askers[asker], relaxed) == 0 &&
		    ration_cas(&d->askers[asker], &nobody, me, acquire))
			return asker;
	}
	return -EAGAIN;
}

int
ration_round_open(struct ration_domain *d, uint32_t target, uint32_t *gen)
{
	uint64_t word, next;
	int asker = claim_asker(d);

	if (asker < 0)
		return asker;
	/* Release: pairs with the acquire in read_targets(). Model k_targets: TARGETLATE. */
	ration_store(&d->targets[asker], target, release);
	word = ration_load(&d->round, relaxed);
	do {
		*gen = ROUND_GEN(word) + 1;
		next = (uint64_t)*gen << 32 | ROUND_HOLDERS(word) | UINT32_C(1) << asker;
		/*
		 * seq_cst: the gate is set before any request is posted and before any member's
		 * state is read. Pairs with the exchange by which a member goes online. Models
		 * c_rounds: SPLIT, NOHOLD; n_handshakes: ONLINE.
		 */
	} while (!ration_cas(&d->round, &word, next, seq_cst));
	return asker;
}

void
ration_round_close(struct ration_domain *d, int asker)
{
	ration_fetch_and(&d->round, ~(uint64_t)(UINT32_C(1) << asker), seq_cst);
	/*
	 * After the word: the target must not change while the bit still counts as a holder.
	 * Model k_targets: BITFIRST.
	 */
	ration_store(&d->askers[asker], 0, release);
}

/* Copy the targets of all holders. */
static void
read_targets(struct ration_domain *d, uint32_t holders, struct round_view *view)
{
	uint32_t asker;

	view->nb_targets = 0;
	for (; holders != 0; holders &= holders - 1) {
		asker = (uint32_t)__builtin_ctz(holders);
		/* acquire: keeps the second look at the round behind it. */
		view->targets[view->nb_targets++] = ration_load(&d->targets[asker], acquire);
	}
}

void
ration_round_look(struct ration_domain *d, struct round_view *view)
{
	uint64_t word = ration_load(&d->round, seq_cst), again;
	unsigned int tries;

	for (tries = 0; tries < LOOK_TRIES; tries++) {
		read_targets(d, ROUND_HOLDERS(word), view);
		view->gen = ROUND_GEN(word);
		view->everything = false;
		again = ration_load(&d->round, seq_cst);
		if (again == word)
			return;
		word = again;
	}
	view->gen = ROUND_GEN(word);
	view->everything = true;
}

bool
ration_round_covers(const struct ration_domain *d, const struct round_view *view,
		    const struct counter *c)
{
	uint32_t i;

	if (view->everything)
		return true;
	for (i = 0; i < view->nb_targets; i++) {
		if (ration_is_below(d, c, view->targets[i]))
			return true;
	}
	return false;
}

/*
 * One look is enough here. If a drain opens after it, this lcore has not acknowledged that drain's
 * generation yet, and what it puts into stock now is fetched when it does.
 */
bool
ration_round_gated(const struct ration_domain *d, const struct counter *c)
{
	uint32_t holders = ROUND_HOLDERS(ration_load(&d->round, seq_cst));
	uint32_t asker;

	for (; holders != 0; holders &= holders - 1) {
		asker = (uint32_t)__builtin_ctz(holders);
		if (ration_is_below(d, c, ration_load(&d->targets[asker], acquire)))
			return true;
	}
	return false;
}
