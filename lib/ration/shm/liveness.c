/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Who is alive. A thread is named by process, thread and the moment it began, because the kernel
 * gives numbers out again. Files of /proc are read: not for the data path.
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

/* Where proc(5) has state and start, counted behind the name, which may hold anything. */
#define FIELD_STATE 0
#define FIELD_START 19

/* getpid() is a system call, and the cold path asks. */
static int32_t this_process;
/* Several threads may find it out at once: the same for all. */
static RATION_ATOMIC(uint64_t) this_id;

/* rte_gettid() remembers too, but not that a fork has made another thread of it. */
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

/* The fields of a thread behind its name. @return 0, or an errno: ENOENT if there is none */
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
	if (length <= 0) /* It has ended meanwhile. */
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

	/* Too many open files, for instance: that says nothing about the thread. */
	if (error != 0 || s == NULL)
		return error == ENOENT || error == ESRCH ? 0 : RATION_START_UNKNOWN;
	/* A zombie does nothing any more. */
	if (*s == 'Z' || *s == 'X')
		return 0;
	for (i = FIELD_STATE; i < FIELD_START; i++) {
		s = strchr(s, ' ');
		if (s == NULL)
			return RATION_START_UNKNOWN;
		s++;
	}
	/* 0 means "not there". */
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
