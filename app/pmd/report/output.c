/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "report/output.h"

/* Bytes of one write to a descriptor that does not wait. A regular file takes them at once. */
#define CHUNK 65536

/*
 * Open the same pipe or terminal once more, for writes that do not wait. O_NONBLOCK of the given
 * descriptor must stay as it is: other processes share it, for example the shell.
 */
static int
open_again(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
output_open(struct output *o, int fd)
{
	struct stat st;
	int again;

	if (fstat(fd, &st) < 0)
		return -errno;
	*o = (struct output){.fd = fd, .is_socket = S_ISSOCK(st.st_mode), .chunk = CHUNK};
	/* A regular file always has room. Opened once more, it would be written from its start. */
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
		return 0;
	again = open_again(fd);
	if (again < 0) {
		/* poll() reports room for at least this number of bytes in a pipe. */
		o->chunk = PIPE_BUF;
		return 0;
	}
	close(fd);
	o->fd = again;
	return 0;
}

void
output_set(struct output *o, char *text, size_t size)
{
	o->text = text;
	o->size = size;
	o->written = 0;
}

static void
forget(struct output *o)
{
	free(o->text);
	o->text = NULL;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Write once, without waiting. Returns 0 or a negative errno. */
static int
write_some(struct output *o)
{
	const char *from = o->text + o->written;
	size_t size = RTE_MIN(o->size - o->written, o->chunk);
	ssize_t n;

	n = o->is_socket ? send(o->fd, from, size, MSG_DONTWAIT | MSG_NOSIGNAL)
			 : write(o->fd, from, size);
	if (n < 0)
		return -errno;
	o->written += (size_t)n;
	return 0;
}

/* Returns 0 when the descriptor has room, -EAGAIN when it has none in time. */
static int
wait_for_room(const struct output *o, int64_t until)
{
	struct pollfd p = {.fd = o->fd, .events = POLLOUT};
	int64_t left = RTE_MAX(until - now_ms(), 0);
	int rc = poll(&p, 1, (int)RTE_MIN(left, INT_MAX));

	if (rc > 0)
		return 0;
	/* A signal may be the request to stop. */
	return rc == 0 || errno == EINTR ? -EAGAIN : -errno;
}

int
output_write(struct output *o, unsigned int timeout_ms)
{
	int64_t until = now_ms() + timeout_ms;
	int rc = 0;

	while (o->text != NULL && o->written < o->size && rc == 0) {
		rc = wait_for_room(o, until);
		if (rc == 0)
			rc = write_some(o);
		if ((rc == -EAGAIN || rc == -EINTR) && now_ms() < until)
			rc = 0;
		/* A reader that takes little at a time must not prolong the wait. */
		else if (rc == 0 && o->written < o->size && now_ms() > until)
			rc = -EAGAIN;
	}
	if (rc == -EINTR)
		rc = -EAGAIN;
	if (rc != -EAGAIN)
		forget(o);
	return rc;
}

void
output_close(struct output *o)
{
	forget(o);
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}
