/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model a_feed_gate: an uncharge puts units into the stock, a drain takes them back, and the gate
 * stops the first while the second runs.
 *
 * Modeled: one leaf below the root, one stock entry {stock, cap} for each of two polling lcores,
 * and a control thread without registration that charges synchronously. Any lcore may uncharge any
 * unit, as an mbuf is freed on another lcore than the one that allocated it.
 *
 * Code: ration_try_charge() and ration_uncharge() (ration_charge.h); refill and trim (stock.c);
 * ration_hier_charge() and ration_hier_uncharge() (hierarchy.c); ration_gate_open() and
 * ration_gate_is_set() (round.c); serve() (serve.c); charge_in_round() (sync.c). The adaptive batch
 * is abstracted: a refill may take PRECHARGE units ahead or none, a free choice, so the model
 * covers every margin. The limits of both levels are equal, so only the root refuses here. l_sync
 * has limits at two levels, b_phantom has walks that fail at the second level.
 *
 * One statement is one access to shared memory. An atomic{} or a d_step{} is one atomic operation
 * of the code, with its changes to auxiliary variables. Bounds: OPS operations of 1 or 2 units per
 * lcore, CALLS synchronous charges, MAX units.
 *
 * Proved: P2 at the end, P3 at the failing read inside the gate, no deadlock. The auditor proves
 * P1, usage(parent) >= usage(child) and usage >= granted + stock at every instant. The claim `ends`
 * proves that a round ends under weak fairness. With TIMEOUT a drainer may give up: later rounds
 * stay exact.
 *
 * Mutants, each must fail:
 *   NOGATE      a refill takes units ahead during a round
 *   FEED        an uncharge to an inactive entry does not look at the gate
 *   KEEPCAP     a drained entry keeps its cap, so stock hits refill it after the drain
 *   STALEGATE   the gate is read before a quiescent point and used after it
 *   REQFIRST    the request is posted before the round is opened
 *   EARLYCLOSE  the gate is closed before the charge is tried again
 *   ACKFIRST    the acknowledgement is stored before the units are back
 *   ACKLOST     a drain scan that found nothing does not acknowledge
 *   NOTASKED    the drainer sends no request to one of the lcores
 *   REMOTE      the drainer empties the entry of a running lcore
 *   TRIMLOST    a trim loses the units that the entry does not keep
 *   LEAFFIRST   a charge takes the leaf before the root
 *   LATEEMPTY   a drain scan gives the units back before it empties the entry
 *   ADDCANCEL   a charge adds first and cancels if usage is above the limit
 */

#ifndef OPS
#define OPS 3
#endif
#ifndef CALLS
#define CALLS 2
#endif
#define MAX 3
#define PRECHARGE 1

byte leaf, root;		/* usage */
byte stock[2], cap[2];		/* stock entries, each written by its owner only */
byte round; bool gate;		/* the round word, with one drainer */
bool requests[2]; byte ack[2];
byte pool;			/* granted units that any thread may give back */
bool quit;

/*
 * Auxiliary: units granted and not given back. A charge counts when the root has taken the units
 * (a stock hit: when the entry is stored), an uncharge when the root has released them (when the
 * entry keeps them: when the entry is stored).
 */
byte held;

/* The root takes units; `used` of them are not for the stock. h, z: held and stock at that read. */
inline take_root(units, used)
{
#ifdef ADDCANCEL
	d_step { root = root + units; ok = (root <= MAX); h = held; z = stock[0] + stock[1];
		if :: ok -> held = held + used :: else fi };
	if :: !ok -> root = root - units :: else fi
#else
	d_step {
		if
		:: root + units <= MAX -> root = root + units; held = held + used; ok = true
		:: else -> ok = false; h = held; z = stock[0] + stock[1]
		fi
	}
#endif
}

inline walk(whole, wanted)
{
#ifdef LEAFFIRST
	if
	:: leaf + whole <= MAX -> leaf = leaf + whole; take_root(whole, wanted);
		if :: !ok -> leaf = leaf - whole :: else fi
	:: else -> d_step { ok = false; h = MAX; z = 0 }
	fi
#else
	take_root(whole, wanted);
	if
	:: ok -> d_step { assert(leaf + whole <= MAX); leaf = leaf + whole }
	:: else
	fi
#endif
}

inline give(back, ungranted)
{
	leaf = leaf - back;
	d_step { root = root - back; held = held - ungranted }
}

/* The precharge of a refill: 0 inside the gate, otherwise as much as the margin allows. */
inline choose_precharge(looks)
{
#ifdef STALEGATE
	g = seen;
#else
	g = gate;
#endif
	if
	:: !g || !(looks) -> precharge = PRECHARGE
	:: precharge = 0
	fi
}

