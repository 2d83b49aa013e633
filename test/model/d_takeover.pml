/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model d_takeover: the state word decides which thread may touch the stock entries of an lcore
 * that goes offline, with store buffers (tso.pml).
 *
 * Modeled: an owner that works, goes offline (gives all units back, then stores its state), stays away,
 * comes back online and serves; and one drainer or, with TWO, two. The state is one word
 * {generation, state}, the round one word {round, drainers}, a stock entry one word {cap, stock}.
 *
 * Code: ration_lcore_offline(), ration_lcore_online(), enter_online() (lcore.c); check_row(),
 * take_over(), request() (drain.c); ration_gate_open() (round.c); serve() (serve.c). The owner
 * leaves ONLINE by a release store and OFFLINE by a compare-and-swap. A drainer takes OFFLINE to
 * TAKEN by a compare-and-swap and back by a release store.
 *
 * In the code an owner gives everything back before it goes offline, so a drainer that takes its entries
 * over finds no units. SECONDARY is the drain from a process that may be killed: it must not take a
 * state and relies on that alone. KEEP is the stronger claim: even if a offline owner left units in
 * its entries, the state word would be enough, so the take-over is right whatever it finds (the
 * stock of an lcore that died offline, for example). The mutants of the exclusion are checked with
 * KEEP.
 *
 * Proved, with and without TSO: P3 at the failing read, P2 and the end states, that no TAKEN
 * remains, and no deadlock. Bounds: OPS operations or times offline of the owner, 3 units.
 *
 * Mutants, each must fail:
 *   OFFLINEFULL -DSECONDARY   an owner goes offline with stock, and a drainer assumes that it has none
 *   GATESTORE -DSECONDARY  the round is opened by a plain store, and no compare-and-swap on the
 *                          state follows that would drain the store buffer
 *   ONLINESTORE -DKEEP     the owner comes back by a plain store, whatever the state is (the delay
 *                          of the store alone does no harm here, because a walk starts with a
 *                          read-modify-write; n_handshakes has the store alone)
 *   STATEONCE              the drainer looks at the state once and then waits for the answer
 *   NOCAS -DKEEP           the drainer takes the units without taking the state
 *   ONLINERLX -DKEEP       the owner sees OFFLINE and comes back by a plain store
 *   OFFLINEFIRST -DKEEP       the owner stores OFFLINE before its last store to an entry
 *   RELEASEFIRST -DKEEP    the drainer gives the state back before the entries are empty
 *   NOSERVE                the owner does not serve when it comes back, and a request is lost
 *   SKIP -DKEEP            a drainer sees OFFLINE and an empty entry, and concludes that no units
 *                          are there
 */

#define NWORDS 4
#define NPROCS 3
#define BUFFER_SIZE 2
#include "tso.pml"

#define ROUND 0		/* round * 4 + drainers */
#define STATE 1		/* generation * 4 + state */
#define ENTRY 2		/* cap * 4 + stock */
#define ACK 3

#define ONLINE 0
#define OFFLINE 1
#define TAKEN 2

#define MAX 3
#define PRECHARGE 1
#ifndef OPS
#define OPS 3
#endif

byte usage = 1;		/* changed by read-modify-writes only */
bool requests;		/* a return request is there; set by a read-modify-write */
bool quit;
byte pool;		/* granted to the owner */
byte others = 1;		/* granted to others */

byte held = 1;		/* auxiliary: granted units, counted as in a_feed_gate */

#define STOCK_OF(entry) ((entry) & 3)
#define CAP_OF(entry) ((entry) >> 2)

/* The exact take. z: the owner's stock at that read, its own store buffer included. */
inline take(n, used)
{
	atomic { DRAINED -> d_step {
		if
		:: usage + n <= MAX -> usage = usage + n; held = held + used; ok = true
		:: else -> ok = false; h = held; z = STOCK_OF(VISIBLE(0, ENTRY))
		fi } }
}

inline give(n, ungranted)
{
	atomic { DRAINED -> d_step { usage = usage - n; held = held - ungranted } }
}

inline empty_entry()
{
	LD(s, ENTRY); s = STOCK_OF(s);
	ST(ENTRY, 0);
	if :: s > 0 -> give(s, 0) :: else fi;
	s = 0
}

inline serve()
{
	requests = false;	/* cleared by its owner only */
	LD(r, ROUND);
	atomic { DRAINED -> skip };	/* ration_walk_begin() */
	empty_entry();
	ST_RELEASE(ACK, r >> 2);
	r = 0
}

/* Within a walk, which starts with a read-modify-write. */
inline choose_precharge()
{
	atomic { DRAINED -> skip };
	LD(r, ROUND);
	if
	:: (r & 3) == 0 -> precharge = PRECHARGE
	:: precharge = 0
	fi;
	r = 0
}

inline charge1()
{
	LD(s, ENTRY);
	if
	:: STOCK_OF(s) >= 1 -> d_step { held++; pool++ }; ST(ENTRY, s - 1)
	:: else ->
		choose_precharge();
		b = 1 + precharge;
		take(b, 1);
		if
		:: !ok && precharge > 0 -> precharge = 0; take(1, 1)
		:: else
		fi;
		if
		:: ok -> pool++; ST(ENTRY, precharge * 2 * 4 + precharge)
		:: else
		fi
	fi
}

