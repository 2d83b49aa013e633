/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model f_partial: a drain scan takes several quiescent points, and drainers come and go meanwhile.
 *
 * Modeled: one lcore with two stock entries, one of which it empties at each quiescent point, and a
 * drainer that opens rounds, waits or gives up, closes and opens again. A scan reads the round
 * number when it starts, completes with that number whatever is requested meanwhile, and
 * acknowledges it. A request that came meanwhile is still in the mailbox, and the next scan finds
 * it.
 *
 * Code: serve(), the drain scan and the pending word that continues an unfinished scan (serve.c);
 * answered() (drain.c). ENDLESS has a drainer that never stops opening rounds and never waits;
 * round numbers are then taken modulo 4.
 *
 * Proved: a drainer that is answered finds no stock inside the gate. The claim `answers` proves
 * that scans end however often rounds are opened. A scan that restarted with each new round would
 * be right, too, but never end: mutant RESTART.
 *
 * Mutants, each must fail:
 *   NEWEST     a scan acknowledges the round of the moment when it ends
 *   RESUME     a scan adopts a new round in the middle, without restarting
 *   SKIPFIRST  a scan clears a request that came while it ran
 *   CLEARLATE  the requests are cleared after the round is read
 *   RESTART    a scan restarts when the round has changed (with ENDLESS)
 */

#ifdef ENDLESS
#define COUNT(g) ((g + 1) & 3)
#define ROUNDS 1
#else
#define COUNT(g) (g + 1)
#define ROUNDS 3
#endif
#define USES 4

byte round, ack, stock[2];
bool requests, gate, quit;
bool scanning;		/* a drain scan is unfinished */

active proctype lcore()
{
	byte next, scanned, uses, n;

	do
#ifdef ENDLESS
	:: !requests && !scanning ->	/* once per burst the lcore comes to a quiescent point */
#else
	:: uses < USES ->	/* an uncharge to an inactive entry */
#endif
#ifndef ENDLESS
		uses++;
#endif
		if :: n = 0 :: n = 1 fi;
		if
		:: gate
		:: !gate -> stock[n] = 1
		fi
	:: requests || scanning ->	/* a quiescent point: the work of one entry */
		if
		:: !scanning ->
#ifdef CLEARLATE
			scanned = round; requests = false;
#else
			requests = false; scanned = round;
#endif
			next = 0; scanning = true
		:: else
#ifdef RESUME
			-> scanned = round
#endif
#ifdef RESTART
			-> if :: scanned != round -> scanned = round; requests = false; next = 0
			:: else fi
#endif
		fi;
		stock[next] = 0;
		next++;
		if
		:: next == 2 ->
			next = 0; scanning = false;
#ifdef NEWEST
			scanned = round;
#endif
#ifdef SKIPFIRST
			requests = false;
#endif
progress:		ack = scanned
		:: else
		fi
	:: quit && !requests && !scanning -> break
	od
}

active proctype drainer()
{
	byte k, my_round;

	do
	:: k < ROUNDS ->
#ifdef ENDLESS
		round = COUNT(round); gate = true; requests = true; gate = false
#else
		k++;
		d_step { round = COUNT(round); gate = true; my_round = round };
		requests = true;
		if
		:: ack >= my_round -> assert(stock[0] + stock[1] == 0)
		:: k < ROUNDS		/* gives up */
		fi;
		gate = false
#endif
	:: else -> break
	od;
	quit = true
}

ltl answers { [] (scanning -> <> !scanning) }
