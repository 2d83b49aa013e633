/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model i_repair: a process dies at any step of a walk, and usage is recomputed from the ledgers.
 *
 * Modeled: root / A / a and root / B / b, a victim with stock entries for a and b, an lcore that
 * continues to walk meanwhile, a thread without registration that walks on b, and the primary
 * process that finds the victim dead, repairs the tree and takes the victim's stock back. The
 * victim charges a and b with one unit ahead each, then serves a drain of both or gives units back;
 * it may die before any of its steps (`unless`), once.
 *
 * Code: charge_tree(), uncharge_tree(), uncharge_stock() (stock.c); the return of a stock entry by
 * a drain scan (serve.c); ration_hier_charge(), walk_back(), ration_hier_uncharge() and the
 * uncharge gather (gather.c); ration_repair() with its measurement (repair.c); ration_reap().
 *
 * The rule: the ledger of a counter is written after usage_local and usage when units are charged,
 * and before them when units are given back. The counter of a walk is in `walking`, and counters
 * with pending returns at a higher level are in gather.at. So after a death usage may be too large,
 * never too small, on a path that these words name. The excess is measured while no other thread
 * walks (the words of all walks are even, and the same before and after), and subtracted.
 *
 * Proved, at every step at which the victim may die: usage covers usage_local and the children, and
 * usage_local covers the ledgers, at every instant; after the repair and the end of all walks usage
 * is exact at every level, and the ledgers give the granted units. usage_local and usage of a
 * counter are taken in one step in a drain, as on x86-64, or with TWOSTEPS in two.
 *
 * Mutants, each must fail:
 *   LEDGERFIRST  a charge is written to the ledger before usage
 *   LEDGERLAST   a return is written to the ledger after usage
 *   NOWALKING    the counter of a walk is not recorded
 *   WALKONLY     the repair does not look at pending returns in gather.at
 *   GATHERFIRST  gather.at is cleared before the return has reached the level
 *   NOQUIET      the excess is measured while other threads walk
 *   ONELOOK      the words of the walks are not compared after the measurement
 *   NOSHARED     the repair does not look at walks of threads without registration
 *   STOCKFIRST   the stock of the dead lcore is taken back and no path is repaired
 */

#define ROOT 0
#define A 1
#define B 2
#define LA 3		/* the leaf a below A */
#define LB 4		/* the leaf b below B */
#define NONE 5
#define V 0		/* the victim, the lcore on a, the thread without registration */
#define S 1
#define N 2

byte use[5], usage_local[5];
short ledger[15];		/* ledger[actor * 5 + counter] */
byte stock[2];			/* the victim's stock entries, for a and b */
byte walking = NONE;		/* of the victim, as the next two */
byte gather_at[2] = NONE;		/* at the depth of the root, and of A and B */
byte gather_units[2];
byte seq[2];			/* of V and S */
byte inflight, walks;		/* of threads without registration: in flight, and in total */
bool dead, over;
byte ended;			/* of S and N */

/* S or N may be left out, for fewer states. */
#if defined(NO_S) && defined(NO_N)
#define OTHERS 0
#elif defined(NO_S) || defined(NO_N)
#define OTHERS 1
#else
#define OTHERS 2
#endif

byte granted;			/* to S and N */

#define PARENT(c) (c == LA -> A : B)
#define ENTRY(c) (c - LA)
#define LEDGER(actor, c) ledger[(actor) * 5 + (c)]
#define SUM(c) (ledger[c] + ledger[5 + (c)] + ledger[10 + (c)])

/* A charge of n to the leaf c: root, parent, leaf, usage_local, ledger. No limits here. */
inline charge(actor, c, n)
{
#ifdef LEDGERFIRST
	LEDGER(actor, c) = LEDGER(actor, c) + n;
#endif
	use[ROOT] = use[ROOT] + n;
	use[PARENT(c)] = use[PARENT(c)] + n;
	use[c] = use[c] + n;
	usage_local[c] = usage_local[c] + n;
#ifndef LEDGERFIRST
	LEDGER(actor, c) = LEDGER(actor, c) + n;
#endif
}

