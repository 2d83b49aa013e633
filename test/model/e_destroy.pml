/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model e_destroy: a counter is destroyed while charges and uncharges are in flight.
 *
 * What is modelled: a leaf below the root, two polling lcores, a thread without slot that walks the
 * tree, and the destroyer. A counter that has units granted stays (-EBUSY: the mark is taken back),
 * or becomes a ghost that is buried when its units have come back.
 *
 * Stands for: retire(), destroy(), try_bury(), bury() (destroy.c); refill(), uncharge_stock(),
 * units_ahead() (stock.c); ration_resolve() (ration_pvt.h); ration_walk_begin(); ration_grace() with
 * seq and the two phase words (grace.c); serve() (serve.c). The order of retire(): mark, a drain, a
 * grace period, another drain, read usage, another grace period. A walk declares itself in flight,
 * resolves the handle, looks at the mark, and resolves again: bury() takes the mark away with the
 * counter, so a walk that began late may find neither.
 *
 * A drain is a round that both lcores acknowledge outside of any walk. The charges of several
 * counters in one step, which a served mailbox in the middle of an operation would need, do not
 * exist in the code.
 *
 * Proved: nobody touches the counter when it is buried; it is buried without units and without
 * stock; -EBUSY only if units are granted; the balance of the root at the end; no deadlock. Bounds:
 * OPS0 and OPS1 operations of the lcores, one charge and one uncharge without slot.
 *
 * Mutants, each must fail:
 *   NODYING     a refill does not look at the mark
 *   LATESEQ     a walk looks at the mark before it declares itself in flight
 *   NORECHECK   a walk does not resolve again behind the mark
 *   NODRAIN     no drain at all: what is in stock makes the counter busy for ever
 *   DRAINFIRST  one drain, before the mark
 *   NOGRACE     no grace period before usage is read
 *   FREEATZERO  no grace period between usage == 0 and the end: an uncharge that has released the
 *               counter reads its ancestors still
 *   NOSLOTLESS  grace periods do not wait for threads without slot
 *   GHOSTGRACE  a ghost is buried as soon as its usage is 0
 *   UNDYING     a ghost loses its mark
 *
 * Not mutants, because a single drain behind the mark is enough for what lcores do today: NOSWEEP
 * (no second drain) passes. The second drain is for operations that answer a drain in their middle.
 */

#define MAX 3
#define AHEAD 1
/* Operations of the two lcores. */
#ifndef OPS0
#define OPS0 1
#endif
#ifndef OPS1
#define OPS1 2
#endif

byte leaf, root;
byte stock[2], cap[2];
byte gen, ack[2];
bool mail[2], gate, dying, quit;
bool seq[2];			/* odd */
byte inflight[2]; bit phase;
byte pool;
bool buried;			/* IN_USE and the generation are gone */
bool busy;			/* the answer was -EBUSY */

inline touch()
{
	assert(!buried)		/* a word of the counter is read or written */
}

inline walk_begin()
{
	if
	:: id == 2 -> p = phase; inflight[p]++
	:: else -> seq[id] = true
	fi
}

inline walk_end()
{
	if
	:: id == 2 -> inflight[p]--
	:: else -> seq[id] = false
	fi
}

/* resolve, the mark, and resolve again. ok: go on. Resolving a buried counter is harmless. */
inline look()
{
	ok = !buried;
	if
#ifdef NODYING
	:: ok
#else
	:: ok -> ok = !dying;
#endif
#ifndef NORECHECK
		if :: ok -> ok = !buried :: else fi
#endif
	:: else
	fi
}

/* units_ahead() */
inline look_ahead()
{
	touch();
	g = dying;
	if
	:: !g -> g = gate
	:: else
	fi;
	if
	:: !g -> ahead = AHEAD
	:: ahead = 0
	fi
}

inline walk(n)
{
	d_step {
		touch();
		if
		:: root + n <= MAX -> root = root + n; ok = true
		:: else -> ok = false
		fi
	};
	if
	:: ok -> d_step { touch(); leaf = leaf + n }
	:: else
	fi
}

/* The leaf first; then its ancestors are read from its own line. */
inline give(n)
{
	d_step { touch(); leaf = leaf - n };
	d_step { touch(); root = root - n }
}

