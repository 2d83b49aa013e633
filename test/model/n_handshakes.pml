/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model n_handshakes: each place where two sides store and then look at each other's word, with
 * store buffers (tso.pml). One define selects the handshake:
 *
 *   ONLINE   enter_online() against ration_gate_open() and the requests of a drain: a member goes
 *            online and then looks at the gate, a drainer opens the gate and then looks at the
 *            member. At least one sees the other, or the member takes units ahead and gets no
 *            request.
 *   DYING    ration_walk_begin() and a refill against ration_counter_change_flags() and ration_grace(): a
 *            walk makes seq odd and then looks at the mark, the destroying thread marks and then
 *            looks at seq. At least one sees the other, or a walk at the counter is not waited for.
 *   SHARED   the same for threads without registration, which count themselves in an in-flight
 *            word.
 *   REQUEST  ration_request_return() against the start of a drain scan: a return request is written
 *            and then pending is set; the owner clears pending and then reads the requests. A
 *            request that was written must be found, in this scan or because pending is set.
 *   ROUND    the same with the round: ration_gate_open() and the request of a drain against the
 *            start of a drain scan and ration_drain_set_read(). The drainer is answered.
 *   LIMIT    add_bounded() against exchange_max(): units are added and max is read again; max is
 *            exchanged and usage read. At least one sees the other, or usage above a strict limit
 *            is not detected.
 *   ACK      the end of a drain scan against answered(): the entry is empty and the units are back
 *            when the acknowledgement is visible. x86-64 reorders nothing here, so it runs with
 *            PSO.
 *   GOOFFLINE     ration_lcore_offline() against take_over(): the state is OFFLINE after the last store
 *            to an entry. As ACK, with PSO.
 *
 * The memory orders in the code: ration_cas(), ration_exchange() and ration_fetch_*() with seq_cst
 * are read-modify-writes that wait for the store buffer; ration_store() with relaxed is ST(), with
 * release ST_RELEASE(); loads are LD(). Bounds: one operation per side; in REQUEST and ROUND as
 * many scans as requests.
 *
 * Mutants, each must fail. Without store buffers (SC) they pass, as the table shows for three:
 *   ONLINE with GATE_STORE     the round is opened by a plain store
 *   ONLINE with STATE_STORE    a member goes online by a plain store
 *   DYING with MARK_STORE      the mark is a plain store
 *   DYING with SEQ_STORE       a walk starts with a plain store
 *   SHARED with MARK_STORE     the mark is a plain store
 *   SHARED with COUNT_STORE    a walk without registration starts with a plain store
 *   REQUEST with CLEAR_STORE   pending is cleared by a plain store
 *   REQUEST with PENDINGFIRST  pending is set before the request is written (fails with SC, too)
 *   ROUND with CLEAR_STORE     pending is cleared by a plain store
 *   LIMIT with MAX_STORE       max is a plain store
 *   ACK with ACK_RELAXED       the acknowledgement is a relaxed store
 *   GOOFFLINE with OFFLINE_RELAXED     the state is a relaxed store
 */

#define NWORDS 4
#define NPROCS 2
#include "tso.pml"

bool quit;

#if defined(ONLINE)

#define GATE 0
#define STATE 1
bool precharged, asked;

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
	:: !g -> precharged = true	/* takes units ahead */
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
#define RIGHT (!precharged || asked)

#elif defined(DYING) || defined(SHARED)

#define MARK 0
#define WALKING 1
bool walks, marked, released, bad;

/* For seq of an lcore and for an in-flight word: read-modify-write, then the look at the mark. */
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
	:: !m -> walks = true; d_step { walks = false; bad = bad || released }
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
	released = true
}

#define START run walker(0); run destroyer(1)
#define RIGHT (!bad)

#elif defined(REQUEST) || defined(ROUND)

#define PENDING 0
#define WRITTEN 1	/* the return request, or the round number */
bool found;

/* The thread of a refused charge, or a drainer. */
proctype requester(byte id)
{
#ifdef PENDINGFIRST
	atomic { DRAINED -> mem[PENDING] = 1 };
	atomic { DRAINED -> mem[WRITTEN] = 1 }
#else
	atomic { DRAINED -> mem[WRITTEN] = 1 };
	atomic { DRAINED -> mem[PENDING] = 1 }
#endif
}

/* Quiescent points, until no request is there and none will come. */
proctype owner(byte id)
{
	short a, w;
	bool last_look;

	do
	::
		last_look = quit;
		LD(a, PENDING);
		if
		:: a ->
#ifdef CLEAR_STORE
			ST(PENDING, 0);
#else
			atomic { DRAINED -> mem[PENDING] = 0 };
#endif
			LD(w, WRITTEN);
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

/* pending may be set already, for another request. */
#define START \
	if :: mem[PENDING] = 1 :: true fi; run owner(1); run requester(0)
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

#elif defined(ACK) || defined(GOOFFLINE)

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
	 * A read-modify-write of the tree. In a memory model weaker than that of x86-64 it is no
	 * fence for the stores to the entry, and with an empty entry there is none.
	 */
	if
#ifndef PSO
	:: s > 0 -> atomic { DRAINED -> mem[USAGE] = mem[USAGE] - s }
#else
	:: s > 0 -> mem[USAGE] = mem[USAGE] - s
#endif
	:: else
	fi;
#if defined(ACK_RELAXED) || defined(OFFLINE_RELAXED)
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
	(_nr_pr == 2 + FLUSHERS);	/* the requester has ended */
	quit = true;
#endif
	(_nr_pr == 1 + FLUSHERS);
	assert(RIGHT)
}
