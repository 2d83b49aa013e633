/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model j_launch: a drain of an EAL worker that comes and goes between running and WAIT.
 *
 * What is modelled: main launches a function of the application on a worker, collects its result
 * later, and drains in between; the function uses stock, polls, and returns without going offline,
 * so stock stays behind. A second thread drains, too, which may not launch. EAL's lcore state is
 * WAIT or RUNNING, a launch is a message that the worker takes; a second message before the first is
 * taken is the defect that EAL does not protect from.
 *
 * Stands for: is_launchable(), launch(), serve_launched(), request(), check_row() and
 * note_timeouts() (drain.c); rte_eal_remote_launch() and rte_eal_wait_lcore() of EAL.
 *
 * The rule: only main launches; it looks at the state and gets -EBUSY if the worker runs, then asks
 * by mail; a worker that it has asked by mail and that returns to WAIT is launched on the next turn
 * of the wait; the result of the application's function is read before the launch and returned by
 * the drain function, because the application may still ask for it.
 *
 * Proved: main's drain ends, with no stock on the worker in the gate; the result that the
 * application collects is its own function's; nobody launches at the same time as another; a
 * drain of the second thread ends answered or times out. Bounds: RUNS functions, DRAINS drains.
 *
 * Mutants, each must fail:
 *   ASKONCE     main asks once, and does not look again whether the worker is in WAIT
 *   BOTHLAUNCH  the second thread launches, too
 *   OWNRESULT   the drain function returns its own result
 *   NOWAIT      a launched drain is not waited for before the answer is looked at
 *   NOBUSY      a launch on a running worker is taken for done
 *   NOGATE      the function takes ahead in the gate
 */

#define RUNS 2
#define DRAINS 2
#define WAIT 0
#define RUNNING 1
#define APP 1
#define DRAIN 2

byte state, job, result;	/* EAL's: of the worker */
byte launch_result;		/* ration_lcore::launch_result */
byte gen, ack, stock;
byte holders;			/* bit 0 main, bit 1 the second thread */
bool mail, quit;
byte launching;			/* ghost: how many are in rte_eal_remote_launch() */
byte expected;			/* ghost: result of the last function of the application */

inline serve()
{
	mail = false;
	r = gen;
	stock = 0;
	ack = r;
	r = 0
}

proctype worker()
{
	byte r, uses;
	bool g, stays;

	do
	:: job == APP ->
		/* Takes ahead, polls, ends when it likes; its stock stays. */
		uses = 0;
		if :: stays = true :: stays = false fi;	/* while main drains */
		do
		:: uses < 2 ->
			uses++;
			g = (holders != 0);
			if
#ifndef NOGATE
			:: g
#endif
			:: !g -> stock = 1
#ifdef NOGATE
			:: else -> stock = 1
#endif
			fi;
			g = false
		:: mail -> serve()
		:: !stays || (!mail && (holders & 1) == 0) -> break
		od;
		uses = 0; stays = false;
		d_step { expected = expected + 1; result = expected; job = 0; state = WAIT }
	:: job == DRAIN ->
		serve();	/* ration_serve_fully(), then launch_result is returned */
#ifdef OWNRESULT
		d_step { result = 0; job = 0; state = WAIT }
#else
		d_step { result = launch_result; job = 0; state = WAIT }
#endif
	:: quit && job == 0 -> break
	od
}

/* rte_eal_remote_launch(): looks, and then sends. rc: it was WAIT. */
inline remote_launch(what)
{
	d_step { launching++; assert(launching == 1) };
	rc = (state == WAIT);
	if
	:: rc -> d_step { state = RUNNING; job = what }
	:: else		/* -EBUSY */
	fi;
	launching--
}

/* request(): launch if the worker is in WAIT, else mail. */
inline request(may_launch)
{
	rc = false;
	if
	:: may_launch && state == WAIT ->
		launch_result = result;
		remote_launch(DRAIN)
	:: else
	fi;
	if
	:: rc -> launched = true
#ifdef NOBUSY
	:: !rc && may_launch -> launched = true
	:: !rc && !may_launch && !mailed -> mailed = true; mail = true
#else
	:: !rc && !mailed -> mailed = true; mail = true
#endif
	:: else
	fi
}

inline drain(bit_no, may_launch)
{
	d_step { gen++; own = gen; holders = holders | (1 << bit_no); late = false };
	request(may_launch);
	do
	::
		if
#ifndef NOWAIT
		:: launched -> (state == WAIT)
#endif
		:: else
		fi;
#ifdef NOWAIT
		if :: launched -> break :: else fi;
#endif
		if
		:: ack >= own -> break
		:: else ->
			if
			:: !may_launch -> late = true; break	/* times out: only main can launch */
			:: true
			fi;
#ifdef ASKONCE
			(ack >= own || !may_launch)
#else
			/* Spinning, written as waiting for what changes. */
			(ack >= own || !may_launch || state == WAIT);
			if
			:: ack < own && may_launch -> launched = false; request(may_launch)
			:: else
			fi
#endif
		fi
	od;
	if
	:: !late -> assert(stock == 0)
	:: else
	fi;
	holders = holders & (3 - (1 << bit_no));
	d_step { launched = false; mailed = false; own = 0; late = false; rc = false }
}

#ifdef BOTHLAUNCH
#define SECOND_MAY true
#else
#define SECOND_MAY false
#endif

proctype second()
{
	byte k, own;
	bool launched, mailed, rc, late;

	do
	:: k < DRAINS -> k++; drain(1, SECOND_MAY)
	:: else -> break
	od
}

active proctype main()
{
	byte k, runs, own;
	bool launched, mailed, rc, late;

	atomic { run worker(); run second() };
	do
	:: runs < RUNS && state == WAIT ->
		remote_launch(APP);
		runs++; rc = false
	:: k < DRAINS -> k++; drain(0, true)
	:: (state == WAIT) ->	/* rte_eal_wait_lcore() of the application */
		assert(result == expected)
	:: k == DRAINS && runs == RUNS -> break
	od;
	(_nr_pr == 2);
	quit = true;
	(_nr_pr == 1);
	assert(result == expected);
	assert(holders == 0)
}
