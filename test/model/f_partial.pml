/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model f_partial: a pass over the slots takes several quiescent points, and askers come and go
 * meanwhile.
 *
 * What is modelled: one lcore with two slots, one of which it drains at each quiescent point, and an
 * asker that opens rounds, waits or gives up, closes and opens again. A pass reads the generation
 * when it begins, is finished with it whatever is asked for meanwhile, and acknowledges it; what
 * came meanwhile is found by the next pass, because the request stands in the mailbox.
 *
 * Stands for: serve(), pass_begin(), pass_go(), pass_end() and the attention word that brings an
 * unfinished pass back (serve.c); answered() (drain.c). ENDLESS has an asker that never stops
 * asking and never waits; generations are then taken modulo 4.
 *
 * Proved: an answered asker finds no stock in the gate; by `answers` that passes end however often
 * is asked. A pass that began anew with each new generation would be right, too, but never end:
 * mutant RESTART.
 *
 * Mutants, each must fail:
 *   NEWEST      a finished pass acknowledges the generation of that moment
 *   RESUME      a pass that finds a new generation goes on where it was and takes it over
 *   SKIPFIRST   a pass that found a request on its way does not begin again afterwards
 *   MAILLATE    the mailbox is emptied after the generation is read
 *   RESTART     a pass begins anew when the generation has changed (with ENDLESS)
 */

#ifdef ENDLESS
#define COUNT(g) ((g + 1) & 3)
#define ROUNDS 1
#else
#define COUNT(g) (g + 1)
#define ROUNDS 3
#endif
#define USES 4

byte gen, ack, stock[2];
bool mail, gate, quit;
bool running;		/* a pass is under way */

active proctype lcore()
{
	byte next, view, uses, n;

	do
#ifdef ENDLESS
	:: !mail && !running ->	/* once per burst it comes to a quiescent point */
#else
	:: uses < USES ->	/* an uncharge to an inactive slot */
#endif
#ifndef ENDLESS
		uses++;
#endif
		if :: n = 0 :: n = 1 fi;
		if
		:: gate
		:: !gate -> stock[n] = 1
		fi
	:: mail || running ->	/* a quiescent point: the work of one slot */
		if
		:: !running ->
#ifdef MAILLATE
			view = gen; mail = false;
#else
			mail = false; view = gen;
#endif
			next = 0; running = true
		:: else
#ifdef RESUME
			-> view = gen
#endif
#ifdef RESTART
			-> if :: view != gen -> view = gen; mail = false; next = 0 :: else fi
#endif
		fi;
		stock[next] = 0;
		next++;
		if
		:: next == 2 ->
			next = 0; running = false;
#ifdef NEWEST
			view = gen;
#endif
#ifdef SKIPFIRST
			mail = false;
#endif
progress:		ack = view
		:: else
		fi
	:: quit && !mail && !running -> break
	od
}

active proctype asker()
{
	byte k, own;

	do
	:: k < ROUNDS ->
#ifdef ENDLESS
		gen = COUNT(gen); gate = true; mail = true; gate = false
#else
		k++;
		d_step { gen = COUNT(gen); gate = true; own = gen };
		mail = true;
		if
		:: ack >= own -> assert(stock[0] + stock[1] == 0)
		:: k < ROUNDS		/* gives up */
		fi;
		gate = false
#endif
	:: else -> break
	od;
	quit = true
}

ltl answers { [] (running -> <> !running) }
