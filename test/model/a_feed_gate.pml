/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model a_feed_gate: an uncharge feeds the stock, a drain takes it back, and the gate between them.
 *
 * What is modelled: one leaf below the root, one slot {stock, cap} for each of two polling lcores,
 * and a control thread without slot that charges synchronously. Units are uncharged by whoever
 * finds one, as an mbuf is freed on another lcore than the one that allocated it.
 *
 * Stands for: ration_try_charge(), ration_uncharge() (ration_charge.h); charge_tree(),
 * uncharge_stock() and units_ahead() (stock.c); ration_hier_charge() and ration_hier_uncharge()
 * (hierarchy.c); ration_round_open(), ration_round_gated() (round.c); serve() (serve.c);
 * charge_in_round() (sync.c). The adaptive batch is abstracted: whoever may take ahead takes AHEAD
 * or nothing, a free choice, so every margin is covered. Level limits are equal, so only the root
 * refuses here; l_sync has limits at two levels, b_phantom has the walks that fail half way.
 *
 * One statement is one access to shared memory; an atomic{} or d_step{} is one atomic operation of
 * the code plus ghosts. Bounds: OPS operations of 1 or 2 units per lcore, CALLS synchronous
 * charges, MAX units.
 *
 * Proved: P2 at the end, P3 at the failing read inside the gate, no deadlock; by the auditor P1, usage(parent) >= usage(child) and usage >= granted + stock at every instant; by `ends` that a
 * round ends under weak fairness. With TIMEOUT an asker may give up: later rounds stay exact.
 *
 * Mutants, each must fail:
 *   NOGATE      refill takes ahead during a round
 *   FEED        an uncharge to an inactive slot does not look at the gate
 *   KEEPCAP     a drained slot keeps its cap, so hits feed it behind the drainer's back
 *   STALEGATE   the gate is read before a quiescent point and used after it
 *   REQFIRST    the request is posted before the round is opened
 *   EARLYCLOSE  the gate is closed before the charge is tried again
 *   ACKFIRST    the acknowledgement is stored before the units are back
 *   ACKLOST     a pass that found nothing does not acknowledge
 *   NOTASKED    one lcore is forgotten when the others are asked
 *   REMOTE      the asker zeroes the slot of a running lcore
 *   TRIMLOST    a trim forgets the units beyond what the slot keeps
 *   LEAFFIRST   a charge takes the leaf before the root
 *   LATESLOT    a pass gives back the units before it empties the slot
 *   ADDCANCEL   a charge adds first and cancels if it was too much
 */

#ifndef OPS
#define OPS 3
#endif
#ifndef CALLS
#define CALLS 2
#endif
#define MAX 3
#define AHEAD 1

byte leaf, root;		/* usage */
byte stock[2], cap[2];		/* slots, each written by its owner only */
byte gen; bool gate;		/* the round word, with one asker */
bool mail[2]; byte ack[2];
byte pool;			/* units that somebody has been granted and may give back */
bool quit;

/*
 * Ghost: units granted and not given back. Counted from the moment the root has them (a hit: from
 * the store to the slot), until the root has released them (a feeding: until the slot has them).
 */
byte held;

/* The root takes units, of which `used` are not for the stock. h, z: what was there at that read. */
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

/* units_ahead(): 0 in the gate, else as much as the margin allows. */
inline look_ahead(looks)
{
#ifdef STALEGATE
	g = seen;
#else
	g = gate;
#endif
	if
	:: !g || !(looks) -> ahead = AHEAD
	:: ahead = 0
	fi
}

inline charge(n)
{
	s = stock[id];
	if
	:: s >= n -> d_step { stock[id] = s - n; held = held + n; pool = pool + n }
	:: else ->
#ifdef NOGATE
		look_ahead(false);
#else
		look_ahead(true);
#endif
		need = n - s;
		all = need + ahead; walk(all, need);
		if
		:: !ok && ahead > 0 -> ahead = 0; walk(need, need)
		:: else
		fi;
		if
		:: ok -> d_step { stock[id] = ahead; cap[id] = 2 * ahead; held = held + s;
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
		look_ahead(cap[id] != 0);
#else
		look_ahead(true);
#endif
		keep = (s + n < ahead -> s + n : ahead);
		/* The slot first. What it keeps of n is not granted any more. */
		fed = (keep > s -> keep - s : 0);
		d_step { stock[id] = keep; cap[id] = 2 * ahead; held = held - fed };
		if
#ifdef TRIMLOST
		:: s > keep -> give(n, n)
#endif
		:: s + n > keep -> up = s + n - keep; left = n - fed; give(up, left)
		:: else
		fi
	fi
}

/* A quiescent point with a request: the message, the generation, the slot, the tree, the answer. */
inline serve()
{
	mail[id] = false;
	r = gen;
#ifdef ACKFIRST
	ack[id] = r;
#endif
	s = stock[id];
#ifdef LATESLOT
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
	byte i, s, n, r, h, z, ahead, need, all, keep, fed, up, left;
	bool ok, g, seen;

	do
	:: i < OPS ->
		i++;
#ifdef STALEGATE
		seen = gate;
		if :: mail[id] -> serve() :: else fi;
#endif
		if
		:: n = 1
		:: n = 2
		fi;
		if
		:: charge(n)
		:: d_step { pool >= n -> pool = pool - n }; uncharge(n)
		:: n > pool -> skip	/* nothing to give back */
		fi;
		d_step { s = 0; n = 0; r = 0; h = 0; z = 0; ahead = 0; need = 0; keep = 0; fed = 0;
			all = 0; up = 0; left = 0; ok = false; g = false; seen = false }
	:: mail[id] -> serve(); d_step { s = 0; r = 0 }
	:: quit && !mail[id] -> break
	od
}

active proctype control()
{
	byte k, n, h, z, own;
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
			mail[0] = true; mail[1] = true;
			d_step { gen++; gate = true; own = gen };
#else
			d_step { gen++; gate = true; own = gen };
			mail[0] = true;
#ifndef NOTASKED
			mail[1] = true;
#endif
#endif
#ifdef REMOTE
			h = stock[0]; stock[0] = 0;
			if :: h > 0 -> give(h, 0) :: else fi;
#endif
#ifdef NOTASKED
			(ack[0] >= own);
#else
			if
			:: ack[0] >= own && ack[1] >= own
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
		d_step { ok = false; h = 0; z = 0; n = 0; own = 0; late = false }
	:: else -> break
	od;
	quit = true;
	(_nr_pr == 2);
	assert(held == pool);
	assert(leaf == root && root == pool + stock[0] + stock[1]);	/* P2 */
	assert(!gate)
}

/* Blocked as long as all is well, so it costs no state. */
active proctype auditor()
{
end:	if
	:: atomic { root > MAX -> assert(root <= MAX) }			/* P1 */
	:: atomic { leaf > root -> assert(leaf <= root) }
	:: atomic { root < held + stock[0] + stock[1] -> assert(root >= held + stock[0] + stock[1]) }
	fi
}

ltl ends { [] (gate -> <> !gate) }
