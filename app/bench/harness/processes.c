/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/processes.h"

/** A process that does not answer for this many seconds has failed. */
#define ANSWER_S 60

/** Times of one iteration, on CLOCK_MONOTONIC, which all processes share. */
struct times {
	int64_t start_ns;
	int64_t end_ns;
};

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Main loop of a process. Never returns. */
static void
serve(int line, pid_t parent, process_work_t work, void *arg)
{
	struct times t;
	char go;

	/* The parent may have died before prctl(). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	while (read(line, &go, 1) == 1) {
		t.start_ns = now_ns();
		if (!work(arg))
			_exit(EXIT_FAILURE);
		t.end_ns = now_ns();
		if (write(line, &t, sizeof(t)) != (ssize_t)sizeof(t))
			_exit(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS);
}

/*
 * No other process has this end of the socket open, so its close shows that the process has ended.
 * It is closed here before the next fork().
 */
static int
start_one(struct processes *c, process_work_t work, void *arg)
{
	const struct timeval patience = {.tv_sec = ANSWER_S};
	pid_t parent = getpid(), pid;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		serve(ends[1], parent, work, arg);
	}
	close(ends[1]);
	if (pid < 0 || setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience))) {
		close(ends[0]);
		return -1;
	}
	c->pids[c->nb] = pid;
	c->lines[c->nb++] = ends[0];
	return 0;
}

int
processes_start(struct processes *c, uint32_t nb, process_work_t work, void *arg)
{
	c->nb = 0;
	while (c->nb < nb) {
		if (start_one(c, work, arg) < 0) {
			warn("cannot start process %u of %u", c->nb + 1, nb);
			processes_end(c);
			return -1;
		}
	}
	return 0;
}

double
processes_run(struct processes *c)
{
	int64_t start = INT64_MAX, end = 0;
	struct times t;
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		/* Sending to a process that has ended must not raise SIGPIPE. */
		if (send(c->lines[i], "", 1, MSG_NOSIGNAL) != 1)
			return -1;
	}
	for (i = 0; i < c->nb; i++) {
		if (recv(c->lines[i], &t, sizeof(t), MSG_WAITALL) != (ssize_t)sizeof(t))
			return -1;
		start = t.start_ns < start ? t.start_ns : start;
		end = t.end_ns > end ? t.end_ns : end;
	}
	return (double)(end - start);
}

void
processes_end(struct processes *c)
{
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		/* The process may be in the middle of an iteration. */
		kill(c->pids[i], SIGKILL);
		close(c->lines[i]);
	}
	for (i = 0; i < c->nb; i++)
		waitpid(c->pids[i], NULL, 0);
	c->nb = 0;
}
