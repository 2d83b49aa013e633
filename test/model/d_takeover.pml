/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model d_takeover: who may touch the slots of an lcore that parks, with store buffers (tso.pml).
 *
 * What is modelled: an owner that works, parks (gives all back, then says so), stays away, comes
 * back and serves; and one drainer or, with TWO, two. The state is one word {epoch, state}, the
 * round one word {generation, holders}, a slot one word {cap, stock}.
 *
 * Stands for: ration_lcore_offline(), ration_lcore_resume(), enter_online() (lcore.c); check_row(),
 * take_over(), request() (drain.c); ration_round_open() (round.c); serve() (serve.c). The owner
 * leaves ONLINE by a release store and PARKED by a compare-and-swap; a drainer takes PARKED to TAKEN
 * by a compare-and-swap and back by a release store.
 *
 * As built an owner gives everything back before it parks, so a take-over finds nothing. SECONDARY
 * is the drain from a process that may be killed: it must not take a state, and relies on that
 * alone. KEEP is the stronger claim that lcore.c makes: even if a parked owner left its stock in the
 * slots, the state word would be enough, so the take-over is right whatever it finds (the stock of
 * one that died parked, for instance). The mutants of the exclusion are checked with KEEP.
 *
 * Proved, with and without TSO: P3 at the failing read, P2 and the end states, that no TAKEN
 * remains, and no deadlock. The bounds: OPS operations or stays away of the owner, 3 units.
 *
 * Mutants, each must fail:
 *   PARKFULL -DSECONDARY   an owner parks with stock, and a drainer believes it has none
 *   GATESTORE -DSECONDARY  the round is opened by a plain store, and there is no compare-and-swap
 *                          on the state behind it to make up for that
 *   ONLINESTORE -DKEEP     the owner comes back by a plain store, whatever the state is (the
 *                          store's delay alone does no harm here, for a walk begins with a
 *                          read-modify-write: n_handshakes has it bare)
 *   STATEONCE              the drainer looks at the state once and then waits for the answer
 *   NOCAS -DKEEP           the drainer takes the slots without taking the state
 *   ONLINERLX -DKEEP       the owner sees PARKED and comes back by a plain store
 *   PARKFIRST -DKEEP       the owner says that it is parked before its last store to a slot
 *   RELEASEFIRST -DKEEP    the drainer gives the state back before the slots are empty
 *   NOSERVE                the owner does not serve when it comes back, and its mailbox is lost
 *   SKIP -DKEEP            a drainer sees PARKED and an empty slot, and concludes "nothing there"
 */

#define NWORDS 4
#define NPROCS 3
#define SLOTS 2
#include "tso.pml"

#define ROUND 0		/* generation * 4 + holders */
#define STATE 1		/* epoch * 4 + state */
#define SLOT 2		/* cap * 4 + stock */
#define ACK 3

#define ONLINE 0
#define PARKED 1
#define TAKEN 2

#define MAX 3
#define AHEAD 1
#ifndef OPS
#define OPS 3
#endif

byte usage = 1;		/* changed by read-modify-writes only */
bool mail;		/* an rte_ring: enqueued and dequeued by read-modify-writes */
bool quit;
byte pool;		/* granted to the owner */
byte gone = 1;		/* granted to others */

byte held = 1;		/* ghost: granted units; from the take, or the store of a hit, to the release */

#define STOCK_OF(slot) ((slot) & 3)
#define CAP_OF(slot) ((slot) >> 2)

/* The exact take. z: what the owner has in its slot, its own buffer included, at that read. */
inline take(n, used)
{
	atomic { DRAINED -> d_step {
		if
		:: usage + n <= MAX -> usage = usage + n; held = held + used; ok = true
		:: else -> ok = false; h = held; z = STOCK_OF(VISIBLE(0, SLOT))
		fi } }
}

inline give(n, ungranted)
{
	atomic { DRAINED -> d_step { usage = usage - n; held = held - ungranted } }
}

inline empty_slot()
{
	LD(s, SLOT); s = STOCK_OF(s);
	ST(SLOT, 0);
	if :: s > 0 -> give(s, 0) :: else fi;
	s = 0
}

inline serve()
{
	mail = false;	/* its one consumer needs no locked instruction */
	LD(r, ROUND);
	atomic { DRAINED -> skip };	/* ration_walk_begin() */
	empty_slot();
	ST_RELEASE(ACK, r >> 2);
	r = 0
}

