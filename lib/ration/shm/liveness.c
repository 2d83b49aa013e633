/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Checks whether processes and threads are alive. A thread is identified by pid, tid and start
 * time, because the kernel reuses pids and tids. The functions read /proc, so the data path must
 * not call them.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_eal.h>

#include <ration_compat.h>

#include "shm/liveness.h"

/*
 * Fields `state` and `starttime` of /proc/PID/stat, see proc(5). They are counted from the field
 * after the name, because the name may contain blanks and parentheses.
 */
#define FIELD_STATE 0
#define FIELD_START 19

/* Cached, because getpid() is a system call and the slow path needs the result. */
static int32_t this_process;
/* Several threads may compute it at the same time; all get the same result. */
static RATION_ATOMIC(uint64_t) this_id;

/* rte_gettid() caches the number too, but returns the number of the parent after a fork. */
static __thread int32_t this_thread;

static void
forget_parent(void)
{
	this_process = (int32_t)getpid();
	ration_store(&this_id, 0, relaxed);
	this_thread = 0;
}

RTE_INIT(ration_liveness_init)
{
	this_process = (int32_t)getpid();
	pthread_atfork(NULL, NULL, forget_parent);
}

int32_t
ration_this_process(void)
{
	return this_process;
}

int32_t
ration_this_thread(void)
{
	if (unlikely(this_thread == 0))
		this_thread = rte_sys_gettid();
	return this_thread;
}

/* Read the fields after the name of a thread. @return 0 or errno; ENOENT: there is no thread */
static int
read_fields(int32_t pid, int32_t tid, char *line, size_t size, const char **fields)
{
	char path[64];
	const char *name_end;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRId32 "/task/%" PRId32 "/stat", pid, tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	length = read(fd, line, size - 1);
	close(fd);
	if (length <= 0) /* The thread has ended meanwhile. */
		return ENOENT;
	line[length] = '\0';
	name_end = strrchr(line, ')');
	if (name_end == NULL || name_end[1] != ' ')
		return EINVAL;
	*fields = name_end + 2;
	return 0;
}

uint64_t
ration_thread_start(int32_t pid, int32_t tid)
{
	char line[1024];
	const char *s = NULL;
	int error = read_fields(pid, tid, line, sizeof(line), &s);
	uint32_t i;

	/* Other errors, such as EMFILE, do not tell whether the thread exists. */
	if (error != 0 || s == NULL)
		return error == ENOENT || error == ESRCH ? 0 : RATION_START_UNKNOWN;
	/* A zombie does not run any more. */
	if (*s == 'Z' || *s == 'X')
		return 0;
	for (i = FIELD_STATE; i < FIELD_START; i++) {
		s = strchr(s, ' ');
		if (s == NULL)
			return RATION_START_UNKNOWN;
		s++;
	}
	/* The bit makes the result differ from 0, which means that there is no thread. */
	return strtoull(s, NULL, 10) | UINT64_C(1) << 63;
}

uint64_t
ration_process_id(void)
{
	uint64_t id = ration_load(&this_id, relaxed);

	if (id == 0) {
		id = (uint64_t)(uint32_t)this_process << 32 |
		     (uint32_t)ration_thread_start(this_process, this_process);
		ration_store(&this_id, id, relaxed);
	}
	return id;
}

bool
ration_process_is_alive(uint64_t id)
{
	int32_t pid = (int32_t)(id >> 32);
	uint64_t start = ration_thread_start(pid, pid);

	if (start == RATION_START_UNKNOWN || (uint32_t)id == (uint32_t)RATION_START_UNKNOWN)
		return start != 0;
	return start != 0 && (uint32_t)start == (uint32_t)id;
}
