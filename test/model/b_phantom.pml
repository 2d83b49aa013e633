/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model b_phantom: a walk that fails half way holds units for a moment; a refusal must not rest on
 * them.
 *
 * What is modelled: a root above the leaves A and B, no stock (the round is done and the gate set,
 * so every charge is an exact walk). X charges 2 to A synchronously, Y charges YN to B
 * synchronously, both with a slot and its word seq. W is a thread without slot: it charges 1 to A,
 * WOPS times, and keeps or gives back what it gets; it counts itself in one of two phase words.
 *
 * Stands for: ration_hier_charge() with lowest_without_room(), add_bounded() and walk_back()
 * (hierarchy.c); ration_walk_begin() and ration_walk_end() (stock.c); ration_grace() (grace.c);
 * charge_drained() and read_undone() (sync.c).
 *
 * The rule: a walk is under way while seq is odd (or while it is counted in a phase word); it looks
 * at all levels, from the leaf up, before it takes any; one that fails gives a level back and then
 * counts undone[level] up, and only then ends. Who is refused at level a has read undone[a] before
 * the attempt, waits for a grace period after it, and reads undone[a] again: changed means try
 * again. (Its own walk has ended, but walk_back() of its own attempt may have counted too: then it
 * was refused below, and undone of that level is untouched by itself.)
 *
 * seq, undone and the phase words are taken modulo 4 to keep the state space finite; a waiter sees
 * at most two changes between its two reads of each.
 *
 * Proved: P3 (the unit balance at the refuser's last failing read, without what undecided walks
 * held there and gave back later, exceeds the limit), usage <= max and root >= A + B at every
 * instant, the balance at the end; by `answers` that both synchronous charges end under weak
 * fairness. Not claimed: that plain callers who charge for ever cannot starve a synchronous one;
 * STARVE shows that they can, hence the deadline of ration_try_charge_sync().
 *
 * Mutants, each must fail:
 *   PLAIN      refuse at the first failing read
 *   NOWAIT     compare undone, but do not wait for walks
 *   NOSLOTLESS wait for the walks of lcores, but not for those of threads without slot
 *   NOUNDONE   wait for walks, but do not compare undone
 *   UNDOFIRST  undone is counted up before the level is given back
 *   SEQFIRST   the walk ends before undone is counted up
 *   LATEREAD   undone is read for the first time after the failure
 *   SEQLATE    the walk begins after its first level was taken
 *   DOMAIN     one undone word for all counters and no look first: two callers retry for ever
 *   STARVE     plain callers that never stop: no answer without a deadline
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
byte undone[3];
byte seq[2];			/* of X and Y */
byte inflight[2], phase;	/* of threads without slot */
bool done[3];
byte granted;

/* Ghosts. */
byte hold[9];			/* hold[w * 3 + level]: what w's walk holds while it is undecided */
bool doomed[3];			/* w's walk has failed, but not given back yet */
byte seen[9];			/* seen[me * 3 + w]: what of w's I saw at my last failing read */
byte phantom[3];		/* how much of that belonged to walks that failed */
byte needed[3];			/* at my refusal: by how much it exceeded the limit */

/* Note what w holds at a level. */
#define NOTE(w, level) \
	if \
	:: doomed[w] -> phantom[id] = phantom[id] + hold[w * 3 + level] \
	:: else -> seen[id * 3 + w] = hold[w * 3 + level] \
	fi

/* In the step of a read that fails: the linearisation point of a refusal. */
inline failed_at(level)
{
	ok = false; fl = level; fu = use[level]; phantom[id] = 0;
	seen[id * 3] = 0; seen[id * 3 + 1] = 0; seen[id * 3 + 2] = 0;
	if :: id != X -> NOTE(X, level) :: else fi;
	if :: id != Y -> NOTE(Y, level) :: else fi;
	if :: id != W -> NOTE(W, level) :: else fi
}

/* In the step that decides a walk: from here on it is known whether its units were phantoms. */
inline decided(good)
{
	if
	:: good -> hold[id * 3] = 0
	:: else ->
		doomed[id] = true;
		phantom[X] = phantom[X] + seen[X * 3 + id];
		phantom[Y] = phantom[Y] + seen[Y * 3 + id];
		assert(!needed[X] || phantom[X] < needed[X]);	/* P3, of a refusal given before */
		assert(!needed[Y] || phantom[Y] < needed[Y])
	fi;
	seen[X * 3 + id] = 0; seen[Y * 3 + id] = 0
}

#ifdef DOMAIN
#define WORD(level) 0
#else
#define WORD(level) level
#endif

inline count_undone(level)
{
	undone[WORD(level)] = (undone[WORD(level)] + 1) & WRAP
}

inline walk_begin()
{
	if
	:: id == W -> p = phase & 1; inflight[p] = inflight[p] + 1
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

/* One try: look from the leaf up, take from the root down. ok, or fl: the level that lacks room. */
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
#ifdef UNDOFIRST
		count_undone(0);
#endif
		d_step { use[0] = use[0] - n; hold[id * 3] = 0; doomed[id] = false };
#ifdef SEQFIRST
		walk_end(); count_undone(0)
#else
#ifndef UNDOFIRST
		count_undone(0);
#endif
		walk_end()
#endif
	:: else -> walk_end()
	fi;
	held = false
}

/* ration_grace(): the other lcore, then both phases. */
inline grace()
{
	s = seq[1 - id];
	if :: s & 1 -> (seq[1 - id] != s) :: else fi;
#ifndef NOSLOTLESS
	d_step { s = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[s] == 0);
	d_step { s = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[s] == 0);
#endif
	s = 0
}

inline read_undone()
{
	u0 = undone[0]; u1 = undone[WORD(lf)]
}

proctype sync(byte id; byte lf; byte n)
{
	byte u0, u1, fl, fu, s, p;
	bool ok, held;

	do
	::
		read_undone();
		walk();
		if :: ok -> granted = granted + n; break :: else fi;
#ifdef LATEREAD
		read_undone();
#endif
#ifdef DOMAIN
		/* Without what it has counted itself. */
		if :: fl == lf -> u0 = (u0 + 1) & WRAP; u1 = u0 :: else fi;
#endif
#ifndef PLAIN
#ifndef NOWAIT
		grace();
#endif
#ifndef NOUNDONE
		if
		:: undone[WORD(fl)] != (fl == 0 -> u0 : u1) -> goto again
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
