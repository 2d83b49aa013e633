/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model n_handshakes: each place where two sides store and then look at the other's word, with
 * store buffers (tso.pml). One define picks the handshake:
 *
 *   ONLINE   enter_online() against ration_round_open() and ask(): a member goes online and then
 *            looks at the gate, a drainer opens the gate and then looks at the member. One sees the
 *            other, or the member takes ahead and nobody asks for it.
 *   DYING    ration_walk_begin() and refill() against ration_change_flags() and ration_grace(): a
 *            walk makes seq odd and then looks at the mark, the destroyer marks and then looks at
 *            seq. One sees the other, or the walk is at a counter that nobody waits for.
 *   SLOTLESS the same for threads without slot, which count themselves in a phase word.
 *   WISH     put_down() and want_from() against pass_begin() and add_wanted(): a wish is written and
 *            then attention set; the owner clears attention and then reads the wishes. A wish that
 *            was written must be found, in this pass or because attention stands.
 *   CALL     the same with the round: ration_round_open() and ration_call() against pass_begin()
 *            and ration_round_look(). The drainer is answered.
 *   LIMIT    add_bounded() against exchange_max(): units are added and max read again; max is
 *            exchanged and usage read. One sees the other, or a strict limit is broken unseen.
 *   ACK      pass_end() against answered(): the slot is empty and the units are back when the
 *            acknowledgement is seen. There is nothing to reorder on x86-64, so it runs with PSO.
 *   PARK     ration_lcore_offline() against take_over(): the state says parked after the last store
 *            to a slot. As ACK, with PSO.
 *
 * Stands for the orders in the code: ration_cas(), ration_exchange() and ration_fetch_*() with
 * seq_cst are read-modify-writes that wait for the buffer; ration_store() with relaxed is ST(), with
 * release ST_RELEASE(); loads are LD(). Bounds: one operation
 * a side, in WISH and CALL as many passes as there is something asked for.
 *
 * Mutants, each must fail, and passes without store buffers (SC) as the table shows for three:
 *   ONLINE with GATE_STORE    the round is opened by a plain store
 *   ONLINE with STATE_STORE   a member goes online by a plain store
 *   DYING with MARK_STORE     the mark is a plain store
 *   DYING with SEQ_STORE      a walk begins with a plain store
 *   SLOTLESS with MARK_STORE  the mark is a plain store
 *   SLOTLESS with COUNT_STORE a walk without slot begins with a plain store
 *   WISH with CLEAR_STORE     attention is cleared by a plain store
 *   WISH with WISHLATE        attention is set before the wish is written (fails with SC, too)
 *   CALL with CLEAR_STORE     attention is cleared by a plain store
 *   LIMIT with MAX_STORE      max is a plain store
 *   ACK with ACK_RELAXED      the acknowledgement is a relaxed store
 *   PARK with PARK_RELAXED    the state is a relaxed store
 */

#define NWORDS 4
#define NPROCS 2
#include "tso.pml"

bool quit;

#if defined(ONLINE)

#define GATE 0
#define STATE 1
bool ahead, asked;

proctype member(byte id)
{
	short g;

#ifdef STATE_STORE
	ST(STATE, 1);
#else
	atomic { DRAINED -> mem[STATE] = 1 };
#endif
	LD(g, GATE);
	if
	:: !g -> ahead = true	/* takes ahead */
	:: else
	fi
}

proctype drainer(byte id)
{
	short s;

#ifdef GATE_STORE
	ST(GATE, 1);
#else
	atomic { DRAINED -> mem[GATE] = 1 };
#endif
	LD(s, STATE);
	if
	:: s -> asked = true
	:: else
	fi
}

#define START run member(0); run drainer(1)
#define RIGHT (!ahead || asked)

#elif defined(DYING) || defined(SLOTLESS)

#define MARK 0
#define WALKING 1
bool walks, marked, buried, bad;

/* Whether it is a slot's seq or a phase word: read-modify-write, and then the look. */
proctype walker(byte id)
{
	short m;

#if defined(SEQ_STORE) || defined(COUNT_STORE)
	ST(WALKING, 1);
#else
	atomic { DRAINED -> mem[WALKING] = mem[WALKING] + 1 };
#endif
	LD(m, MARK);
	if
	:: !m -> walks = true; d_step { walks = false; bad = bad || buried }
	:: else
	fi;
	ST_RELEASE(WALKING, 0)
}