inline charge(n)
{
	s = stock[id];
	if
	:: s >= n -> d_step { stock[id] = s - n; held = held + n; pool = pool + n }
	:: else ->
#ifdef NOGATE
		choose_precharge(false);
#else
		choose_precharge(true);
#endif
		need = n - s;
		all = need + precharge; walk(all, need);
		if
		:: !ok && precharge > 0 -> precharge = 0; walk(need, need)
		:: else
		fi;
		if
		:: ok -> d_step { stock[id] = precharge; cap[id] = 2 * precharge; held = held + s;
				pool = pool + n }
		:: else
		fi
	fi
}

inline uncharge(n)
{
	s = stock[id];
	if
	:: s + n <= cap[id] -> d_step { stock[id] = s + n; held = held - n }
	:: else ->
#ifdef FEED
		choose_precharge(cap[id] != 0);
#else
		choose_precharge(true);
#endif
		keep = (s + n < precharge -> s + n : precharge);
		/* The entry first. The part of n that it keeps is no longer granted. */
		fed = (keep > s -> keep - s : 0);
		d_step { stock[id] = keep; cap[id] = 2 * precharge; held = held - fed };
		if
#ifdef TRIMLOST
		:: s > keep -> give(n, n)
#endif
		:: s + n > keep -> up = s + n - keep; left = n - fed; give(up, left)
		:: else
		fi
	fi
}

/* A quiescent point with a request: the request, the round, the entry, the tree, the answer. */
inline serve()
{
	requests[id] = false;
	r = round;
#ifdef ACKFIRST
	ack[id] = r;
#endif
	s = stock[id];
#ifdef LATEEMPTY
	if :: s > 0 -> give(s, 0) :: else fi;
	d_step { stock[id] = 0; cap[id] = 0 };
#else
#ifdef KEEPCAP
	stock[id] = 0;
#else
	d_step { stock[id] = 0; cap[id] = 0 };
#endif
	if :: s > 0 -> give(s, 0) :: else fi;
#endif
#ifdef ACKLOST
	if :: s > 0 -> ack[id] = r :: else fi
#else
	ack[id] = r
#endif
}

proctype worker(byte id)
{
	byte i, s, n, r, h, z, precharge, need, all, keep, fed, up, left;
	bool ok, g, seen;

	do
	:: i < OPS ->
		i++;
#ifdef STALEGATE
		seen = gate;
		if :: requests[id] -> serve() :: else fi;
#endif
		if
		:: n = 1
		:: n = 2
		fi;
		if
		:: charge(n)
		:: d_step { pool >= n -> pool = pool - n }; uncharge(n)
		:: n > pool -> skip	/* no unit to give back */
		fi;
		d_step { s = 0; n = 0; r = 0; h = 0; z = 0; precharge = 0; need = 0; keep = 0;
			fed = 0; all = 0; up = 0; left = 0; ok = false; g = false; seen = false }
	:: requests[id] -> serve(); d_step { s = 0; r = 0 }
	:: quit && !requests[id] -> break
	od
}

active proctype control()
{
	byte k, n, h, z, my_round;
	bool ok, late;

	atomic { run worker(0); run worker(1) };
	do
	:: k < CALLS ->
		k++;
		if
		:: n = 1
		:: n = 2
		fi;
		walk(n, n);
		if
		:: ok -> pool = pool + n
		:: else ->
#ifdef REQFIRST
			requests[0] = true; requests[1] = true;
			d_step { round++; gate = true; my_round = round };
#else
			d_step { round++; gate = true; my_round = round };
			requests[0] = true;
#ifndef NOTASKED
			requests[1] = true;
#endif
#endif
#ifdef REMOTE
			h = stock[0]; stock[0] = 0;
			if :: h > 0 -> give(h, 0) :: else fi;
#endif
#ifdef NOTASKED
			(ack[0] >= my_round);
#else
			if
			:: ack[0] >= my_round && ack[1] >= my_round
#ifdef TIMEOUT
			:: late = true
#endif
			fi;
#endif
#ifdef EARLYCLOSE
			gate = false;
#endif
			walk(n, n);
			if
			:: ok -> pool = pool + n
			:: !ok && !late ->
				assert(z == 0);			/* P3: no lcore had stock */
				assert(h + n > MAX)		/* P3: granted units alone */
			:: else
			fi;
			gate = false
		fi;
		d_step { ok = false; h = 0; z = 0; n = 0; my_round = 0; late = false }
	:: else -> break
	od;
	quit = true;
	(_nr_pr == 2);
	assert(held == pool);
	assert(leaf == root && root == pool + stock[0] + stock[1]);	/* P2 */
	assert(!gate)
}

/* Blocked as long as the invariants hold, so it adds no states. */
active proctype auditor()
{
end:	if
	:: atomic { root > MAX -> assert(root <= MAX) }			/* P1 */
	:: atomic { leaf > root -> assert(leaf <= root) }
	:: atomic { root < held + stock[0] + stock[1] ->
			assert(root >= held + stock[0] + stock[1]) }
	fi
}

ltl ends { [] (gate -> <> !gate) }