inline uncharge1()
{
	LD(s, ENTRY);
	if
	:: STOCK_OF(s) + 1 <= CAP_OF(s) -> held--; ST(ENTRY, s + 1)
	:: else ->
		choose_precharge();
		s = STOCK_OF(s);
		b = (precharge > s -> 1 : 0);
		held = held - b;
		ST(ENTRY, precharge * 2 * 4 + precharge);
		if
		:: s + 1 > precharge -> s = s + 1 - precharge; b = 1 - b; give(s, b)
		:: else
		fi
	fi
}

inline go_offline()
{
#ifdef OFFLINEFIRST
	LD(s, ENTRY);
	if
	:: STOCK_OF(s) >= 1 -> ST(STATE, e * 4 + OFFLINE); d_step { held++; pool++ };
		ST(ENTRY, s - 1)
	:: else
	fi;
	s = 0;
#endif
#if !defined(KEEP) && !defined(OFFLINEFULL)
	empty_entry();
#endif
	ST_RELEASE(STATE, e * 4 + OFFLINE)
}

inline online()
{
#ifdef ONLINESTORE
	e++; ST(STATE, e * 4 + ONLINE);
#elif defined(ONLINERLX)
	(mem[STATE] == e * 4 + OFFLINE);
	e++; ST(STATE, e * 4 + ONLINE);
#else
	/* Compare-and-swap, repeated while the state is TAKEN. */
	atomic { DRAINED && mem[STATE] == e * 4 + OFFLINE -> e++; mem[STATE] = e * 4 + ONLINE };
#endif
#ifdef NOSERVE
	requests = false
#else
	serve()
#endif
}

proctype owner(byte id)
{
	byte i, s, b, r, h, z, precharge, e;
	bool ok;

	do
	:: i < OPS ->
		i++;
		if
		:: charge1()
		:: pool > 0 -> pool--; uncharge1()
		:: go_offline();
			/* Away for a moment, or until all others have ended. */
			if :: true :: true -> (quit) fi;
			online()
		fi;
		d_step { s = 0; b = 0; h = 0; z = 0; precharge = 0; ok = false }
	:: requests -> serve()
	:: quit && i >= OPS && !requests -> break
	od
}

/* Takes the offline owner's stock over, if the state has not changed. */
inline take_over()
{
#ifdef NOCAS
	ok = true;
#else
	atomic { DRAINED -> d_step {
		if
		:: mem[STATE] == st -> mem[STATE] = (st & 252) + TAKEN; ok = true
		:: else -> ok = false
		fi } };
#endif
	if
	:: ok ->
#ifdef RELEASEFIRST
		ST_RELEASE(STATE, st);
#endif
		empty_entry();
#if !defined(NOCAS) && !defined(RELEASEFIRST)
		ST_RELEASE(STATE, st);
#endif
		break
	:: else
	fi
}

proctype drainer(byte id)
{
	byte s, h, z, my_round, a, st;
	bool ok;

	take(1, 1);
	if
	:: ok
	:: else ->
#ifdef GATESTORE
		LD(a, ROUND); my_round = (a >> 2) + 1; ST(ROUND, my_round * 4 + id);
#else
		atomic { DRAINED -> d_step {
			my_round = (mem[ROUND] >> 2) + 1;
			mem[ROUND] = my_round * 4 + ((mem[ROUND] & 3) | id) } };
#endif
		LD(st, STATE);
		do
		::
			LD(a, ACK);
			if :: a >= my_round -> break :: else fi;
#ifndef STATEONCE
			LD(st, STATE);
#endif
			if
			:: (st & 3) == OFFLINE ->
#ifdef SECONDARY
				break
#else
#ifdef SKIP
				LD(s, ENTRY);
				if :: STOCK_OF(s) == 0 -> break :: else fi;
#endif
				take_over()
#endif
			:: (st & 3) == ONLINE ->
				atomic { DRAINED -> requests = true };
				/* The code spins; the model waits for a change. */
#ifdef STATEONCE
				(mem[ACK] >= my_round)
#else
				(mem[ACK] >= my_round || (mem[STATE] & 3) != ONLINE)
#endif
			:: else -> ((mem[STATE] & 3) != TAKEN)
			fi
		od;
		ok = false;
		take(1, 1);
		if
		:: !ok -> assert(z == 0); assert(h + 1 > MAX)		/* P3 */
		:: else
		fi;
		atomic { DRAINED -> mem[ROUND] = mem[ROUND] & (255 - id) }
	fi;
	if
	:: ok -> others++
	:: else
	fi
}

#ifdef SC
#define FLUSHERS 0
#else
#define FLUSHERS 3
#endif

init {
	atomic {
#ifndef SC
		run flusher(0); run flusher(1); run flusher(2);
#endif
		run owner(0); run drainer(1);
#ifdef TWO
		run drainer(2)
#endif
	};
	(_nr_pr == 2 + FLUSHERS);
	quit = true;
	(_nr_pr == 1 + FLUSHERS);
#ifndef SC
	(buf[0].nb == 0 && buf[1].nb == 0 && buf[2].nb == 0);
#endif
	assert(held == pool + others);
	assert(usage == held + STOCK_OF(mem[ENTRY]));	/* P2 */
	assert((mem[ROUND] & 3) == 0);
	assert((mem[STATE] & 3) != TAKEN)
}
