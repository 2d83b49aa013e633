/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model m_grace: a grace period waits for every walk that was in flight, and only for those.
 *
 * Modeled: an lcore whose walks make its word seq odd and even again, two threads without
 * registration that count themselves in one of two in-flight words, and a control thread that sets
 * a mark and waits for a grace period, GRACES times. A walk looks at the mark after it is visible
 * as in flight.
 *
 * Code: ration_walk_begin() and ration_walk_end() (stock.c); ration_grace() with its wait for an
 * lcore and its wait for threads without registration (grace.c). A walk reads the index before it
 * counts itself, so the index may have been flipped meanwhile: therefore a grace period flips it
 * twice.
 *
 * Proved: when a grace period ends, no walk is in flight that has not seen its mark. The claim
 * `ends` proves that it ends although threads without registration walk without end (ENDLESS),
 * because new walks are counted in the other word.
 *
 * Mutants, each must fail:
 *   ONEFLIP    the index is flipped once
 *   NOFLIP     the index is not flipped: both words are waited for, and never seen empty
 *   NOSEQ      the walks of lcores are not waited for
 *   EVENONLY   the wait is for an even word of an lcore: an lcore that walks without end is in some
 *              walk at every look
 *   LATECOUNT  a thread without registration counts itself after the look at the mark
 *   LATESEQ    an lcore makes seq odd after the look at the mark
 */

#ifndef GRACES
#define GRACES 2
#endif
#define WALKS 2
#define WRAP 3

bit seq;			/* its lowest bit: 1 while the lcore walks */
bool same;			/* seq has not changed since control's read (32 bits in the code) */
byte inflight[2], inflight_index;
byte mark;			/* marks set so far */
byte seen[3];			/* auxiliary: the marks that a walk has seen, plus 1; 0: no walk */
bool waiting;

/* From the look at the mark to the end: a walk that depends on the mark. */
inline act()
{
	d_step { seen[id] = 1 + mark };
	seen[id] = 0
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
		d_step { seen[id] = 1 + mark };
		d_step { seq = 1 - seq; same = false };
		seen[id] = 0;
#else
		d_step { seq = 1 - seq; same = false };
		act();
#endif
		d_step { seq = 1 - seq; same = false }
	:: else -> break	/* not reached with ENDLESS */
	od
}

proctype shared(byte id)
{
	byte k;
	bit p;

	do
	:: k < WALKS ->
#ifndef ENDLESS
		k++;
#endif
#ifdef LATECOUNT
		d_step { seen[id] = 1 + mark };
		p = inflight_index & 1;
		inflight[p]++;
		seen[id] = 0;
#else
		p = inflight_index & 1;
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

inline wait_shared()
{
#ifdef NOFLIP
	do :: inflight[0] + inflight[1] == 0 -> break :: else od
#else
	d_step { old = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[old] == 0);
#ifndef ONEFLIP
	d_step { old = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[old] == 0)
#endif
#endif
}

/* The walk has ended, or has seen all marks. */
#define OUT(w) (seen[w] == 0 || seen[w] - 1 >= mark)

active proctype control()
{
	byte k;
	bit s, old;

	atomic { run lcore(0); run shared(1); run shared(2) };
	do
	:: k < GRACES ->
		k++;
		d_step { mark++; waiting = true };
#ifndef NOSEQ
		wait_lcore();
#endif
		wait_shared();
		skip;
		d_step {
			assert(OUT(0)); assert(OUT(1) && OUT(2));
			waiting = false; s = 0; old = 0; same = false
		}
	:: else -> break
	od
}

ltl ends { [] (waiting -> <> !waiting) }
