/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model g_set_max: the limit of a counter is changed while units are charged.
 *
 * Modeled: one counter, two threads that charge and give back, one setter that lowers the limit
 * strictly (-EBUSY if usage is above), clamps it (the limit takes effect, usage falls later), and
 * raises it again, and a synchronous caller whose refusal must be exact.
 *
 * Code: add_bounded() with the second look at max and the rollback (hierarchy.c); exchange_max(),
 * set_max_strict(), set_max_clamp() (counter.c); charge_drained() and ration_grace() for the
 * refused caller. There is no stock: it has been drained.
 *
 * A charge adds to usage by compare-and-swap, under the limit that it has read before, and reads
 * the limit again. A setter exchanges the limit, then reads usage. At least one of the two sees the
 * other. A charge that finds the limit lowered below usage gives its units back and counts a
 * rollback, like a walk that failed.
 *
 * Proved: while no setter is at work, granted units stay within the limit, unless the limit was
 * clamped; after a strict change that succeeds no usage is above; the refusal of a synchronous
 * charge that no change of the limit meets is exact, not counting units of charges that were rolled
 * back; the balance.
 *
 * Not claimed, as two cases that must fail show: usage itself (not the granted units) may be above
 * a limit that was strictly lowered, until a charge that had read the old limit has given its units
 * back (CLAIM_USAGE); and a refusal while the limit changes compares usage and limit of different
 * moments (CLAIM_REFUSAL).
 *
 * Mutants, each must fail:
 *   NOREREAD    a charge does not look at max again
 *   USAGEFIRST  the setter reads usage before it stores the limit
 *   NORESTORE   a strict change that came too late leaves the new limit
 *   NOBUMP      a rollback is not counted
 *   KEEPUNITS   a charge that found the limit lowered refuses, but leaves its units
 *   NOOVERMAX   a clamp does not set over_max_ok
 */

/* Operations of the two threads that charge. */
#ifndef OPS0
#define OPS0 2
#endif
#ifndef OPS1
#define OPS1 1
#endif
#define HIGH 3
#define LOW 1

byte usage, max = HIGH;
byte rollbacks;
bit seq[2];			/* of the two threads that charge */
bool moved[2];			/* seq has changed since the last wait (32 bits in the code) */
bool over_max_ok;
byte pool;

/* Auxiliary variables, for the assertions only. */
bool setting;			/* the setter is between its exchange and its answer */
byte held;			/* granted units, from the step that decides a charge */
byte hold[2];			/* added to usage by a charge that is not (yet) granted */
bool failed[2];			/* the charge will be rolled back */
byte seen[2];			/* hold[] of undecided charges at the caller's failing read */
byte lost;			/* units in that usage of charges that were rolled back */

/* In the step that decides a charge. */
inline decide(good)
{
	if
	:: good -> held = held + n; hold[id] = 0
	:: else -> failed[id] = true; lost = lost + seen[id]
	fi;
	seen[id] = 0
}

inline next_seq()
{
	d_step { seq[id] = 1 - seq[id]; moved[id] = true }
}

/*
 * add_bounded(): read the limit; compare-and-swap, which is one step here, however often the code
 * repeats it; read the limit again.
 */
inline charge()
{
	next_seq();
	m = max;
	d_step {
		if
		:: usage + n <= m -> usage = usage + n; u = usage; hold[id] = n; ok = true
		:: else -> ok = false
		fi
	};
	if
	:: ok ->
#ifdef NOREREAD
		decide(true)
#else
		d_step { ok = (u <= max); decide(ok) };
		if
		:: !ok ->
#ifdef KEEPUNITS
			d_step { hold[id] = 0; failed[id] = false };
#else
			d_step { usage = usage - n; hold[id] = 0; failed[id] = false };
#endif
#ifndef NOBUMP
			rollbacks++
#endif
		:: else
		fi
#endif
	:: else
	fi;
	next_seq()
}

proctype charger(byte id; byte ops)
{
	byte i, n, m, u;
	bool ok;

	do
	:: i < ops ->
		i++;
		if
		:: n = 1
		:: n = 2
		fi;
		if
		:: charge();
			if :: ok -> pool = pool + n :: else fi
		:: atomic { pool >= n -> pool = pool - n };
			d_step { usage = usage - n; held = held - n }
		fi;
		d_step { n = 0; m = 0; u = 0; ok = false }
	:: else -> break
	od
}

inline set_strict(limit)
{
	if
	:: usage > limit	/* -EBUSY */
	:: else ->
#ifdef USAGEFIRST
		u = usage;
		d_step { old = max; max = limit; setting = true };
#else
		d_step { old = max; max = limit; setting = true };
		u = usage;
#endif
		if
		:: u <= limit -> setting = false
#ifdef NORESTORE
		:: else -> setting = false
#else
		:: else -> d_step { max = old; setting = false }
#endif
		fi
	fi
}

inline set_clamp(limit)
{
	d_step { max = limit; setting = true };
	u = usage;
#ifdef NOOVERMAX
	setting = false
#else
	if
	:: u > limit -> d_step { over_max_ok = true; setting = false }
	:: else -> setting = false
	fi
#endif
}

proctype setter()
{
	byte u, old;

	if
	:: set_strict(LOW)
	:: set_clamp(LOW)
	fi;
	if
	:: set_strict(HIGH)
	:: true
	fi
}

/* The failing read of the refused caller: the units of each undecided or failed charge. */
#define LOOK_AT(w) \
	if \
	:: failed[w] -> lost = lost + hold[w] \
	:: else -> seen[w] = hold[w] \
	fi

inline wait_walk(w)
{
	d_step { s = seq[w]; moved[w] = false };
	if :: s -> (moved[w]) :: else fi
}

/* A synchronous charge of 1, without any stock. The caller's own walk has ended when it waits. */
proctype refuser()
{
	byte m, u0, fu, fmax, u;
	bit s;

	do
	::
		u0 = rollbacks;
		m = max;
		d_step {
			lost = 0; seen[0] = 0; seen[1] = 0; fu = usage; fmax = max;
			if
			:: usage + 1 <= m -> usage++; u = usage
			:: else -> LOOK_AT(0); LOOK_AT(1); u = 0
			fi
		};
		if
		:: u != 0 ->
			d_step {
				if
				:: u <= max -> held++; pool++; u = 1
				:: else -> u = 2
				fi
			};
			if
			:: u == 1 -> break	/* granted */
			:: else -> usage--; rollbacks++
			fi
		:: else ->
			wait_walk(0); wait_walk(1);
			if
			:: rollbacks == u0 ->
#ifdef CLAIM_REFUSAL
				assert(fu - lost + 1 > fmax);
#endif
				assert(fu - lost + 1 > m);	/* P3 */
				break
			:: else
			fi
		fi;
		d_step { u = 0; fu = 0; s = 0; m = 0; u0 = 0; fmax = 0 }
	od
}

init {
	atomic { run charger(0, OPS0); run charger(1, OPS1); run setter(); run refuser() };
	(_nr_pr == 2);
	assert(usage == held);
	assert(held == pool)
}

active proctype auditor()
{
end:	if
	:: atomic { !setting && !over_max_ok && held > max -> assert(held <= max) }	/* P1 */
#ifdef CLAIM_USAGE
	:: atomic { !setting && !over_max_ok && usage > max -> assert(usage <= max) }
#endif
	fi
}
