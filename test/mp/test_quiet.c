/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A polling lcore makes no system call and never gives up its CPU while it is drained 10,000 times.
 * Its thread first forbids itself all system calls: the kernel kills the process at the first one.
 * So each test is a process of its own.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "eal.h"
#include "fixture.h"

#define DRAINS 10000
#define PATIENCE_US 20000000

/* EAL pins this thread; the poller needs another CPU, otherwise each drain takes time slices. */
static cpu_set_t all_cpus;

struct poller {
	struct ration_domain *d;
	ration_counter_t c;
	bool calls; /* It makes a system call in each iteration: the test must detect that. */
	RATION_ATOMIC(int32_t) tid;
	RATION_ATOMIC(uint32_t) silent; /* The poller has forbidden itself system calls. */
};

static int
forbid_system_calls(void)
{
	struct sock_filter kill[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
	struct sock_fprog program = {.len = 1, .filter = kill};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Charges, uncharges and quiescent points without end. */
static void *
poll_silently(void *arg)
{
	struct poller *p = arg;
	struct ration_lcore *lc = ration_lcore_register(p->d);

	ration_store(&p->tid, (int32_t)syscall(SYS_gettid), relaxed);
	if (lc == NULL || forbid_system_calls() != 0)
		_exit(3);
	ration_store(&p->silent, 1, release);
	for (;;) {
		if (ration_try_charge(lc, p->c, 1) == 0)
			ration_uncharge(lc, p->c, 1);
		ration_quiescent(lc);
		if (p->calls)
			syscall(SYS_getppid);
	}
	return NULL;
}

/* Number of voluntary context switches of the thread. */
static long
voluntary_switches(int32_t tid)
{
	char path[64], line[128];
	long nb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &nb) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return nb;
}

/* The process of the poller. @return its exit status */
static int
drain_often(struct poller *p)
{
	pthread_attr_t attr;
	pthread_t thread;
	long switches;
	uint32_t i;

	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(all_cpus), &all_cpus);
	if (pthread_create(&thread, &attr, poll_silently, p) != 0)
		return 4;
	while (ration_load(&p->silent, acquire) == 0)
		rte_pause();
	switches = voluntary_switches(ration_load(&p->tid, relaxed));
	for (i = 0; i < DRAINS; i++) {
		if (ration_drain(p->d, p->c, PATIENCE_US, NULL) != 0)
			return 5;
	}
	return voluntary_switches(ration_load(&p->tid, relaxed)) == switches ? 0 : 6;
}

static int
status_of_poller(struct fixture *f, bool calls)
{
	struct poller p = {
		.d = f->d,
		.c = make_counter(f->d, f->root, calls ? "calls" : "silent", RATION_UNLIMITED, 64),
		.calls = calls,
	};
	int status;
	pid_t pid;

	/* EAL must know the memory of its lcore area here, too: the parent has allocated it. */
	assert_int_equal(ration_lcore_unregister(ration_lcore_register_extra(f->d)), 0);
	fflush(stdout);
	pid = test_fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(120);
		_exit(drain_often(&p));
	}
	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	/* The poller may have died as a member: free its member entry. */
	ration_reap(f->d, PATIENCE_US, NULL, NULL);
	return status;
}

static void
a_drained_lcore_makes_no_system_call(void **state)
{
	int status = status_of_poller(*state, false);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
a_system_call_would_be_seen(void **state)
{
	int status = status_of_poller(*state, true);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

int
main(void)
{
	const struct CMUnitTest quiet[] = {
		in_domain(a_drained_lcore_makes_no_system_call),
		in_domain(a_system_call_would_be_seen),
	};

	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	if (test_eal_start("quiet", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(quiet, NULL, NULL));
}
