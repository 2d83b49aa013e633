/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model e_destroy: a counter is destroyed while charges and uncharges are in flight.
 *
 * Modeled: a leaf below the root, two polling lcores, a thread without registration that walks the
 * tree, and the thread that destroys the counter. If units of the counter are granted, the counter
 * stays (-EBUSY: the mark is removed), or becomes an offline counter that is released when its
 * units have come back.
 *
 * Code: retire() and destroy(), and the release of a counter (destroy.c); refill and trim
 * (stock.c); ration_resolve() (ration_pvt.h); ration_walk_begin(); ration_grace() with seq and the
 * two in-flight words (grace.c); serve() (serve.c). The order of retire(): mark, a drain, a grace
 * period, another drain, read usage, another grace period. A walk first becomes visible as in
 * flight, then resolves the handle, looks at the mark, and resolves again: the release clears the
 * mark together with the counter, so a walk that started late may find neither.
 *
 * A drain is a round that both lcores acknowledge outside of any walk. In the code no operation
 * charges several counters in one step and serves requests in the middle.
 *
 * Proved: no thread touches the counter after its release; it is released without units and without
 * stock; -EBUSY only if units are granted; the balance of the root at the end; no deadlock. Bounds:
 * OPS0 and OPS1 operations of the lcores, one charge and one uncharge without registration.
 *
 * Mutants, each must fail:
 *   NODYING       a refill does not look at the mark
 *   LATESEQ       a walk looks at the mark before it is visible as in flight
 *   NORECHECK     a walk does not resolve again after it has looked at the mark
 *   NODRAIN       no drain at all: units in stock make the counter busy forever
 *   DRAINFIRST    one drain, before the mark
 *   NOGRACE       no grace period before usage is read
 *   FREEATZERO    no grace period between usage == 0 and the release: an uncharge that has given
 *                 units back to the counter still reads the counter's ancestors
 *   NOSHARED      grace periods do not wait for threads without registration
 *   OFFLINEGRACE  an offline counter is released as soon as its usage is 0
 *   UNDYING       an offline counter loses its mark
 *
 * Not a mutant: ONEDRAIN (no second drain) passes, because one drain after the mark is enough for
 * all operations of today. The second drain is for operations that serve a drain in the middle.
 */

#define MAX 3
#define PRECHARGE 1
/* Operations of the two lcores. */
#ifndef OPS0
#define OPS0 1
#endif
#ifndef OPS1
#define OPS1 2
#endif

byte leaf, root;
byte stock[2], cap[2];
byte round, ack[2];
bool requests[2], gate, dying, quit;
bool seq[2];			/* whether it is odd */
byte inflight[2]; bit inflight_index;
byte pool;
bool released;			/* IN_USE and the generation are cleared */
bool busy;			/* the answer was -EBUSY */

inline touch()
{
	assert(!released)		/* a word of the counter is read or written */
}

inline walk_begin()
{
	if
	:: id == 2 -> p = inflight_index; inflight[p]++
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

/* Resolve, the mark, and resolve again. ok: continue. To resolve a released counter is harmless. */
inline look()
{
	ok = !released;
	if
#ifdef NODYING
	:: ok
#else
	:: ok -> ok = !dying;
#endif
#ifndef NORECHECK
		if :: ok -> ok = !released :: else fi
#endif
	:: else
	fi
}

/* The precharge of a refill. */
inline choose_precharge()
{
	touch();
	g = dying;
	if
	:: !g -> g = gate
	:: else
	fi;
	if
	:: !g -> precharge = PRECHARGE
	:: precharge = 0
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

/* The leaf first; then its ancestors are read from the leaf's cache line. */
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
			choose_precharge();
			s = 1 + precharge;
			walk(s);
			if
			:: !ok && precharge > 0 -> precharge = 0; walk(1)
			:: else
			fi;
			if
			:: ok -> d_step { stock[id] = precharge; cap[id] = 2 * precharge; pool++ }
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
		choose_precharge();
		d_step { stock[id] = precharge; cap[id] = 2 * precharge };
		if
		:: s + 1 > precharge -> s = s + 1 - precharge; give(s)
		:: else
		fi;
		walk_end()
	fi
}

inline serve()
{
	requests[id] = false;
	r = round;
	walk_begin();
	s = stock[id];
	d_step { stock[id] = 0; cap[id] = 0 };
	if :: s > 0 -> give(s) :: else fi;
	walk_end();
	ack[id] = r
}

proctype lcore(byte id; byte ops)
{
	byte i, s, r, precharge, p;
	bool ok, g;

	do
	:: i < ops ->
		i++;
		if
		:: charge1()
		:: atomic { pool > 0 -> pool-- }; uncharge1()
		fi;
		d_step { s = 0; precharge = 0; ok = false; g = false }
	:: requests[id] -> serve(); d_step { s = 0; r = 0 }
	:: quit && !requests[id] -> break
	od
}

proctype shared(byte id)
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
	d_step { round++; gate = true };
	requests[0] = true; requests[1] = true;
	(ack[0] == round && ack[1] == round);
	gate = false
}

inline grace()
{
	if :: seq[0] -> (!seq[0]) :: else fi;
	if :: seq[1] -> (!seq[1]) :: else fi;
#ifndef NOSHARED
	d_step { o = inflight_index; inflight_index = 1 - inflight_index };
	(inflight[o] == 0);
	d_step { o = inflight_index; inflight_index = 1 - inflight_index };
	(inflight[o] == 0);
#endif
	o = 0
}

inline release()
{
	d_step {
		assert(leaf == 0);
		assert(stock[0] + stock[1] == 0 && cap[0] + cap[1] == 0);
		released = true; dying = false	/* flags = 0 clears the mark, too */
	}
}

active proctype destroyer()
{
	bit o;

	atomic { run lcore(0, OPS0); run lcore(1, OPS1); run shared(2) };
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
#if !defined(NODRAIN) && !defined(DRAINFIRST) && !defined(ONEDRAIN)
	drain();
#endif
	if
	:: leaf == 0 ->
#ifndef FREEATZERO
		grace();
#endif
		release()
	:: else ->
		/* After the mark and a drain no unit is in stock: all are granted. */
		assert(stock[0] + stock[1] == 0);
		busy = true;
		if
		:: dying = false		/* -EBUSY: the counter works as before */
		:: true ->			/* KEEP_UNITS: an offline counter */
#ifdef UNDYING
			dying = false;
#endif
			if
			:: (leaf == 0) ->
#ifndef OFFLINEGRACE
				grace();
#endif
				release()
			:: true			/* the counter is never looked at again */
			fi
		fi
	fi;
	quit = true;
	(_nr_pr == 2);
	assert(leaf == root && leaf == pool + stock[0] + stock[1]);
	assert(!released || pool == 0)
}

active proctype auditor()
{
end:	atomic { leaf > root -> assert(leaf <= root) }
}
