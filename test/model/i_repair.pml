/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model i_repair: a process dies at any step of a walk, and usage is recomputed from the ledgers.
 *
 * What is modelled: root / A / a and root / B / b, a victim with slots for a and b, an lcore that
 * walks on a meanwhile, a thread without slot that walks on b, and the primary that finds the victim
 * dead, mends the tree and takes back what the victim had in stock. The victim charges a and b with
 * one unit ahead each, then serves a drain of both or gives units back; it may die before any of its
 * steps (`unless`), once.
 *
 * Stands for: charge_tree(), uncharge_tree(), uncharge_stock() (stock.c); ration_give_back_slot(),
 * pass_go() (serve.c); ration_hier_charge(), walk_back(), ration_hier_uncharge(), ration_upward_turn() and
 * ration_upward_settle() (upward.h, hierarchy.c); ration_repair(), mend_path(), look_at_walks(), measure(),
 * still_quiet(), take_back() (repair.c); take_dead() (gone.c).
 *
 * The rule: the ledger of a counter is written after own and usage when units are charged, and
 * before them when they are given back; the counter of a walk stands in `walking`, and counters with
 * returns pending at a higher level in up.at. So what a death leaves is too much usage, never too
 * little, on a way that can be found. It is measured while nobody walks (the words of all walks are
 * the same and even before and after), and subtracted.
 *
 * Proved, at whatever step the victim dies: usage covers own and children, and own the ledgers, at
 * every instant; after the repair and when all have ended usage is exact at every level, and the
 * ledgers say what is granted. own and usage of a counter are taken in one step in a drain, as on
 * x86-64, or with TWOSTEPS in two.
 *
 * Mutants, each must fail:
 *   LEDGERFIRST  a charge is written in the ledger before usage
 *   LEDGERLAST   a return is written in the ledger after usage
 *   NOWALKING    the counter of a walk is not noted
 *   WALKONLY     what is pending in up.at is not looked at
 *   SETTLEFIRST  up.at is cleared before the return has reached the level
 *   NOQUIET      it is measured while others walk
 *   ONELOOK      the words of the walks are not compared after the measuring
 *   NOSLOTLESS   walks of threads without slot are not looked at
 *   STOCKFIRST   the stock of the dead is taken back and no way is mended
 */

#define ROOT 0
#define A 1
#define B 2
#define LA 3		/* the leaf a below A */
#define LB 4		/* the leaf b below B */
#define NONE 5
#define V 0		/* the victim, the lcore on a, the thread without slot */
#define S 1
#define N 2

byte use[5], own[5];
short ledger[15];		/* ledger[who * 5 + counter] */
byte stock[2];			/* the victim's slots, for a and b */
byte walking = NONE;		/* the victim's, as the two below */
byte up_at[2] = NONE;		/* at the depth of the root, and of A and B */
byte up_units[2];
byte seq[2];			/* of V and S */
byte inflight, walks;		/* of threads without slot: now, and ever */
bool dead, over;
byte ended;			/* of S and N */

/* S or N may be left out, to have fewer states. */
#if defined(NO_S) && defined(NO_N)
#define OTHERS 0
#elif defined(NO_S) || defined(NO_N)
#define OTHERS 1
#else
#define OTHERS 2
#endif

byte granted;			/* to S and N */

#define PARENT(c) (c == LA -> A : B)
#define SLOT(c) (c - LA)
#define LEDGER(who, c) ledger[(who) * 5 + (c)]
#define SUM(c) (ledger[c] + ledger[5 + (c)] + ledger[10 + (c)])

/* A charge of n to the leaf c: root, parent, leaf, own, ledger. Limits are other models' matter. */
inline charge(who, c, n)
{
#ifdef LEDGERFIRST
	LEDGER(who, c) = LEDGER(who, c) + n;
#endif
	use[ROOT] = use[ROOT] + n;
	use[PARENT(c)] = use[PARENT(c)] + n;
	use[c] = use[c] + n;
	own[c] = own[c] + n;
#ifndef LEDGERFIRST
	LEDGER(who, c) = LEDGER(who, c) + n;
#endif
}

