/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model l_sync: the whole synchronous charge, with the drain and the rule for phantom units.
 *
 * Modeled: a root above A and B. A worker has a stock entry for each, works on both with one unit
 * ahead, and polls. A thread without registration charges 2 to B, for which A and the root may have
 * room and B not, and gives back. The caller charges 2 to A: when the charge is refused, the caller
 * drains below the level that lacked room, tries again inside the gate until the answer is certain,
 * and if then a level above lacks room, drains below that one.
 *
 * Code: ration_try_charge_sync(), charge_in_round(), charge_drained() (sync.c) together with the
 * parts that a_feed_gate and b_phantom model separately: ration_drain_run() (drain.c), serve()
 * (serve.c), ration_gate_is_set() (round.c), ration_hier_charge() (hierarchy.c), ration_grace()
 * (grace.c).
 *
 * Proved: P3: at the last failing read of the level that refuses, no unit below that level is in
 * stock or on its way into stock, and usage without units of walks that failed, plus the request,
 * is above the limit. P1 and usage(parent) >= sum of the usages of the children at every instant;
 * P2 at the end; no deadlock.
 *
 * Mutants, each must fail:
 *   NOGATE       the round has no gate
 *   EARLYCLOSE   the gate is closed before the charge is tried again
 *   NOACK        the worker's acknowledgement is not waited for
 *   NOESCALATE   the root refuses after a drain of A only
 *   NOGRACE      walks in flight are not waited for
 *   NOROLLBACKS  rollbacks are not compared
 *   ODDSELF      the caller waits while its own walk counts as in flight: it waits for itself
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
#define SHARED 1
#define WRAP 3

byte use[3], max[3], rollbacks[3];
byte stock[3], cap[3];		/* the worker's stock entries of A and B */
bit seq; bool moved;		/* the worker's word; changed since the caller's read */
byte inflight[2], inflight_index;
byte round, ack, target = NONE;	/* the round, with one drainer */
bool requests, quit;
byte pool[3];			/* granted units of A and B */

/* Auxiliary variables, for the assertions only. */
byte hold[2];			/* units of an undecided walk at the root */
bool failed[2];			/* the walk has failed and still holds its units */
byte seen[2];			/* units of undecided walks, at the caller's last failing read */
byte phantom;			/* units of walks that failed, at that read */
byte coming[3];			/* taken ahead, not in the entry yet */
byte excess;			/* at a refusal: usage + request - max; 0: not refused */

#define GATED(c) (target == ROOT || target == c)

/* In the step that decides a walk. */
inline decide(actor, good)
{
	if
	:: good -> hold[actor] = 0
	:: else ->
		failed[actor] = true; phantom = phantom + seen[actor];
		assert(!excess || phantom < excess)	/* P3, of an earlier refusal */
	fi;
	seen[actor] = 0
}

