/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model c_rounds: two lcores drain the same counter at once, and serve each other meanwhile.
 *
 * What is modelled: one counter without parent, three lcores with a slot and a mailbox each. Lcores
 * 0 and 2 charge synchronously once and serve their mailboxes while they wait; lcore 1 only works
 * and polls. The round is one word {gen, holders}: an opening is one atomic operation that counts
 * gen up and adds the asker's bit, whether a round is running or not; a closing is one that takes
 * the bit out. The gate is set while there is a holder.
 *
 * Stands for: ration_round_open() and ration_round_close() (round.c); ask(), request(), check_row()
 * and wait_for_all() (drain.c); pass_begin() and pass_end() (serve.c); charge_in_round() (sync.c);
 * release_askers() (gone.c). Slots are used as in a_feed_gate, with one unit at a time. A mailbox is
 * a flag: a second message says no more than the first.
 *
 * Proved: no deadlock, P1 and usage >= granted + stock at every instant, P2 and a closed gate at the
 * end, P3 at the failing read; by `ends` that rounds end under weak fairness. With TIMEOUT askers
 * may give up. With KILL lcore 2 may die while it waits, and a sweep clears its bit.
 *
 * Mutants, each must fail:
 *   BOOLGATE   the gate is one flag that the first to finish clears
 *   NOHOLD     who finds a round running does not add a bit of its own
 *   SPLIT      gen is counted up first, the bit is added in a second step
 *   NOSELF     an asker that finds a round running does not drain itself, but says so
 *   DEAF       an asker neither drains itself first nor serves while it waits: two wait for each
 *              other (NOSERVE alone passes: who opens a round answers all that are open)
 *   ACKLATER   an lcore reads the generation after a pass began and the drain is still to come, but
 *              stores one more than it read, to save a pass
 *   NOREAP     a dead asker's bit stays
 */

#define MAX 3
#define AHEAD 1
/* Operations of lcores 0, 1 and 2. */
#ifndef OPS0
#define OPS0 1
#endif
#ifndef OPS1
#define OPS1 1
#endif
#ifndef OPS2
#define OPS2 1
#endif

byte usage, stock[3], cap[3];
byte gen, holders;		/* the round word: always read and written as one */
bool flag;			/* BOOLGATE's */
bool mail[3]; byte ack[3];
byte pool, working = 3;
bool dead;

byte held;			/* ghost: granted units, from the take to the release; see a_feed_gate */

#ifdef BOOLGATE
#define GATE flag
#else
#define GATE (holders != 0)
#endif

inline take(n, used)
{
	d_step {
		if
		:: usage + n <= MAX -> usage = usage + n; held = held + used; ok = true
		:: else -> ok = false; h = held; z = stock[0] + stock[1] + stock[2]
		fi
	}
}

inline give(n, ungranted)
{
	d_step { usage = usage - n; held = held - ungranted }
}

inline look_ahead()
{
	g = GATE;
	if
	:: !g -> ahead = AHEAD
	:: ahead = 0
	fi
}

inline charge1()
{
	s = stock[id];
	if
	:: s >= 1 -> d_step { stock[id] = s - 1; held++; pool++ }
	:: else ->
		look_ahead();
		b = 1 + ahead;
		take(b, 1);
		if
		:: !ok && ahead > 0 -> ahead = 0; take(1, 1)
		:: else
		fi;
		if
		:: ok -> d_step { stock[id] = ahead; cap[id] = 2 * ahead; pool++ }
		:: else
		fi
	fi
}

inline uncharge1()
{
	s = stock[id];
	if
	:: s + 1 <= cap[id] -> d_step { stock[id] = s + 1; held-- }
	:: else ->
		look_ahead();
		b = (ahead > s -> 1 : 0);	/* what of the unit the slot keeps */
		d_step { stock[id] = ahead; cap[id] = 2 * ahead; held = held - b };
		if
		:: s + 1 > ahead -> s = s + 1 - ahead; b = 1 - b; give(s, b)
		:: else
		fi
	fi
}

