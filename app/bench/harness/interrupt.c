/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "harness/interrupt.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

#define NB_SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t *caught;

static void
note(int signal)
{
	if (*caught == 0)
		*caught = signal;
}

static void
handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_flags = flags}, old;

	if (sigaction(signal, NULL, &old) != 0 || old.sa_handler == SIG_IGN)
		return;
	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

void
interrupt_catch(volatile sig_atomic_t *signal)
{
	size_t i;

	caught = signal;
	/* With SA_RESTART, reads and waits for other programs go on. */
	for (i = 0; i < NB_SIGNALS; i++)
		handle(signals[i], note, (int)(SA_RESTART | SA_RESETHAND));
}

int
interrupt_ignore(void)
{
	int first = *caught;
	size_t i;

	for (i = 0; i < NB_SIGNALS; i++)
		handle(signals[i], SIG_IGN, 0);
	return first;
}
