/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model l_sync: the whole synchronous charge, a drain and the rule about phantoms in one.
 *
 * What is modelled: a root above A and B. A worker has a slot for each, works on both with one unit
 * ahead, and polls. A thread without slot charges 2 to B, which A and the root may have room for and
 * B not, and gives back. The caller charges 2 to A: when it is refused it drains below the level that
 * lacked room, tries again inside the gate until the answer is certain, and if then a level above
 * lacks room, drains below that one.
 *
 * Stands for: ration_try_charge_sync(), charge_in_round(), charge_drained() (sync.c) with all that
 * a_feed_gate and b_phantom have apart: ration_drain_run() (drain.c), serve() (serve.c),
 * ration_round_gated() (round.c), ration_hier_charge() (hierarchy.c), ration_grace() (grace.c).
 *
 * Proved: P3: at the last failing read of the level that it is refused for no unit below that level
 * is in stock or on its way there, and usage without what walks held there in vain, plus what is
 * wanted, is above the limit. P1 and usage(parent) >= sum of the children's at every instant; P2 at
 * the end; no deadlock.
 *
 * Mutants, each must fail:
 *   NOGATE      the round has no gate
 *   EARLYCLOSE  the gate is closed before the charge is tried again
 *   NOACK       the answer of the worker is not waited for
 *   NOESCALATE  refused at the root, when only what is below A was drained
 *   NOGRACE     walks in flight are not waited for
 *   NOUNDONE    undone is not compared
 *   ODDSELF     the caller waits while its own walk counts as in flight: it waits for itself
 */

#ifndef OPS
#define OPS 2
#endif
#ifndef WALKS
#define WALKS 1
#endif
#define ROOT 0
#define A 1
#define B 2
#define NONE 3
#define WORKER 0
#define SLOTLESS 1
#define WRAP 3

byte use[3], max[3], undone[3];
byte stock[3], cap[3];		/* the worker's slots of A and B */
bit seq; bool moved;		/* the worker's word, and whether it has changed since the caller read it */
byte inflight[2], phase;
byte gen, ack, target = NONE;	/* the round, with one asker */
bool mail, quit;
byte pool[3];			/* granted units of A and B */

/* Ghosts. */
byte hold[2];			/* what a walk holds at the root while it is not decided */
bool doomed[2];			/* it has failed, and not given back yet */
byte seen[2];			/* of undecided walks, at the caller's last failing read */
byte phantom;			/* of walks that failed, at that read */
byte coming[3];			/* taken ahead, not in the slot yet */
byte excess;			/* at a refusal: usage + wanted - max; 0: not refused */

#define GATED(c) (target == ROOT || target == c)

/* In the step that decides a walk. */
inline decide(who, good)
{
	if
	:: good -> hold[who] = 0
	:: else ->
		doomed[who] = true; phantom = phantom + seen[who];
		assert(!excess || phantom < excess)	/* P3, of a refusal given before */
	fi;
	seen[who] = 0
}

/* ration_hier_charge() by the worker or the thread without slot, for n units of c. */
inline walk(who)
{
	ok = (use[c] + n <= max[c]);
	if :: ok -> ok = (use[ROOT] + n <= max[ROOT]) :: else fi;
	if
	:: ok ->
		d_step {
			if
			:: use[ROOT] + n <= max[ROOT] ->
				use[ROOT] = use[ROOT] + n; hold[who] = n
			:: else -> ok = false
			fi
		};
		if
		:: ok ->
			d_step {
				if
				:: use[c] + n <= max[c] ->
					use[c] = use[c] + n; coming[c] = ahead; decide(who, true)
				:: else -> ok = false; decide(who, false)
				fi
			};
			if
			:: !ok ->
				d_step { use[ROOT] = use[ROOT] - n; hold[who] = 0;
					doomed[who] = false };
				undone[ROOT] = (undone[ROOT] + 1) & WRAP
			:: else
			fi
		:: else
		fi
	:: else
	fi
}

inline give()
{
	use[c] = use[c] - n;
	use[ROOT] = use[ROOT] - n
}

inline turn_seq()
{
	d_step { seq = 1 - seq; moved = true }
}

inline look_ahead()
{
#ifdef NOGATE
	ahead = 1
#else
	if
	:: !GATED(c) -> ahead = 1
	:: else -> ahead = 0
	fi
#endif
}

inline drain_slot(what)
{
	if
	:: GATED(what) && cap[what] > 0 ->
		c = what; n = stock[c];
		d_step { stock[c] = 0; cap[c] = 0 };
		if :: n > 0 -> give() :: else fi
	:: else
	fi
}