/* ration_hier_charge() by the worker or the thread without registration, for n units of c. */
inline walk(actor)
{
	ok = (use[c] + n <= max[c]);
	if :: ok -> ok = (use[ROOT] + n <= max[ROOT]) :: else fi;
	if
	:: ok ->
		d_step {
			if
			:: use[ROOT] + n <= max[ROOT] ->
				use[ROOT] = use[ROOT] + n; hold[actor] = n
			:: else -> ok = false
			fi
		};
		if
		:: ok ->
			d_step {
				if
				:: use[c] + n <= max[c] ->
					use[c] = use[c] + n; coming[c] = precharge;
					decide(actor, true)
				:: else -> ok = false; decide(actor, false)
				fi
			};
			if
			:: !ok ->
				d_step { use[ROOT] = use[ROOT] - n; hold[actor] = 0;
					failed[actor] = false };
				rollbacks[ROOT] = (rollbacks[ROOT] + 1) & WRAP
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

inline next_seq()
{
	d_step { seq = 1 - seq; moved = true }
}

inline choose_precharge()
{
#ifdef NOGATE
	precharge = 1
#else
	if
	:: !GATED(c) -> precharge = 1
	:: else -> precharge = 0
	fi
#endif
}

inline drain_entry(what)
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
	byte i, c, n, precharge, r;
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
			next_seq();
			choose_precharge();
			n = 1 + precharge;
			walk(WORKER);
			if
			:: !ok && precharge > 0 -> precharge = 0; n = 1; walk(WORKER)
			:: else
			fi;
			if
			:: ok -> d_step { stock[c] = precharge; cap[c] = 2 * precharge;
					coming[c] = 0; pool[c]++ }
			:: else
			fi;
			next_seq()
		:: atomic { pool[c] > 0 -> pool[c]-- };
			if
			:: stock[c] + 1 <= cap[c] -> stock[c] = stock[c] + 1
			:: else ->
				next_seq();
				choose_precharge();
				n = stock[c] + 1 - precharge;
				d_step { stock[c] = precharge; cap[c] = 2 * precharge };
				if :: n > 0 -> give() :: else fi;
				next_seq()
			fi
		fi;
		d_step { c = 0; n = 0; precharge = 0; ok = false }
	:: requests ->
		requests = false;
		r = round;
		next_seq();
		drain_entry(A); drain_entry(B);
		next_seq();
		ack = r;
		d_step { r = 0; c = 0; n = 0 }
	:: quit && !requests -> break
	od
}

proctype shared()
{
	byte k, c = B, n = 2, precharge;
	bit p;
	bool ok;

	do
	:: k < WALKS ->
		k++;
		p = inflight_index & 1;
		inflight[p]++;
		walk(SHARED);
		inflight[p]--;
		if
		:: ok -> pool[B] = pool[B] + 2
		:: else
		fi;
		ok = false
	:: else -> break
	od
}

/* A failing read: the stock below the level, and the phantom units in its usage. */
inline failed_at(level)
{
	ok = false; fl = level; fu = use[level]; phantom = 0; seen[0] = 0; seen[1] = 0;
	z = (level == ROOT -> stock[A] + stock[B] + coming[A] + coming[B] : stock[A] + coming[A]);
	if
	:: level != ROOT
	:: else ->
		if :: failed[0] -> phantom = phantom + hold[0] :: else -> seen[0] = hold[0] fi;
		if :: failed[1] -> phantom = phantom + hold[1] :: else -> seen[1] = hold[1] fi
	fi
}

/* The caller's own attempt, for 2 units of A, without registration. */
inline attempt()
{
	p = inflight_index & 1;
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
			:: !ok ->	/* the bounds allow no such rollback: not reached */
				use[ROOT] = use[ROOT] - 2;			/* not reached */
				rollbacks[ROOT] = (rollbacks[ROOT] + 1) & WRAP	/* not reached */
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
	d_step { s = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[s] == 0);
	d_step { s = inflight_index & 1; inflight_index = (inflight_index + 1) & WRAP };
	(inflight[s] == 0)
}

/* charge_drained(): sets `done`, or leaves it unset when another level must be drained. */
inline charge_drained()
{
	do
	::
		u0 = rollbacks[ROOT]; u1 = rollbacks[A];
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
#ifndef NOROLLBACKS
		if
		:: rollbacks[fl] != (fl == ROOT -> u0 : u1) -> goto again
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
	byte fl, fu, z, u0, u1, my_round, drained;
	bit p, s;
	bool ok, done;

	d_step { max[ROOT] = 4; max[A] = 3; max[B] = 3; use[B] = 1; use[ROOT] = 1; pool[B] = 1 };
	atomic { run worker(); run shared() };
	attempt();
#ifdef ODDSELF
	inflight[p]--;
#endif
	do
	:: !ok && !done ->
		drained = fl;
		d_step { round++; target = fl; my_round = round };
		requests = true;
#ifndef NOACK
		(ack >= my_round);
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
