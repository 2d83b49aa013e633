/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model c_rounds: two lcores drain the same counter at the same time, and serve each other
 * meanwhile.
 *
 * Modeled: one counter without parent, three lcores with a stock entry and a requests flag each.
 * Lcores 0 and 2 charge synchronously once and serve requests while they wait; lcore 1 only works
 * and polls. The round is one word {round, drainers}. An opening is one atomic operation that
 * increments the round number and adds the drainer's bit, whether a round is running or not; a
 * closing removes the bit. The gate is set while a drainer's bit is set.
 *
 * Code: ration_gate_open() and ration_gate_close() (round.c); request(), check_row() and
 * wait_for_all() (drain.c); the start and the end of a drain scan (serve.c); charge_in_round()
 * (sync.c); ration_reap(), which removes the bit of a dead drainer. Entries are used as in
 * a_feed_gate, with one unit at a time. Requests are a flag: a second request changes nothing.
 *
 * Proved: no deadlock, P1 and usage >= granted + stock at every instant, P2 and a closed gate at
 * the end, P3 at the failing read. The claim `ends` proves that rounds end under weak fairness.
 * With TIMEOUT drainers may give up. With KILL lcore 2 may die while it waits; reaping clears its
 * bit.
 *
 * Mutants, each must fail:
 *   BOOLGATE  the gate is one flag that the first drainer to finish clears
 *   NOBIT     a drainer that finds a round running does not add a bit of its own
 *   SPLIT     the round number is incremented first, the bit is added in a second step
 *   NOSELF    a drainer that finds a round running acknowledges without draining itself
 *   DEAF      a drainer neither drains itself first nor serves while it waits: two drainers wait
 *             for each other (not to serve alone passes: an opening answers all open rounds)
 *   ACKLATER  an lcore reads the round after a drain scan has started and the entries are still to
 *             be emptied, but acknowledges one round more than it read, to save a scan
 *   NOREAP    the bit of a dead drainer stays set
 */

#define MAX 3
#define PRECHARGE 1
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
byte round, drainers;		/* the round word: always read and written as one */
bool flag;			/* used by BOOLGATE */
bool requests[3]; byte ack[3];
byte pool, working = 3;
bool dead;

byte held;			/* auxiliary: granted units, counted as in a_feed_gate */

#ifdef BOOLGATE
#define GATE flag
#else
#define GATE (drainers != 0)
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

inline choose_precharge()
{
	g = GATE;
	if
	:: !g -> precharge = PRECHARGE
	:: precharge = 0
	fi
}

inline charge1()
{
	s = stock[id];
	if
	:: s >= 1 -> d_step { stock[id] = s - 1; held++; pool++ }
	:: else ->
		choose_precharge();
		b = 1 + precharge;
		take(b, 1);
		if
		:: !ok && precharge > 0 -> precharge = 0; take(1, 1)
		:: else
		fi;
		if
		:: ok -> d_step { stock[id] = precharge; cap[id] = 2 * precharge; pool++ }
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
		choose_precharge();
		b = (precharge > s -> 1 : 0);	/* whether the entry keeps the unit */
		d_step { stock[id] = precharge; cap[id] = 2 * precharge; held = held - b };
		if
		:: s + 1 > precharge -> s = s + 1 - precharge; b = 1 - b; give(s, b)
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

/* A drain scan: requests, round, entry, acknowledgement. */
inline serve()
{
	requests[id] = false;
	r = round;
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
	d_step { round++; my_round = round };
	drainers = drainers | (1 << id);
#else
	d_step {
		running = (drainers != 0);
		round++; my_round = round; flag = true;
#ifdef NOBIT
		if :: !running -> drainers = drainers | (1 << id) :: else fi
#else
		drainers = drainers | (1 << id)
#endif
	};
#endif
}

/*
 * request(): a drainer drains itself in place, in the order of the lcores; the others get a
 * request.
 */
inline request(i)
{
	if
	:: i == id ->
#ifdef DEAF
		drain_self()
#elif defined(NOSELF)
		if :: running -> ack[id] = my_round :: else -> serve() fi
#else
		serve()
#endif
	:: else -> requests[i] = true
	fi
}

#ifdef DEAF
#define ANSWERED(i) (i == id || ack[i] >= my_round)
#else
#define ANSWERED(i) (ack[i] >= my_round)
#endif

inline sync_charge(n)
{
	take(n, n);
	if
	:: ok -> pool = pool + n
	:: else ->
		open();
		request(0); request(1); request(2);
#ifdef KILL
		if
		:: id == 2 -> goto died
		:: true
		fi;
#endif
		do
		:: ANSWERED(0) && ANSWERED(1) && (ANSWERED(2) || dead) -> break
#ifndef DEAF
		:: requests[id] -> serve()
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
		d_step { drainers = drainers & (255 - (1 << id)); flag = false }
	fi
}

proctype lcore(byte id; byte ops; byte calls)
{
	byte i, k, s, b, r, h, z, my_round, precharge;
	bool ok, g, late, running;

	do
	:: i < ops ->
		i++;
		if
		:: charge1()
		:: d_step { pool > 0 -> pool-- }; uncharge1()
		fi;
		d_step { s = 0; b = 0; g = false; ok = false; h = 0; z = 0; precharge = 0 }
	:: k < calls ->
		k++;
		if
		:: id == 0 -> sync_charge(1)
		:: else -> sync_charge(2)
		fi;
		d_step { ok = false; h = 0; z = 0; my_round = 0; late = false; running = false;
			s = 0 }
	:: requests[id] -> serve()
	:: atomic { i == ops && k == calls -> i++; working-- }
	:: i > ops && working == 0 && !requests[id] -> break
	od;
	goto end;
died:	skip; /* not reached without KILL */
	d_step { dead = true; if :: i <= ops -> working-- :: else fi }; /* not reached without KILL */
#ifndef NOREAP
	/* ration_reap(): the bit and the stock of the dead lcore. */
	s = stock[id]; /* not reached without KILL */
	d_step { stock[id] = 0; cap[id] = 0; usage = usage - s }; /* not reached without KILL */
	drainers = drainers & (255 - (1 << id)); /* not reached without KILL */
#endif
end:	skip
}

init {
	atomic { run lcore(0, OPS0, 1); run lcore(1, OPS1, 0); run lcore(2, OPS2, 1) };
	(_nr_pr == 2);
	assert(usage == pool + stock[0] + stock[1] + stock[2]);	/* P2 */
	assert(held == pool);
	assert(drainers == 0)
}

active proctype auditor()
{
end:	if
	:: atomic { usage > MAX -> assert(usage <= MAX) }
	:: atomic { usage < held + stock[0] + stock[1] + stock[2] ->
			assert(usage >= held + stock[0] + stock[1] + stock[2]) }
	fi
}

ltl ends { [] ((drainers != 0) -> <> (drainers == 0)) }