/* A return of n past the stock: ledger, usage_local, leaf, parent, root. */
inline uncharge(actor, c, n)
{
#ifndef LEDGERLAST
	LEDGER(actor, c) = LEDGER(actor, c) - n;
#endif
	usage_local[c] = usage_local[c] - n;
	use[c] = use[c] - n;
	use[PARENT(c)] = use[PARENT(c)] - n;
	use[ROOT] = use[ROOT] - n;
#ifdef LEDGERLAST
	LEDGER(actor, c) = LEDGER(actor, c) - n;
#endif
}

inline note_walk(c)
{
#ifndef NOWALKING
	walking = c
#else
	skip
#endif
}

/* The gathered units of one depth go to the tree, and are added to those of the root. */
inline gather_flush(depth)
{
	if
	:: gather_units[depth] > 0 ->
		u = gather_units[depth];
		at = gather_at[depth];
		gather_units[depth] = 0;
#ifdef GATHERFIRST
		gather_at[depth] = NONE;
#endif
		use[at] = use[at] - u;
		if
		:: depth == 1 -> gather_at[0] = ROOT; gather_units[0] = gather_units[0] + u
		:: else
		fi
	:: else
	fi
}

inline gather_add(c, n)
{
	if
	:: gather_units[1] > 0 && gather_at[1] != c -> gather_flush(1)
	:: else
	fi;
	gather_at[1] = c;
	gather_units[1] = gather_units[1] + n
}

/* The return of a stock entry: the entry, walking, the ledger, both usages; later the parent. */
inline give_back(c)
{
	if
	:: stock[ENTRY(c)] > 0 ->
		stock[ENTRY(c)] = 0;
		note_walk(c);
#ifndef LEDGERLAST
		LEDGER(V, c) = LEDGER(V, c) - 1;
#endif
#ifdef TWOSTEPS
		usage_local[c] = usage_local[c] - 1;
		use[c] = use[c] - 1;
#else
		d_step { usage_local[c] = usage_local[c] - 1; use[c] = use[c] - 1 };
#endif
		gather_add(PARENT(c), 1);
#ifdef LEDGERLAST
		LEDGER(V, c) = LEDGER(V, c) - 1
#endif
	:: else
	fi
}

inline gather_end()
{
	gather_flush(1);
	gather_flush(0);
	gather_at[0] = NONE; gather_at[1] = NONE
}

active proctype victim()
{
	byte u, at;

	{
		/* Two units each, one of them ahead, which goes to the stock entry at the end. */
		seq[V]++;
		note_walk(LA); charge(V, LA, 2); stock[0] = 1;
		seq[V]++;
		seq[V]++;
		note_walk(LB); charge(V, LB, 2); stock[1] = 1;
		seq[V]++;
		if
		:: true ->	/* a drain */
			seq[V]++;
			give_back(LA); give_back(LB); gather_end();
			seq[V]++
		:: true ->	/* an uncharge past the stock */
			seq[V]++;
			note_walk(LA); uncharge(V, LA, 1);
			seq[V]++
		fi;
		(dead)
	} unless { dead };
	over = true
}

active proctype killer()
{
	dead = true
}

#ifndef NO_S
active proctype lcore()
{
	seq[S]++;
	charge(S, LA, 1);
	seq[S]++;
	granted++;
	if
	:: true ->
		granted--;
		seq[S]++;
		uncharge(S, LA, 1);
		seq[S]++
	:: true
	fi;
	ended++
}
#endif

#ifndef NO_N
active proctype shared()
{
	d_step { inflight++; walks++ };
	charge(N, LB, 1);
	inflight--;
	granted++;
	ended++
}
#endif

inline look_at_walks(to)
{
	d_step { quiet = true; to = 0 };
#if !defined(NOQUIET) && !defined(NOSHARED)
	quiet = (inflight == 0);
#endif
#ifndef NOQUIET
	if
	:: quiet -> to = seq[S]; quiet = ((to & 1) == 0)
	:: else
	fi
#endif
}

inline measure_level(c, children, x_local, x_use)
{
	truth = SUM(c);
	x_local = usage_local[c] - truth;
	truth = truth + children - below;
	x_use = use[c] - truth;
	below = x_use
}

