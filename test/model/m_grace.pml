/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model m_grace: a grace period waits for every walk that was under way, and only for those.
 *
 * What is modelled: an lcore whose walks make its word seq odd and even again, two threads without
 * slot that count themselves in one of two phase words, and a control thread that sets a mark and
 * waits for a grace period, GRACES times. A walk looks at the mark after it has declared itself.
 *
 * Stands for: ration_walk_begin() and ration_walk_end() (stock.c); ration_grace(), wait_walk() and
 * wait_slotless() (grace.c). The phase is read before the walk counts itself, so it may have been
 * turned meanwhile: hence two turns a grace period.
 *
 * Proved: when a grace period ends, no walk is under way that has not seen its mark; by `ends` that
 * it ends although threads without slot walk for ever (ENDLESS), because new ones count in the other
 * word.
 *
 * Mutants, each must fail:
 *   ONETURN     the phase is turned once
 *   NOTURN      the phase is not turned: both words are waited for, and never seen empty
 *   NOSEQ       the walks of lcores are not waited for
 *   EVENONLY    an lcore's word is waited for to be even: an lcore that walks for ever is in some
 *               walk whenever it is looked at
 *   LATECOUNT   a thread without slot counts itself after the look at the mark
 *   LATESEQ     an lcore makes seq odd after the look at the mark
 */

#ifndef GRACES
#define GRACES 2
#endif
#define WALKS 2
#define WRAP 3

bit seq;			/* its lowest bit: odd while the lcore walks */
bool same;			/* seq has not changed since control read it: it has 32 bits */
byte inflight[2], phase;
byte mark;			/* how many marks were set */
byte view[3];			/* ghost: the marks that a walk has seen, plus 1; 0: no walk */
bool waiting;

/* From the look at the mark to the end: a walk that acts on what it saw. */
inline act()
{
	d_step { view[id] = 1 + mark };
	view[id] = 0
}

proctype lcore(byte id)
{
	byte k, v;

	do
	:: k < WALKS ->
#ifndef ENDLESS
		k++;
#endif
#ifdef LATESEQ
		d_step { view[id] = 1 + mark };
		d_step { seq = 1 - seq; same = false };
		view[id] = 0;
#else
		d_step { seq = 1 - seq; same = false };
		act();
#endif
		d_step { seq = 1 - seq; same = false }
	:: else -> break	/* not reached with ENDLESS */
	od
}

proctype slotless(byte id)
{
	byte k;
	bit p;

	do
	:: k < WALKS ->
#ifndef ENDLESS
		k++;
#endif
#ifdef LATECOUNT
		d_step { view[id] = 1 + mark };
		p = phase & 1;
		inflight[p]++;
		view[id] = 0;
#else
		p = phase & 1;
		inflight[p]++;
		act();
#endif
		inflight[p]--
	:: else -> break	/* not reached with ENDLESS */
	od
}

inline wait_lcore()
{
	d_step { s = seq; same = true };
	if
#ifdef EVENONLY
	:: s -> do :: !seq -> break :: else od
#else
	:: s -> (!same)
#endif
	:: else
	fi
}

inline wait_slotless()
{
#ifdef NOTURN
	do :: inflight[0] + inflight[1] == 0 -> break :: else od
#else
	d_step { old = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[old] == 0);
#ifndef ONETURN
	d_step { old = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[old] == 0)
#endif
#endif
}

/* view - 1 marks were seen: at least as many as there are, or the walk should be over. */
#define OUT(w) (view[w] == 0 || view[w] - 1 >= mark)

active proctype control()
{
	byte k;
	bit s, old;

	atomic { run lcore(0); run slotless(1); run slotless(2) };
	do
	:: k < GRACES ->
		k++;
		d_step { mark++; waiting = true };
#ifndef NOSEQ
		wait_lcore();
#endif
		wait_slotless();
		skip;
		d_step {
			assert(OUT(0)); assert(OUT(1) && OUT(2));
			waiting = false; s = 0; old = 0; same = false
		}
	:: else -> break
	od
}

ltl ends { [] (waiting -> <> !waiting) }
