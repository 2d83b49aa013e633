/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model j_launch: a drain of an EAL worker that alternates between running and WAIT.
 *
 * Modeled: main launches a function of the application on a worker, collects its result later, and
 * drains in between; the function uses stock, polls, and returns without going offline, so its
 * stock remains. A second thread drains, too; it must not launch. The lcore state of EAL is WAIT or
 * RUNNING, a launch is a message that the worker takes. EAL does not protect against a second
 * message before the first is taken.
 *
 * Code: is_launchable(), launch(), serve_launched(), request(), check_row() and note_timeouts()
 * (drain.c); rte_eal_remote_launch() and rte_eal_wait_lcore() of EAL.
 *
 * The rule: only main launches. It looks at the state, gets -EBUSY if the worker runs, and then
 * leaves a return request. A worker that has got a request and returns to WAIT is launched in the
 * next iteration of the wait. The result of the application's function is read before the launch
 * and returned by the drain function, because the application may still collect it.
 *
 * Proved: main's drain ends, without stock on the worker inside the gate; the application collects
 * the result of its own function; no two threads launch at the same time; a drain of the second
 * thread ends answered or times out. Bounds: RUNS functions, DRAINS drains.
 *
 * Mutants, each must fail:
 *   ASKONCE     main requests once, and does not look again whether the worker is in WAIT
 *   BOTHLAUNCH  the second thread launches, too
 *   OWNRESULT   the drain function returns its own result
 *   NOWAIT      a launched drain is not waited for before the acknowledgement is read
 *   NOBUSY      a failed launch on a running worker counts as done
 *   NOGATE      the function takes units ahead inside the gate
 */

#define RUNS 2
#define DRAINS 2
#define WAIT 0
#define RUNNING 1
#define APP 1
#define DRAIN 2

byte state, job, result;	/* of EAL, for the worker */
byte launch_result;		/* ration_lcore::launch_result */
byte round, ack, stock;
byte drainers;			/* bit 0 main, bit 1 the second thread */
bool requests, quit;
byte launching;			/* auxiliary: threads inside rte_eal_remote_launch() */
byte expected;			/* auxiliary: result of the last function of the application */

inline serve()
{
	requests = false;
	r = round;
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
		/* Takes units ahead, polls, ends at any time; its stock remains. */
		uses = 0;
		if :: stays = true :: stays = false fi;	/* while main drains */
		do
		:: uses < 2 ->
			uses++;
			g = (drainers != 0);
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
		:: requests -> serve()
		:: !stays || (!requests && (drainers & 1) == 0) -> break
		od;
		uses = 0; stays = false;
		d_step { expected = expected + 1; result = expected; job = 0; state = WAIT }
	:: job == DRAIN ->
		serve();	/* serves completely, then returns launch_result */
#ifdef OWNRESULT
		d_step { result = 0; job = 0; state = WAIT }
#else
		d_step { result = launch_result; job = 0; state = WAIT }
#endif
	:: quit && job == 0 -> break
	od
}

/* rte_eal_remote_launch(): looks at the state, then sends. rc: the state was WAIT. */
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

/* request(): launch if the worker is in WAIT, otherwise leave a return request. */
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
	:: !rc && !may_launch && !requested -> requested = true; requests = true
#else
	:: !rc && !requested -> requested = true; requests = true
#endif
	:: else
	fi
}

inline drain(bit_no, may_launch)
{
	d_step { round++; my_round = round; drainers = drainers | (1 << bit_no); late = false };
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
		:: ack >= my_round -> break
		:: else ->
			if
			:: !may_launch -> late = true; break	/* times out: only main launches */
			:: true
			fi;
#ifdef ASKONCE
			(ack >= my_round || !may_launch)
#else
			/* The code spins; the model waits for a change. */
			(ack >= my_round || !may_launch || state == WAIT);
			if
			:: ack < my_round && may_launch -> launched = false; request(may_launch)
			:: else
			fi
#endif
		fi
	od;
	if
	:: !late -> assert(stock == 0)
	:: else
	fi;
	drainers = drainers & (3 - (1 << bit_no));
	d_step { launched = false; requested = false; my_round = 0; late = false; rc = false }
}

#ifdef BOTHLAUNCH
#define SECOND_MAY true
#else
#define SECOND_MAY false
#endif

proctype second()
{
	byte k, my_round;
	bool launched, requested, rc, late;

	do
	:: k < DRAINS -> k++; drain(1, SECOND_MAY)
	:: else -> break
	od
}

active proctype main()
{
	byte k, runs, my_round;
	bool launched, requested, rc, late;

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
	assert(drainers == 0)
}