inline drain_self()
{
	s = stock[id];
	d_step { stock[id] = 0; cap[id] = 0 };
	if :: s > 0 -> give(s, 0) :: else fi;
	s = 0
}

/* A pass: mailbox, generation, slots, answer. */
inline serve()
{
	mail[id] = false;
	r = gen;
#ifdef ACKLATER
	r = r + 1;
#endif
	drain_self();
	ack[id] = r;
	r = 0
}

inline open()
{
#ifdef SPLIT
	d_step { gen++; own = gen };
	holders = holders | (1 << id);
#else
	d_step {
		joined = (holders != 0);
		gen++; own = gen; flag = true;
#ifdef NOHOLD
		if :: !joined -> holders = holders | (1 << id) :: else fi
#else
		holders = holders | (1 << id)
#endif
	};
#endif
}

/* ask(): itself in place, in its turn; the others by mail. */
inline ask(i)
{
	if
	:: i == id ->
#ifdef DEAF
		drain_self()
#elif defined(NOSELF)
		if :: joined -> ack[id] = own :: else -> serve() fi
#else
		serve()
#endif
	:: else -> mail[i] = true
	fi
}

#ifdef DEAF
#define ANSWERED(i) (i == id || ack[i] >= own)
#else
#define ANSWERED(i) (ack[i] >= own)
#endif

inline sync_charge(n)
{
	take(n, n);
	if
	:: ok -> pool = pool + n
	:: else ->
		open();
		ask(0); ask(1); ask(2);
#ifdef KILL
		if
		:: id == 2 -> goto died
		:: true
		fi;
#endif
		do
		:: ANSWERED(0) && ANSWERED(1) && (ANSWERED(2) || dead) -> break
#ifndef DEAF
		:: mail[id] -> serve()
#endif
#ifdef TIMEOUT
		:: late = true; break
#endif
		od;
		take(n, n);
		if
		:: ok -> pool = pool + n
		:: !ok && !late -> assert(z == 0); assert(h + n > MAX)	/* P3 */
		:: else		/* not reached without TIMEOUT */
		fi;
		d_step { holders = holders & (255 - (1 << id)); flag = false }
	fi
}

proctype lcore(byte id; byte ops; byte calls)
{
	byte i, k, s, b, r, h, z, own, ahead;
	bool ok, g, late, joined;

	do
	:: i < ops ->
		i++;
		if
		:: charge1()
		:: d_step { pool > 0 -> pool-- }; uncharge1()
		fi;
		d_step { s = 0; b = 0; g = false; ok = false; h = 0; z = 0; ahead = 0 }
	:: k < calls ->
		k++;
		if
		:: id == 0 -> sync_charge(1)
		:: else -> sync_charge(2)
		fi;
		d_step { ok = false; h = 0; z = 0; own = 0; late = false; joined = false; s = 0 }
	:: mail[id] -> serve()
	:: atomic { i == ops && k == calls -> i++; working-- }
	:: i > ops && working == 0 && !mail[id] -> break
	od;
	goto end;
died:	skip;							/* not reached without KILL */
	d_step { dead = true; if :: i <= ops -> working-- :: else fi };	/* not reached without KILL */
#ifndef NOREAP
	/* The sweep: the bit and the stock of the dead. */
	s = stock[id];							/* not reached without KILL */
	d_step { stock[id] = 0; cap[id] = 0; usage = usage - s };	/* not reached without KILL */
	holders = holders & (255 - (1 << id));				/* not reached without KILL */
#endif
end:	skip
}

init {
	atomic { run lcore(0, OPS0, 1); run lcore(1, OPS1, 0); run lcore(2, OPS2, 1) };
	(_nr_pr == 2);
	assert(usage == pool + stock[0] + stock[1] + stock[2]);	/* P2 */
	assert(held == pool);
	assert(holders == 0)
}

active proctype auditor()
{
end:	if
	:: atomic { usage > MAX -> assert(usage <= MAX) }
	:: atomic { usage < held + stock[0] + stock[1] + stock[2] ->
			assert(usage >= held + stock[0] + stock[1] + stock[2]) }
	fi
}

ltl ends { [] ((holders != 0) -> <> (holders == 0)) }
