/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model b_phantom: a walk that fails at its second level holds units for a moment (phantom units).
 * A refusal must not depend on them.
 *
 * Modeled: a root above the leaves A and B, no stock (the drain is done and the gate is set, so
 * every charge is an exact walk). X charges 2 to A synchronously, Y charges YN to B synchronously;
 * both are registered and have a sequence word seq. W is a thread without registration: it charges
 * 1 to A, WOPS times, and keeps or gives back the units. W counts its walks in one of two in-flight
 * words.
 *
 * Code: ration_hier_charge() with its look at all levels, add_bounded() and walk_back()
 * (hierarchy.c); ration_walk_begin() and ration_walk_end() (stock.c); ration_grace() (grace.c);
 * charge_drained() (sync.c).
 *
 * The rule: a walk is in flight while seq is odd, or while it is counted in an in-flight word. It
 * looks at all levels, from the leaf up, before it takes units at any. A walk that fails gives the
 * units of a level back, then increments rollbacks[level], and only then ends. A caller that is
 * refused at level a has read rollbacks[a] before the attempt, waits for a grace period after it,
 * and reads rollbacks[a] again: if the count has changed, it tries again. (The walk of the caller
 * itself has ended. walk_back() of its own attempt may have incremented counts, but then the
 * refusal came from a lower level, whose count the attempt does not change.)
 *
 * seq, rollbacks and the index are taken modulo 4 to keep the state space finite. A waiter sees at
 * most two changes of each between its two reads.
 *
 * Proved: P3 (the usage at the last failing read, less the units that undecided walks held there
 * and gave back later, plus the request, exceeds the limit); usage <= max and root >= A + B at
 * every instant; the balance at the end. The claim `answers` proves that both synchronous charges
 * end under weak fairness. Not claimed: that plain callers cannot starve a synchronous one. STARVE
 * shows that they can if they charge without end; therefore ration_try_charge_sync() has a
 * deadline.
 *
 * Mutants, each must fail:
 *   PLAIN        the caller is refused at the first failing read
 *   NOWAIT       rollbacks are compared, but walks are not waited for
 *   NOSHARED     walks of lcores are waited for, walks of threads without registration are not
 *   NOROLLBACKS  walks are waited for, but rollbacks are not compared
 *   COUNTFIRST   the rollback is counted before the units of the level are given back
 *   SEQFIRST     the walk ends before the rollback is counted
 *   LATEREAD     rollbacks are read for the first time after the failure
 *   SEQLATE      the walk starts after it has taken the units of its first level
 *   DOMAIN       one count for all counters and no look at the levels first: two callers retry
 *                forever
 *   STARVE       plain callers that never stop: no answer without a deadline
 */

#define X 0
#define Y 1
#define W 2
#ifndef YN
#define YN 2
#endif
#ifndef WOPS
#define WOPS 2
#endif
#ifndef INITA
#define INITA 0
#endif
#ifndef INITB
#define INITB 0
#endif
#ifndef RMAX
#define RMAX 3
#endif
#define AMAX 2
#define BMAX 2
#define WRAP 3

byte use[3], max[3];		/* 0 root, 1 A, 2 B */
byte rollbacks[3];
byte seq[2];			/* of X and Y */
byte inflight[2], inflight_index;	/* of threads without registration */
bool done[3];
byte granted;

/* Auxiliary variables, for the assertions only. */
byte hold[9];			/* hold[w * 3 + level]: units of w's undecided walk */
bool failed[3];			/* w's walk has failed and still holds its units */
byte seen[9];			/* seen[me * 3 + w]: units of w at my last failing read */
byte phantom[3];		/* units among them of walks that failed */
byte needed[3];			/* at my refusal: units above the limit */

/* Records the units that w holds at a level. */
#define NOTE(w, level) \
	if \
	:: failed[w] -> phantom[id] = phantom[id] + hold[w * 3 + level] \
	:: else -> seen[id * 3 + w] = hold[w * 3 + level] \
	fi

/* In the step of a read that fails: the linearization point of a refusal. */
inline failed_at(level)
{
	ok = false; fl = level; fu = use[level]; phantom[id] = 0;
	seen[id * 3] = 0; seen[id * 3 + 1] = 0; seen[id * 3 + 2] = 0;
	if :: id != X -> NOTE(X, level) :: else fi;
	if :: id != Y -> NOTE(Y, level) :: else fi;
	if :: id != W -> NOTE(W, level) :: else fi
}

/* In the step that decides a walk: from here on the model knows whether its units are phantoms. */
inline decided(good)
{
	if
	:: good -> hold[id * 3] = 0
	:: else ->
		failed[id] = true;
		phantom[X] = phantom[X] + seen[X * 3 + id];
		phantom[Y] = phantom[Y] + seen[Y * 3 + id];
		assert(!needed[X] || phantom[X] < needed[X]);	/* P3, of an earlier refusal */
		assert(!needed[Y] || phantom[Y] < needed[Y])
	fi;
	seen[X * 3 + id] = 0; seen[Y * 3 + id] = 0
}

