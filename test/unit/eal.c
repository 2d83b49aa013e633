/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "shm/sanitizers.h"

/* Maximum number of workers that --lcores can name. */
#define SPREAD_MAX 15
/* How long test_fork() waits for the other threads. */
#define FORK_PATIENCE_S 20

/* Directory of EAL's files; it is removed at the end. */
static char runtime[PATH_MAX];

/* The n-th CPU that this process may use, or the first one if there are fewer. */
static int
usable_cpu(int n)
{
	int first = -1, cpu;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 0;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (first < 0)
			first = cpu;
		if (n-- == 0)
			return cpu;
	}
	return first < 0 ? 0 : first;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
remove_runtime(void)
{
	nftw(runtime, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Lcores are assigned to CPUs in turn, so that any two neighbors can run at the same time. */
static void
spread_lcores(char *lcores, size_t size, unsigned int nb_workers)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i <= nb_workers && used < size; i++)
		used += (size_t)snprintf(lcores + used, size - used, "%s%u@%d", i > 0 ? "," : "", i,
					 usable_cpu(i % 2));
}

int
test_eal_start(const char *test, unsigned int nb_workers)
{
	/* EAL needs writable strings and keeps pointers to some of them. */
	static char name[32], prefix[64], lcores[128];
	static char opt[][20] = {"--no-huge", "--no-shconf",	     "--no-pci",      "-m",
				 "128",	      "--log-level=*:error", "--file-prefix", "--lcores"};
	char *argv[] = {name,	opt[0], opt[1], opt[2], opt[3], opt[4],
			opt[5], opt[6], prefix, opt[7], lcores, NULL};

	/* Not every user can write to /tmp. */
	snprintf(runtime, sizeof(runtime), "%s/ration-test-XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0) {
		perror(runtime);
		return -1;
	}
	snprintf(name, sizeof(name), "%s", test);
	snprintf(prefix, sizeof(prefix), "ration_%s_%d", test, (int)getpid());
	if (nb_workers == 0)
		snprintf(lcores, sizeof(lcores), "0@%d", usable_cpu(0));
	else if (nb_workers <= SPREAD_MAX && getenv("RATION_TEST_SPREAD") != NULL)
		spread_lcores(lcores, sizeof(lcores), nb_workers);
	else
		snprintf(lcores, sizeof(lcores), "0@%d,(1-%u)@%d", usable_cpu(0), nb_workers,
			 usable_cpu(1));
	if (rte_eal_init(RTE_DIM(argv) - 1, argv) >= 0)
		return 0;
	fprintf(stderr, "%s: EAL does not start: %s\n", test, rte_strerror(rte_errno));
	remove_runtime();
	return -1;
}

/* The function that each worker runs. */
static struct {
	lcore_function_t *work;
	void *arg;
} launched[RTE_MAX_LCORE];

static int
work_and_say_so(void *arg)
{
	const unsigned int lcore_id = (unsigned int)(uintptr_t)arg;
	int rc = launched[lcore_id].work(launched[lcore_id].arg);

	ration_happens_before(&launched[lcore_id]);
	return rc;
}

int
test_launch(lcore_function_t *work, void *arg, unsigned int lcore_id)
{
	/* The entry of a busy worker must not change. */
	if (rte_eal_get_lcore_state(lcore_id) != WAIT)
		return -EBUSY;
	ration_happens_after(&launched[lcore_id]);
	launched[lcore_id].work = work;
	launched[lcore_id].arg = arg;
	return rte_eal_remote_launch(work_and_say_so, (void *)(uintptr_t)lcore_id, lcore_id);
}

int
test_wait(unsigned int lcore_id)
{
	int rc = rte_eal_wait_lcore(lcore_id);

	ration_happens_after(&launched[lcore_id]);
	return rc;
}

/* Does this thread of the process sleep, or has it ended? */
static bool
sleeps(const char *tid)
{
	char path[64], line[512];
	const char *state = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/stat", tid);
	f = fopen(path, "r");
	if (f == NULL)
		return true;
	/* The state follows the name, which may itself contain parentheses. */
	if (fgets(line, sizeof(line), f) != NULL)
		state = strrchr(line, ')');
	fclose(f);
	return state != NULL && strchr("SDZX", state[2]) != NULL;
}

static bool
others_sleep(void)
{
	DIR *tasks = opendir("/proc/self/task");
	bool sleep = tasks != NULL;
	struct dirent *task;

	while (sleep && (task = readdir(tasks)) != NULL) {
		if (task->d_name[0] != '.' && strtol(task->d_name, NULL, 10) != getpid())
			sleep = sleeps(task->d_name);
	}
	if (tasks != NULL)
		closedir(tasks);
	return sleep;
}

pid_t
test_fork(void)
{
	const time_t deadline = time(NULL) + FORK_PATIENCE_S;

	while (!others_sleep()) {
		if (time(NULL) > deadline) {
			fputs("Other threads do not sleep: the child may hang.\n", stderr);
			break;
		}
		sched_yield();
	}
	return fork();
}

uint32_t
test_effort(uint32_t n)
{
	const char *percent = getenv("RATION_TEST_EFFORT");
	uint64_t part = percent != NULL ? (uint64_t)n * strtoul(percent, NULL, 10) / 100 : n;

	return part > 0 ? (uint32_t)part : 1;
}

int
test_eal_stop(int status)
{
	rte_eal_cleanup();
	remove_runtime();
	return status;
}