/* Repairs the path of the leaf c (or NONE for no leaf), its parent p (or NONE) and the root. */
inline repair_path(c, p)
{
	do
	::
#ifdef NOSHARED
		w0 = 0;
#else
		w0 = walks;
#endif
		look_at_walks(s0);
		if
		:: quiet ->
			below = 0; xo1 = 0; xu1 = 0; xo2 = 0; xu2 = 0;
			if
			:: c != NONE -> measure_level(c, 0, xo1, xu1)
			:: else
			fi;
			if
			:: p != NONE -> u = use[(p == A -> LA : LB)]; measure_level(p, u, xo2, xu2)
			:: else
			fi;
			u = use[A]; at = use[B]; u = u + at; measure_level(ROOT, u, xo3, xu3);
			look_at_walks(s1);
#if defined(ONELOOK) || defined(NOQUIET)
			break
#elif defined(NOSHARED)
			if :: quiet && s0 == s1 -> break :: else fi
#else
			if :: quiet && s0 == s1 && w0 == walks -> break :: else fi
#endif
		:: else
		fi
	od;
	skip;
	if
	:: c != NONE -> usage_local[c] = usage_local[c] - xo1; use[c] = use[c] - xu1
	:: else
	fi;
	if
	:: p != NONE -> usage_local[p] = usage_local[p] - xo2; use[p] = use[p] - xu2
	:: else
	fi;
	usage_local[ROOT] = usage_local[ROOT] - xo3; use[ROOT] = use[ROOT] - xu3;
	d_step { s0 = 0; s1 = 0; w0 = 0; quiet = false; truth = 0; below = 0; xo1 = 0; xu1 = 0;
		xo2 = 0; xu2 = 0; xo3 = 0; xu3 = 0; u = 0; at = 0 }
}

active proctype primary()
{
	byte s0, s1, w0, u, at;
	short truth, below, xo1, xu1, xo2, xu2, xo3, xu3;
	bool quiet;

	(over);
#ifndef STOCKFIRST
#ifndef WALKONLY
	if
	:: gather_at[0] != NONE -> repair_path(NONE, NONE)
	:: else
	fi;
	if
	:: gather_at[1] != NONE -> repair_path(NONE, gather_at[1])
	:: else
	fi;
#endif
	if
	:: walking == LA -> repair_path(LA, A)
	:: walking == LB -> repair_path(LB, B)
	:: else
	fi;
#endif
	d_step { gather_at[0] = NONE; gather_at[1] = NONE; gather_units[0] = 0;
		gather_units[1] = 0; walking = NONE };
	/* give_all_back(), as a walk of a thread without registration. */
	d_step { inflight++; walks++ };
	give_back(LA); give_back(LB); gather_end();
	inflight--;
	(ended == OTHERS);
	assert(usage_local[LA] == SUM(LA) && usage_local[LB] == SUM(LB));
	assert(usage_local[ROOT] == 0 && usage_local[A] == 0 && usage_local[B] == 0);
	assert(use[LA] == usage_local[LA] && use[LB] == usage_local[LB]);
	assert(use[A] == use[LA] && use[B] == use[LB]);
	assert(use[ROOT] == use[A] + use[B]);
	/* Units granted to others, and those that the victim's ledger gives. */
	assert(use[ROOT] == granted + ledger[LA] + ledger[LB])
}

active proctype auditor()
{
end:	if
	:: atomic { use[ROOT] < use[A] + use[B] -> assert(use[ROOT] >= use[A] + use[B]) }
	:: atomic { use[A] < use[LA] -> assert(use[A] >= use[LA]) }
	:: atomic { use[B] < use[LB] -> assert(use[B] >= use[LB]) }
	:: atomic { use[LA] < usage_local[LA] || use[LB] < usage_local[LB] ->
			assert(use[LA] >= usage_local[LA]) }
	:: atomic { usage_local[LA] < SUM(LA) -> assert(usage_local[LA] >= SUM(LA)) }
	:: atomic { usage_local[LB] < SUM(LB) -> assert(usage_local[LB] >= SUM(LB)) }
	fi
}