#ifdef DOMAIN
#define WORD(level) 0
#else
#define WORD(level) level
#endif

inline count_rollback(level)
{
	rollbacks[WORD(level)] = (rollbacks[WORD(level)] + 1) & WRAP
}

inline walk_begin()
{
	if
	:: id == W -> p = inflight_index & 1; inflight[p] = inflight[p] + 1
	:: else -> seq[id] = (seq[id] + 1) & WRAP
	fi
}

inline walk_end()
{
	if
	:: id == W -> inflight[p] = inflight[p] - 1
	:: else -> seq[id] = (seq[id] + 1) & WRAP
	fi
}

inline look(level)
{
	if
	:: ok -> d_step { if :: use[level] + n > max[level] -> failed_at(level) :: else fi }
	:: else
	fi
}

/* One attempt: look from the leaf up, take from the root down. ok, or fl: the full level. */
inline walk()
{
	ok = true; held = false;
#ifndef SEQLATE
	walk_begin();
#endif
#ifndef DOMAIN
	look(lf); look(0);
#endif
	if
	:: ok ->
		d_step {
			if
			:: use[0] + n <= max[0] ->
				use[0] = use[0] + n; hold[id * 3] = n; held = true
			:: else -> failed_at(0)
			fi
		}
	:: else
	fi;
#ifdef SEQLATE
	walk_begin();
#endif
	if
	:: ok ->
		d_step {
			if
			:: use[lf] + n <= max[lf] -> use[lf] = use[lf] + n; decided(true)
			:: else -> failed_at(lf); decided(false)
			fi
		}
	:: else
	fi;
	if
	:: !ok && held ->	/* walk_back() */
#ifdef COUNTFIRST
		count_rollback(0);
#endif
		d_step { use[0] = use[0] - n; hold[id * 3] = 0; failed[id] = false };
#ifdef SEQFIRST
		walk_end(); count_rollback(0)
#else
#ifndef COUNTFIRST
		count_rollback(0);
#endif
		walk_end()
#endif
	:: else -> walk_end()
	fi;
	held = false
}

/* ration_grace(): the other lcore, then both in-flight words. */
inline grace()
{
	s = seq[1 - id];
	if :: s & 1 -> (seq[1 - id] != s) :: else fi;
#ifndef NOSHARED
	d_step { s = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[s] == 0);
	d_step { s = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[s] == 0);
#endif
	s = 0
}

inline read_rollbacks()
{
	u0 = rollbacks[0]; u1 = rollbacks[WORD(lf)]
}

proctype sync(byte id; byte lf; byte n)
{
	byte u0, u1, fl, fu, s, p;
	bool ok, held;

	do
	::
		read_rollbacks();
		walk();
		if :: ok -> granted = granted + n; break :: else fi;
#ifdef LATEREAD
		read_rollbacks();
#endif
#ifdef DOMAIN
		/* Without its own rollback. */
		if :: fl == lf -> u0 = (u0 + 1) & WRAP; u1 = u0 :: else fi;
#endif
#ifndef PLAIN
#ifndef NOWAIT
		grace();
#endif
#ifndef NOROLLBACKS
		if
		:: rollbacks[WORD(fl)] != (fl == 0 -> u0 : u1) -> goto again
		:: else
		fi;
#endif
#endif
		d_step {
			needed[id] = fu + n - max[fl];
			assert(phantom[id] < needed[id])	/* P3 */
		};
		break;
again:		skip; d_step { fl = 0; fu = 0 }
	od;
	done[id] = true
}

proctype plain(byte id; byte lf; byte n)
{
	byte k, fl, fu, p;
	bool ok, held;

	do
	:: k < WOPS ->
#ifndef STARVE
		k++;
#endif
		walk();
		if
		:: ok -> use[lf] = use[lf] - n; use[0] = use[0] - n
#ifndef STARVE
		:: ok -> granted = granted + n
#endif
		:: else
		fi;
		d_step { ok = false; fl = 0; fu = 0; p = 0 }
	:: else -> break
	od;
	done[id] = true		/* not reached with STARVE */
}

init {
	d_step {
		max[0] = RMAX; max[1] = AMAX; max[2] = BMAX;
		use[1] = INITA; use[2] = INITB; use[0] = INITA + INITB; granted = INITA + INITB
	};
	atomic {
		run sync(Y, 2, YN);
		run plain(W, 1, 1);
#ifdef STARVE
		run plain(X, 1, 2)
#else
		run sync(X, 1, 2)
#endif
	};
	(_nr_pr == 2);
	assert(use[0] == use[1] + use[2] && use[0] == granted)	/* P2 */
}

active proctype auditor()
{
end:	if
	:: atomic { use[0] > max[0] || use[1] > max[1] || use[2] > max[2] -> assert(false) }
	:: atomic { use[0] < use[1] + use[2] -> assert(use[0] >= use[1] + use[2]) }
	fi
}

ltl answers { <> (done[X] && done[Y]) }
ltl answersY { <> done[Y] }