/* A return of n past the stock: ledger, own, leaf, parent, root. */
inline uncharge(who, c, n)
{
#ifndef LEDGERLAST
	LEDGER(who, c) = LEDGER(who, c) - n;
#endif
	own[c] = own[c] - n;
	use[c] = use[c] - n;
	use[PARENT(c)] = use[PARENT(c)] - n;
	use[ROOT] = use[ROOT] - n;
#ifdef LEDGERLAST
	LEDGER(who, c) = LEDGER(who, c) - n;
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

/* ration_upward_settle() of one depth, and what it notes for the root. */
inline settle(depth)
{
	if
	:: up_units[depth] > 0 ->
		u = up_units[depth];
		at = up_at[depth];
		up_units[depth] = 0;
#ifdef SETTLEFIRST
		up_at[depth] = NONE;
#endif
		use[at] = use[at] - u;
		if
		:: depth == 1 -> up_at[0] = ROOT; up_units[0] = up_units[0] + u
		:: else
		fi
	:: else
	fi
}

inline pend(c, n)
{
	if
	:: up_units[1] > 0 && up_at[1] != c -> settle(1)
	:: else
	fi;
	up_at[1] = c;
	up_units[1] = up_units[1] + n
}

/* ration_give_back_slot(): the slot, walking, the ledger, own and usage, and the parent later. */
inline give_back(c)
{
	if
	:: stock[SLOT(c)] > 0 ->
		stock[SLOT(c)] = 0;
		note_walk(c);
#ifndef LEDGERLAST
		LEDGER(V, c) = LEDGER(V, c) - 1;
#endif
#ifdef TWOSTEPS
		own[c] = own[c] - 1;
		use[c] = use[c] - 1;
#else
		d_step { own[c] = own[c] - 1; use[c] = use[c] - 1 };
#endif
		pend(PARENT(c), 1);
#ifdef LEDGERLAST
		LEDGER(V, c) = LEDGER(V, c) - 1
#endif
	:: else
	fi
}

inline finish()
{
	settle(1);
	settle(0);
	up_at[0] = NONE; up_at[1] = NONE
}

active proctype victim()
{
	byte u, at;

	{
		/* Two units each, one of them ahead, which goes to the slot at the end. */
		seq[V]++;
		note_walk(LA); charge(V, LA, 2); stock[0] = 1;
		seq[V]++;
		seq[V]++;
		note_walk(LB); charge(V, LB, 2); stock[1] = 1;
		seq[V]++;
		if
		:: true ->	/* a drain */
			seq[V]++;
			give_back(LA); give_back(LB); finish();
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
active proctype slotless()
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
#if !defined(NOQUIET) && !defined(NOSLOTLESS)
	quiet = (inflight == 0);
#endif
#ifndef NOQUIET
	if
	:: quiet -> to = seq[S]; quiet = ((to & 1) == 0)
	:: else
	fi
#endif
}

inline measure_level(c, children, x_own, x_use)
{
	truth = SUM(c);
	x_own = own[c] - truth;
	truth = truth + children - below;
	x_use = use[c] - truth;
	below = x_use
}

/* mend_path(), for the leaf c (or NONE for no leaf), its parent p (or NONE) and the root. */
inline mend_path(c, p)
{
	do
	::
#ifdef NOSLOTLESS
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
#elif defined(NOSLOTLESS)
			if :: quiet && s0 == s1 -> break :: else fi
#else
			if :: quiet && s0 == s1 && w0 == walks -> break :: else fi
#endif
		:: else
		fi
	od;
	skip;
	if
	:: c != NONE -> own[c] = own[c] - xo1; use[c] = use[c] - xu1
	:: else
	fi;
	if
	:: p != NONE -> own[p] = own[p] - xo2; use[p] = use[p] - xu2
	:: else
	fi;
	own[ROOT] = own[ROOT] - xo3; use[ROOT] = use[ROOT] - xu3;
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
	:: up_at[0] != NONE -> mend_path(NONE, NONE)
	:: else
	fi;
	if
	:: up_at[1] != NONE -> mend_path(NONE, up_at[1])
	:: else
	fi;
#endif
	if
	:: walking == LA -> mend_path(LA, A)
	:: walking == LB -> mend_path(LB, B)
	:: else
	fi;
#endif
	d_step { up_at[0] = NONE; up_at[1] = NONE; up_units[0] = 0; up_units[1] = 0; walking = NONE };
	/* give_all_back(), as a walk of a thread without slot. */
	d_step { inflight++; walks++ };
	give_back(LA); give_back(LB); finish();
	inflight--;
	(ended == OTHERS);
	assert(own[LA] == SUM(LA) && own[LB] == SUM(LB));
	assert(own[ROOT] == 0 && own[A] == 0 && own[B] == 0);
	assert(use[LA] == own[LA] && use[LB] == own[LB]);
	assert(use[A] == use[LA] && use[B] == use[LB]);
	assert(use[ROOT] == use[A] + use[B]);
	/* What others were granted is there, beside what the victim's ledger says. */
	assert(use[ROOT] == granted + ledger[LA] + ledger[LB])
}

active proctype auditor()
{
end:	if
	:: atomic { use[ROOT] < use[A] + use[B] -> assert(use[ROOT] >= use[A] + use[B]) }
	:: atomic { use[A] < use[LA] -> assert(use[A] >= use[LA]) }
	:: atomic { use[B] < use[LB] -> assert(use[B] >= use[LB]) }
	:: atomic { use[LA] < own[LA] || use[LB] < own[LB] -> assert(use[LA] >= own[LA]) }
	:: atomic { own[LA] < SUM(LA) -> assert(own[LA] >= SUM(LA)) }
	:: atomic { own[LB] < SUM(LB) -> assert(own[LB] >= SUM(LB)) }
	fi
}