inline charge1()
{
	s = stock[id];
	if
	:: s >= 1 -> d_step { stock[id] = s - 1; pool++ }
	:: else ->
#ifdef LATESEQ
		look(); walk_begin();
#else
		walk_begin(); look();
#endif
		if
		:: ok ->
			look_ahead();
			s = 1 + ahead;
			walk(s);
			if
			:: !ok && ahead > 0 -> ahead = 0; walk(1)
			:: else
			fi;
			if
			:: ok -> d_step { stock[id] = ahead; cap[id] = 2 * ahead; pool++ }
			:: else
			fi
		:: else			/* -ENOENT, -ESTALE */
		fi;
		walk_end()
	fi
}

inline uncharge1()
{
	s = stock[id];
	if
	:: s + 1 <= cap[id] -> stock[id] = s + 1
	:: else ->
		walk_begin();
		look_ahead();
		d_step { stock[id] = ahead; cap[id] = 2 * ahead };
		if
		:: s + 1 > ahead -> s = s + 1 - ahead; give(s)
		:: else
		fi;
		walk_end()
	fi
}

inline serve()
{
	mail[id] = false;
	r = gen;
	walk_begin();
	s = stock[id];
	d_step { stock[id] = 0; cap[id] = 0 };
	if :: s > 0 -> give(s) :: else fi;
	walk_end();
	ack[id] = r
}

proctype lcore(byte id; byte ops)
{
	byte i, s, r, ahead, p;
	bool ok, g;

	do
	:: i < ops ->
		i++;
		if
		:: charge1()
		:: atomic { pool > 0 -> pool-- }; uncharge1()
		fi;
		d_step { s = 0; ahead = 0; ok = false; g = false }
	:: mail[id] -> serve(); d_step { s = 0; r = 0 }
	:: quit && !mail[id] -> break
	od
}

proctype slotless(byte id)
{
	byte p;
	bool ok;

	if
	:: true ->
#ifdef LATESEQ
		look(); walk_begin();
#else
		walk_begin(); look();
#endif
		if
		:: ok -> walk(1); if :: ok -> pool++ :: else fi
		:: else
		fi;
		walk_end()
	:: true
	fi;
	if
	:: atomic { pool > 0 -> pool-- }; walk_begin(); give(1); walk_end()
	:: true
	fi
}

inline drain()
{
	d_step { gen++; gate = true };
	mail[0] = true; mail[1] = true;
	(ack[0] == gen && ack[1] == gen);
	gate = false
}

inline grace()
{
	if :: seq[0] -> (!seq[0]) :: else fi;
	if :: seq[1] -> (!seq[1]) :: else fi;
#ifndef NOSLOTLESS
	d_step { o = phase; phase = 1 - phase };
	(inflight[o] == 0);
	d_step { o = phase; phase = 1 - phase };
	(inflight[o] == 0);
#endif
	o = 0
}

inline bury()
{
	d_step {
		assert(leaf == 0);
		assert(stock[0] + stock[1] == 0 && cap[0] + cap[1] == 0);
		buried = true; dying = false	/* flags = 0: the mark goes with the counter */
	}
}

active proctype destroyer()
{
	bit o;

	atomic { run lcore(0, OPS0); run lcore(1, OPS1); run slotless(2) };
#ifdef DRAINFIRST
	drain(); dying = true;
#elif defined(NODRAIN)
	dying = true;
#else
	dying = true; drain();
#endif
#ifndef NOGRACE
	grace();
#endif
#if !defined(NODRAIN) && !defined(DRAINFIRST) && !defined(NOSWEEP)
	drain();
#endif
	if
	:: leaf == 0 ->
#ifndef FREEATZERO
		grace();
#endif
		bury()
	:: else ->
		/* Behind mark and drain no unit is hidden: somebody has been granted it. */
		assert(stock[0] + stock[1] == 0);
		busy = true;
		if
		:: dying = false		/* -EBUSY: it goes on as before */
		:: true ->			/* KEEP_UNITS: a ghost */
#ifdef UNDYING
			dying = false;
#endif
			if
			:: (leaf == 0) ->
#ifndef GHOSTGRACE
				grace();
#endif
				bury()
			:: true			/* nobody looks at it any more */
			fi
		fi
	fi;
	quit = true;
	(_nr_pr == 2);
	assert(leaf == root && leaf == pool + stock[0] + stock[1]);
	assert(!buried || pool == 0)
}

active proctype auditor()
{
end:	atomic { leaf > root -> assert(leaf <= root) }
}