/* Within a walk: it has begun with a read-modify-write. */
inline look_ahead()
{
	atomic { DRAINED -> skip };
	LD(r, ROUND);
	if
	:: (r & 3) == 0 -> ahead = AHEAD
	:: ahead = 0
	fi;
	r = 0
}

inline charge1()
{
	LD(s, SLOT);
	if
	:: STOCK_OF(s) >= 1 -> d_step { held++; pool++ }; ST(SLOT, s - 1)
	:: else ->
		look_ahead();
		b = 1 + ahead;
		take(b, 1);
		if
		:: !ok && ahead > 0 -> ahead = 0; take(1, 1)
		:: else
		fi;
		if
		:: ok -> pool++; ST(SLOT, ahead * 2 * 4 + ahead)
		:: else
		fi
	fi
}

inline uncharge1()
{
	LD(s, SLOT);
	if
	:: STOCK_OF(s) + 1 <= CAP_OF(s) -> held--; ST(SLOT, s + 1)
	:: else ->
		look_ahead();
		s = STOCK_OF(s);
		b = (ahead > s -> 1 : 0);
		held = held - b;
		ST(SLOT, ahead * 2 * 4 + ahead);
		if
		:: s + 1 > ahead -> s = s + 1 - ahead; b = 1 - b; give(s, b)
		:: else
		fi
	fi
}

inline park()
{
#ifdef PARKFIRST
	LD(s, SLOT);
	if
	:: STOCK_OF(s) >= 1 -> ST(STATE, e * 4 + PARKED); d_step { held++; pool++ }; ST(SLOT, s - 1)
	:: else
	fi;
	s = 0;
#endif
#if !defined(KEEP) && !defined(PARKFULL)
	empty_slot();
#endif
	ST_RELEASE(STATE, e * 4 + PARKED)
}

inline resume()
{
#ifdef ONLINESTORE
	e++; ST(STATE, e * 4 + ONLINE);
#elif defined(ONLINERLX)
	(mem[STATE] == e * 4 + PARKED);
	e++; ST(STATE, e * 4 + ONLINE);
#else
	/* Compare-and-swap, again while it is TAKEN. */
	atomic { DRAINED && mem[STATE] == e * 4 + PARKED -> e++; mem[STATE] = e * 4 + ONLINE };
#endif
#ifdef NOSERVE
	mail = false
#else
	serve()
#endif
}

proctype owner(byte id)
{
	byte i, s, b, r, h, z, ahead, e;
	bool ok;

	do
	:: i < OPS ->
		i++;
		if
		:: charge1()
		:: pool > 0 -> pool--; uncharge1()
		:: park();
			/* Away: for a moment, or until all others have ended. */
			if :: true :: true -> (quit) fi;
			resume()
		fi;
		d_step { s = 0; b = 0; h = 0; z = 0; ahead = 0; ok = false }
	:: mail -> serve()
	:: quit && i >= OPS && !mail -> break
	od
}

/* Take the parked owner's stock over, if the state is still what was seen. */
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
		empty_slot();
#if !defined(NOCAS) && !defined(RELEASEFIRST)
		ST_RELEASE(STATE, st);
#endif
		break
	:: else
	fi
}

proctype drainer(byte id)
{
	byte s, h, z, own, a, st;
	bool ok;

	take(1, 1);
	if
	:: ok
	:: else ->
#ifdef GATESTORE
		LD(a, ROUND); own = (a >> 2) + 1; ST(ROUND, own * 4 + id);
#else
		atomic { DRAINED -> d_step {
			own = (mem[ROUND] >> 2) + 1; mem[ROUND] = own * 4 + ((mem[ROUND] & 3) | id) } };
#endif
		LD(st, STATE);
		do
		::
			LD(a, ACK);
			if :: a >= own -> break :: else fi;
#ifndef STATEONCE
			LD(st, STATE);
#endif
			if
			:: (st & 3) == PARKED ->
#ifdef SECONDARY
				break
#else
#ifdef SKIP
				LD(s, SLOT);
				if :: STOCK_OF(s) == 0 -> break :: else fi;
#endif
				take_over()
#endif
			:: (st & 3) == ONLINE ->
				atomic { DRAINED -> mail = true };
				/* Spinning, written as waiting for what ends it. */
#ifdef STATEONCE
				(mem[ACK] >= own)
#else
				(mem[ACK] >= own || (mem[STATE] & 3) != ONLINE)
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
	:: ok -> gone++
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
	assert(held == pool + gone);
	assert(usage == held + STOCK_OF(mem[SLOT]));	/* P2 */
	assert((mem[ROUND] & 3) == 0);
	assert((mem[STATE] & 3) != TAKEN)
}
