/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model k_targets: several targets in one round.
 *
 * What is modelled: one lcore with a slot for each of two counters, and two askers of which each
 * opens a round for one counter, waits or gives up, closes, and opens again for the other. Every
 * asker has a bit in the holders mask and a word for its target; bits are claimed and go from hand
 * to hand. The lcore reads the round word, the targets of all holders, and the word again.
 *
 * Stands for: claim_asker(), ration_round_open(), ration_round_close(), ration_round_look(),
 * read_targets(), ration_round_gated() (round.c); pass_begin(), pass_go(), pass_end() (serve.c).
 * After LOOKS tries the lcore drains everything, which covers any target.
 *
 * Every opening counts the generation up, also for a target that is being drained already: whoever
 * takes over the bit of one that has gone has a generation that this pass does not answer. (So the
 * second look at the word is not needed for P3: the case "once" passes without. It keeps a pass from
 * draining what nobody asks for any more.)
 *
 * Proved: when an asker is answered, its counter has no stock until it closes its gate (whatever
 * the other asks for); no deadlock.
 *
 * Mutants, each must fail:
 *   JOINGEN     who finds a round running keeps its generation
 *   TARGETLATE  the target is written after the round was opened
 *   BITFIRST    the asker's place is given up before its bit is taken out of the mask
 *   ONETARGET   the lcore drains the target of the first holder only
 *   NEWEST      the acknowledgement is of the generation after the drain
 *   GATEONE     the gate is looked at for the first holder only
 */

#ifndef USES
#define USES 2
#endif
#define CALLS 2
#define LOOKS 2
#define NONE 2

byte stock[2];
byte gen, holders, ack;		/* gen and holders are one word */
byte target[2];			/* of asker bit 0 and 1 */
bool place[2];			/* claimed */
bool mail, quit;

/* The view of a pass: bit c: counter c is to be drained. */
inline look()
{
	tries = 0;
	do
	:: tries < LOOKS ->
		tries++;
		d_step { g = gen; h = holders };
		view = 0;
		if
		:: h & 1 -> view = view | (1 << target[0])
		:: else
		fi;
		if
#ifdef ONETARGET
		:: (h & 2) && !(h & 1) -> view = view | (1 << target[1])
#else
		:: h & 2 -> view = view | (1 << target[1])
#endif
		:: else
		fi;
#ifdef ONCE
		break
#else
		if
		:: g == gen && h == holders -> break
		:: else
		fi
#endif
	:: else -> d_step { g = gen; view = 3 }; break
	od
}

/* Whether counter n is in the gate: one look at the word, then the targets. */
inline look_gate()
{
	h = holders;
	gated = false;
	if
	:: h & 1 -> gated = (target[0] == n)
	:: else
	fi;
	if
#ifdef GATEONE
	:: (h & 2) && !(h & 1) && !gated -> gated = (target[1] == n)
#else
	:: (h & 2) && !gated -> gated = (target[1] == n)
#endif
	:: else
	fi
}

proctype lcore()
{
	byte uses, n, view, tries, g, h;
	bool gated;

	do
	:: uses < USES ->	/* an uncharge to a slot that is not in use */
		uses++;
		if :: n = 0 :: n = 1 fi;
		look_gate();
		if
		:: !gated -> stock[n] = 1
		:: else
		fi;
		d_step { n = 0; h = 0; gated = false }
	:: mail ->
		mail = false;
		look();
		if :: view & 1 -> stock[0] = 0 :: else fi;
		if :: view & 2 -> stock[1] = 0 :: else fi;
#ifdef NEWEST
		g = gen;
#endif
		ack = g;
		d_step { view = 0; tries = 0; g = 0; h = 0 }
	:: quit && !mail -> break
	od
}

inline claim()
{
	d_step {
		if
		:: !place[0] -> bit_no = 0
		:: else -> bit_no = 1
		fi;
		place[bit_no] = true
	}
}

inline open(c)
{
	claim();
#ifndef TARGETLATE
	target[bit_no] = c;
#endif
	d_step {
#ifdef JOINGEN
		if :: holders == 0 -> gen++ :: else fi;
#else
		gen++;
#endif
		own = gen; holders = holders | (1 << bit_no)
	};
#ifdef TARGETLATE
	target[bit_no] = c;
#endif
	mail = true
}

inline close()
{
#ifdef BITFIRST
	place[bit_no] = false;
	holders = holders & (3 - (1 << bit_no))
#else
	holders = holders & (3 - (1 << bit_no));
	place[bit_no] = false
#endif
}

proctype asker(byte c)
{
	byte k, own, bit_no;

	do
	:: k < CALLS ->
		k++;
		open(c);
		if
		:: ack >= own ->
			assert(stock[c] == 0);
			assert(stock[c] == 0)	/* and still: the gate is closed to it */
		:: true				/* gives up */
		fi;
		close();
		d_step { own = 0; bit_no = 0; c = 1 - c }
	:: else -> break
	od
}

init {
	atomic { run lcore(); run asker(0); run asker(1) };
	(_nr_pr == 2);
	quit = true;
	(_nr_pr == 1)
}