proctype destroyer(byte id)
{
	short w;

#ifdef MARK_STORE
	ST(MARK, 1);
#else
	atomic { DRAINED -> mem[MARK] = 1 };
#endif
	LD(w, WALKING);
	if
	:: w -> (mem[WALKING] == 0)	/* spins */
	:: else
	fi;
	buried = true
}

#define START run walker(0); run destroyer(1)
#define RIGHT (!bad)

#elif defined(WISH) || defined(CALL)

#define ATTENTION 0
#define WISHED 1	/* the wish, or the generation of the round */
bool found;

/* Who is refused, or a drainer from a secondary process. */
proctype asker(byte id)
{
#ifdef WISHLATE
	atomic { DRAINED -> mem[ATTENTION] = 1 };
	atomic { DRAINED -> mem[WISHED] = 1 }
#else
	atomic { DRAINED -> mem[WISHED] = 1 };
	atomic { DRAINED -> mem[ATTENTION] = 1 }
#endif
}

/* Quiescent points, until nothing is asked for and nobody will ask. */
proctype owner(byte id)
{
	short a, w;
	bool last_look;

	do
	::
		last_look = quit;
		LD(a, ATTENTION);
		if
		:: a ->
#ifdef CLEAR_STORE
			ST(ATTENTION, 0);
#else
			atomic { DRAINED -> mem[ATTENTION] = 0 };
#endif
			LD(w, WISHED);
			if
			:: w -> found = true
			:: else
			fi
		:: !a && last_look -> break
		:: else
		fi;
		d_step { a = 0; w = 0 }
	od
}

/* Attention may stand already, for something else. */
#define START \
	if :: mem[ATTENTION] = 1 :: true fi; run owner(1); run asker(0)
#define RIGHT (found)
#define ENDLESS

#elif defined(LIMIT)

#define USAGE 0
#define MAXIMUM 1
bool granted, accepted;

proctype charger(byte id)
{
	short m;

	LD(m, MAXIMUM);
	if
	:: m >= 2 ->
		atomic { DRAINED -> mem[USAGE] = mem[USAGE] + 2 };
		LD(m, MAXIMUM);
		if
		:: m < 2 -> atomic { DRAINED -> mem[USAGE] = mem[USAGE] - 2 }
		:: else -> granted = true
		fi
	:: else
	fi
}

proctype setter(byte id)
{
	short u;

#ifdef MAX_STORE
	ST(MAXIMUM, 1);
#else
	atomic { DRAINED -> mem[MAXIMUM] = 1 };
#endif
	LD(u, USAGE);
	if
	:: u <= 1 -> accepted = true
	:: else
	fi
}

#define START mem[MAXIMUM] = 2; run charger(0); run setter(1)
#define RIGHT (!(granted && accepted))

#elif defined(ACK) || defined(PARK)

#define STOCK 0
#define LIMITW 1
#define USAGE 2
#define SAID 3		/* the acknowledgement, or the state */
bool bad;

proctype owner(byte id)
{
	short s;

	LD(s, STOCK);
	ST(STOCK, 0);
	ST(LIMITW, 0);
	/*
	 * A read-modify-write of the tree. It is no fence for the stores to the slot in a model with
	 * weaker orders than x86-64's, and with an empty slot there is none.
	 */
	if
#ifndef PSO
	:: s > 0 -> atomic { DRAINED -> mem[USAGE] = mem[USAGE] - s }
#else
	:: s > 0 -> mem[USAGE] = mem[USAGE] - s
#endif
	:: else
	fi;
#if defined(ACK_RELAXED) || defined(PARK_RELAXED)
	ST(SAID, 1)
#else
	ST_RELEASE(SAID, 1)
#endif
}

proctype reader(byte id)
{
	short a, s, l, u;

	(mem[SAID] == 1);
	LD(s, STOCK); LD(l, LIMITW); LD(u, USAGE);
	bad = (s != 0 || l != 0 || u != 0)
}

#define START \
	d_step { mem[STOCK] = 1; mem[LIMITW] = 2; mem[USAGE] = 1 }; run owner(0); run reader(1)
#define RIGHT (!bad)

#endif

#ifdef SC
#define FLUSHERS 0
#else
#define FLUSHERS 2
#endif

init {
	atomic {
#ifndef SC
		run flusher(0); run flusher(1);
#endif
		START
	};
#ifdef ENDLESS
	(_nr_pr == 2 + FLUSHERS);	/* the asker has ended */
	quit = true;
#endif
	(_nr_pr == 1 + FLUSHERS);
	assert(RIGHT)
}