proctype worker()
{
	byte i, c, n, ahead, r;
	bool ok;

	do
	:: i < OPS ->
		i++;
		if
		:: c = A
		:: c = B
		fi;
		if
		:: stock[c] > 0 -> d_step { stock[c] = stock[c] - 1; pool[c]++ }
		:: stock[c] == 0 ->
			turn_seq();
			look_ahead();
			n = 1 + ahead;
			walk(WORKER);
			if
			:: !ok && ahead > 0 -> ahead = 0; n = 1; walk(WORKER)
			:: else
			fi;
			if
			:: ok -> d_step { stock[c] = ahead; cap[c] = 2 * ahead; coming[c] = 0;
					pool[c]++ }
			:: else
			fi;
			turn_seq()
		:: atomic { pool[c] > 0 -> pool[c]-- };
			if
			:: stock[c] + 1 <= cap[c] -> stock[c] = stock[c] + 1
			:: else ->
				turn_seq();
				look_ahead();
				n = stock[c] + 1 - ahead;
				d_step { stock[c] = ahead; cap[c] = 2 * ahead };
				if :: n > 0 -> give() :: else fi;
				turn_seq()
			fi
		fi;
		d_step { c = 0; n = 0; ahead = 0; ok = false }
	:: mail ->
		mail = false;
		r = gen;
		turn_seq();
		drain_slot(A); drain_slot(B);
		turn_seq();
		ack = r;
		d_step { r = 0; c = 0; n = 0 }
	:: quit && !mail -> break
	od
}

proctype slotless()
{
	byte k, c = B, n = 2, ahead;
	bit p;
	bool ok;

	do
	:: k < WALKS ->
		k++;
		p = phase & 1;
		inflight[p]++;
		walk(SLOTLESS);
		inflight[p]--;
		if
		:: ok -> pool[B] = pool[B] + 2
		:: else
		fi;
		ok = false
	:: else -> break
	od
}

/* A failing read: what is in the way, and what of it is a phantom. */
inline failed_at(level)
{
	ok = false; fl = level; fu = use[level]; phantom = 0; seen[0] = 0; seen[1] = 0;
	z = (level == ROOT -> stock[A] + stock[B] + coming[A] + coming[B] : stock[A] + coming[A]);
	if
	:: level != ROOT
	:: else ->
		if :: doomed[0] -> phantom = phantom + hold[0] :: else -> seen[0] = hold[0] fi;
		if :: doomed[1] -> phantom = phantom + hold[1] :: else -> seen[1] = hold[1] fi
	fi
}

/* The caller's own attempt, for 2 units of A. It walks without slot. */
inline attempt()
{
	p = phase & 1;
	inflight[p]++;
	ok = true;
	d_step { if :: use[A] + 2 > max[A] -> failed_at(A) :: else fi };
	if
	:: ok -> d_step { if :: use[ROOT] + 2 > max[ROOT] -> failed_at(ROOT) :: else fi }
	:: else
	fi;
	if
	:: ok ->
		d_step {
			if
			:: use[ROOT] + 2 <= max[ROOT] -> use[ROOT] = use[ROOT] + 2
			:: else -> failed_at(ROOT)
			fi
		};
		if
		:: ok ->
			d_step {
				if
				:: use[A] + 2 <= max[A] -> use[A] = use[A] + 2
				:: else -> failed_at(A)
				fi
			};
			if
			:: !ok -> use[ROOT] = use[ROOT] - 2; undone[ROOT] = (undone[ROOT] + 1) & WRAP
			:: else
			fi
		:: else
		fi
	:: else
	fi;
#ifndef ODDSELF
	inflight[p]--
#endif
}

inline grace()
{
	d_step { s = seq; moved = false };
	if :: s -> (moved) :: else fi;
	d_step { s = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[s] == 0);
	d_step { s = phase & 1; phase = (phase + 1) & WRAP };
	(inflight[s] == 0)
}

/* charge_drained(): sets `done`, or leaves it unset when another level must be drained. */
inline charge_drained()
{
	do
	::
		u0 = undone[ROOT]; u1 = undone[A];
		attempt();
		if
		:: ok -> done = true; break
		:: else
		fi;
#ifndef NOESCALATE
		if :: drained == A && fl == ROOT -> break :: else fi;
#endif
#ifndef NOGRACE
		grace();
#endif
#ifndef NOUNDONE
		if
		:: undone[fl] != (fl == ROOT -> u0 : u1) -> goto again
		:: else
		fi;
#endif
		d_step {
			assert(z == 0);				/* P3: no stock below */
			excess = fu + 2 - max[fl];
			assert(phantom < excess)		/* P3: granted units alone */
		};
		done = true; break;
again:		skip
	od
}

active proctype caller()
{
	byte fl, fu, z, u0, u1, own, drained;
	bit p, s;
	bool ok, done;

	d_step { max[ROOT] = 4; max[A] = 3; max[B] = 3; use[B] = 1; use[ROOT] = 1; pool[B] = 1 };
	atomic { run worker(); run slotless() };
	attempt();
#ifdef ODDSELF
	inflight[p]--;
#endif
	do
	:: !ok && !done ->
		drained = fl;
		d_step { gen++; target = fl; own = gen };
		mail = true;
#ifndef NOACK
		(ack >= own);
#endif
#ifdef EARLYCLOSE
		target = NONE;
#endif
		charge_drained();
		target = NONE
	:: else -> break
	od;
	if
	:: ok -> pool[A] = pool[A] + 2
	:: else
	fi;
	quit = true;
	(_nr_pr == 2);
	assert(use[A] == pool[A] + stock[A] && use[B] == pool[B] + stock[B]);	/* P2 */
	assert(use[ROOT] == use[A] + use[B])
}

active proctype auditor()
{
end:	if
	:: atomic { use[ROOT] > 4 && max[ROOT] == 4 -> assert(use[ROOT] <= 4) }
	:: atomic { use[ROOT] < use[A] + use[B] && max[ROOT] == 4 ->
			assert(use[ROOT] >= use[A] + use[B]) }
	fi
}
