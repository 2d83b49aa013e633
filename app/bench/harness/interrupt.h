/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_INTERRUPT_H_
#define BENCH_INTERRUPT_H_

/**
 * @file
 * SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 end the measurements, and what was measured is
 * reported. A signal that the parent process has set to be ignored stays ignored.
 */

#include <signal.h>

/**
 * Catch the signals. The first one is stored in `signal`. If the program has not ended by itself,
 * the same signal once more ends it at once.
 */
void interrupt_catch(volatile sig_atomic_t *signal);

/** Ignore further signals. @return the signal that was caught, or 0 */
int interrupt_ignore(void);

#endif /* BENCH_INTERRUPT_H_ */
