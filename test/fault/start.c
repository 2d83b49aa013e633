/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <ftw.h>
#include <glob.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memzone.h>

#include "eal.h"
#include "start.h"

#define ZONE "victims' books"

static char runtime[] = "/tmp/ration-fault-XXXXXX";
static char own_prefix[64];
static bool is_true, is_child;
static struct start_shared *shared;

/* Replaces the function of EAL: a forked child counts as a secondary process. */
enum rte_proc_type_t
rte_eal_process_type(void)
{
	return is_child ? RTE_PROC_SECONDARY : RTE_PROC_PRIMARY;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* One lcore, on any CPU: there are many processes. */
int
start_as(const char *type, const char *prefix)
{
	char arg[9][300];
	char *argv[RTE_DIM(arg) + 1];
	uint32_t i = 0, nb;

	is_child = strcmp(type, "secondary") == 0;
	snprintf(arg[i++], sizeof(arg[0]), "fault");
	snprintf(arg[i++], sizeof(arg[0]), "--lcores=0@(0-%ld)", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	snprintf(arg[i++], sizeof(arg[0]), "--no-pci");
	snprintf(arg[i++], sizeof(arg[0]), "--file-prefix=%s", prefix);
	snprintf(arg[i++], sizeof(arg[0]), "--proc-type=%s", type);
	snprintf(arg[i++], sizeof(arg[0]), "--log-level=*:error");
	snprintf(arg[i++], sizeof(arg[0]), "--huge-dir=%s", getenv("RATION_HUGE_DIR"));
	/* ASan uses the addresses that EAL would start with. */
	snprintf(arg[i++], sizeof(arg[0]), "--base-virtaddr=0x200000000000");
	for (nb = i, i = 0; i < nb; i++)
		argv[i] = arg[i];
	argv[nb] = NULL;
	return rte_eal_init((int)nb, argv);
}

int
start_eal(const char *test, bool true_ones)
{
	is_true = true_ones;
	if (!is_true)
		return test_eal_start(test, 0);
	snprintf(own_prefix, sizeof(own_prefix), "ration-%s-%d", test, (int)getpid());
	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0)
		return -1;
	if (start_as("primary", own_prefix) >= 0)
		return 0;
	fprintf(stderr, "%s: EAL does not start: %s\n", test, rte_strerror(rte_errno));
	return -1;
}

void
start_remove_files(const char *prefix)
{
	char pattern[300];
	glob_t files;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/%smap_*", getenv("RATION_HUGE_DIR"), prefix);
	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	for (i = 0; i < files.gl_pathc; i++)
		unlink(files.gl_pathv[i]);
	globfree(&files);
}

int
start_stop(int status)
{
	if (!is_true)
		return test_eal_stop(status);
	rte_eal_cleanup();
	start_remove_files(own_prefix);
	nftw(runtime, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return status;
}

bool
start_is_true(void)
{
	return is_true;
}

struct start_shared *
start_share(void)
{
	const struct rte_memzone *mz;
	void *p;

	if (is_true) {
		mz = rte_memzone_reserve(ZONE, sizeof(*shared), SOCKET_ID_ANY, 0);
		p = mz != NULL ? mz->addr : NULL;
	} else {
		p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
		p = p != MAP_FAILED ? p : NULL;
	}
	if (p != NULL)
		memset(p, 0, sizeof(*shared));
	shared = p;
	return shared;
}

/* EAL has bound the first process to one CPU, and with it each forked one. */
static void
use_all_cpus(void)
{
	cpu_set_t all;
	int cpu;

	CPU_ZERO(&all);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	sched_setaffinity(0, sizeof(all), &all);
}

pid_t
start_process(uint32_t i, uint64_t seed)
{
	char number[16], seed_text[32];
	pid_t pid;

	snprintf(number, sizeof(number), "%u", i);
	snprintf(seed_text, sizeof(seed_text), "%" PRIu64, seed);
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid != 0)
		return pid;
	/* All processes are ended, however the test ends. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (is_true) {
		execl("/proc/self/exe", "victim", own_prefix, number, seed_text, (char *)NULL);
		_exit(127);
	}
	use_all_cpus();
	is_child = true;
	victim_live(ration_domain_lookup("victims"), &shared->orders, &shared->books[i], seed);
}

bool
start_is_victim(int argc, char **argv)
{
	return argc == 4 && strcmp(argv[0], "victim") == 0;
}

int
start_be_victim(char **argv)
{
	const struct rte_memzone *mz;
	struct ration_domain *d;

	/* Only the first process writes TAP. */
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || start_as("secondary", argv[1]) < 0)
		return 1;
	d = ration_domain_lookup("victims");
	mz = rte_memzone_lookup(ZONE);
	if (d == NULL || mz == NULL)
		return 1;
	shared = mz->addr;
	victim_live(d, &shared->orders, &shared->books[atoi(argv[2]) % START_PROCESSES],
		    strtoull(argv[3], NULL, 0));
}
