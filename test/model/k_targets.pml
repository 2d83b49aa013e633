/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model k_targets: several targets in one round.
 *
 * Modeled: one lcore with a stock entry for each of two counters, and two drainers. Each drainer
 * opens a round for one counter, waits or gives up, closes, and opens again for the other. Each
 * drainer has a bit in the drainers mask and a word for its target; bits are claimed, given up, and
 * claimed again. The lcore reads the round word, the targets of all drainers, and the round word
 * again.
 *
 * Code: ration_gate_open() and its claim of a bit, ration_gate_close(), ration_drain_set_read(),
 * read_targets(), ration_gate_is_set() (round.c); the drain scan (serve.c). After LOOKS attempts
 * the lcore drains everything, which covers any target.
 *
 * Each opening increments the round number, also for a target that is being drained already: a
 * drainer that reuses the bit of an earlier one has a round number that the running scan does not
 * acknowledge. (So the second look at the word is not necessary for P3: the case "once" passes
 * without. It prevents a scan from draining a counter without need.)
 *
 * Proved: when a drainer is answered, its counter has no stock until the drainer closes its gate
 * (whatever the target of the other); no deadlock.
 *
 * Mutants, each must fail:
 *   JOINROUND   a drainer that finds a round running keeps its number
 *   TARGETLATE  the target is written after the round was opened
 *   BITFIRST    the drainer's claim is given up before its bit is removed from the mask
 *   ONETARGET   the lcore drains the target of the first drainer only
 *   NEWEST      the acknowledgement has the round number after the drain
 *   GATEONE     the gate is checked for the first drainer only
 */

#ifndef USES
#define USES 2
#endif
#define CALLS 2
#define LOOKS 2
#define NONE 2

byte stock[2];
byte round, drainers, ack;		/* round and drainers are one word */
byte target[2];			/* of drainer bits 0 and 1 */
bool claimed[2];			/* the bit is claimed */
bool requests, quit;

/* The drain set of a scan. Bit c: counter c is to be drained. */
inline look()
{
	tries = 0;
	do
	:: tries < LOOKS ->
		tries++;
		d_step { g = round; h = drainers };
		set = 0;
		if
		:: h & 1 -> set = set | (1 << target[0])
		:: else
		fi;
		if
#ifdef ONETARGET
		:: (h & 2) && !(h & 1) -> set = set | (1 << target[1])
#else
		:: h & 2 -> set = set | (1 << target[1])
#endif
		:: else
		fi;
#ifdef ONCE
		break
#else
		if
		:: g == round && h == drainers -> break
		:: else
		fi
#endif
	:: else -> d_step { g = round; set = 3 }; break
	od
}

/* Whether counter n is inside the gate: one look at the word, then the targets. */
inline look_gate()
{
	h = drainers;
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
	byte uses, n, set, tries, g, h;
	bool gated;

	do
	:: uses < USES ->	/* an uncharge to an inactive entry */
		uses++;
		if :: n = 0 :: n = 1 fi;
		look_gate();
		if
		:: !gated -> stock[n] = 1
		:: else
		fi;
		d_step { n = 0; h = 0; gated = false }
	:: requests ->
		requests = false;
		look();
		if :: set & 1 -> stock[0] = 0 :: else fi;
		if :: set & 2 -> stock[1] = 0 :: else fi;
#ifdef NEWEST
		g = round;
#endif
		ack = g;
		d_step { set = 0; tries = 0; g = 0; h = 0 }
	:: quit && !requests -> break
	od
}

inline claim()
{
	d_step {
		if
		:: !claimed[0] -> bit_no = 0
		:: else -> bit_no = 1
		fi;
		claimed[bit_no] = true
	}
}

inline open(c)
{
	claim();
#ifndef TARGETLATE
	target[bit_no] = c;
#endif
	d_step {
#ifdef JOINROUND
		if :: drainers == 0 -> round++ :: else fi;
#else
		round++;
#endif
		my_round = round; drainers = drainers | (1 << bit_no)
	};
#ifdef TARGETLATE
	target[bit_no] = c;
#endif
	requests = true
}

inline close()
{
#ifdef BITFIRST
	claimed[bit_no] = false;
	drainers = drainers & (3 - (1 << bit_no))
#else
	drainers = drainers & (3 - (1 << bit_no));
	claimed[bit_no] = false
#endif
}

proctype drainer(byte c)
{
	byte k, my_round, bit_no;

	do
	:: k < CALLS ->
		k++;
		open(c);
		if
		:: ack >= my_round ->
			assert(stock[c] == 0);
			assert(stock[c] == 0)	/* and still: the gate keeps stock out */
		:: true				/* gives up */
		fi;
		close();
		d_step { my_round = 0; bit_no = 0; c = 1 - c }
	:: else -> break
	od
}

init {
	atomic { run lcore(); run drainer(0); run drainer(1) };
	(_nr_pr == 2);
	quit = true;
	(_nr_pr == 1)
}
