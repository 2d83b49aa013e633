/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Every order in which threads end, domains are freed, EAL is cleaned up and processes exit: no
 * process crashes, and no memory is used after it is gone. EAL starts once per process, so each
 * case is a process of its own. With RATION_HUGE_DIR, each runs with hugepages, too.
 */

#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_thread.h>

#include "eal.h"
#include <ration_pvt.h>
#include <shm/sanitizers.h>

/** In a case: what must hold. A case has no cmocka; its status is the result. */
#define CLAIM(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "# line %d: %s\n", __LINE__, #condition);                  \
			fflush(stderr);                                                            \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

static const char *huge_dir;
static struct ration_domain *d, *e;
static ration_counter_t c;
static pthread_barrier_t barrier;

static void
start(void)
{
	static char arg[9][300];
	char *argv[RTE_DIM(arg) + 1] = {NULL};
	int nb = 0, i;

	snprintf(arg[nb++], sizeof(arg[0]), "shutdown");
	snprintf(arg[nb++], sizeof(arg[0]), "--lcores=(0-1)@(0-%ld)",
		 sysconf(_SC_NPROCESSORS_ONLN) - 1);
	snprintf(arg[nb++], sizeof(arg[0]), "--no-pci");
	snprintf(arg[nb++], sizeof(arg[0]), "--file-prefix=ration-shutdown-%d", (int)getpid());
	snprintf(arg[nb++], sizeof(arg[0]), "--log-level=*:critical");
	if (huge_dir != NULL) {
		snprintf(arg[nb++], sizeof(arg[0]), "--huge-dir=%s", huge_dir);
		snprintf(arg[nb++], sizeof(arg[0]), "--base-virtaddr=0x200000000000");
	} else {
		snprintf(arg[nb++], sizeof(arg[0]), "--no-huge");
		snprintf(arg[nb++], sizeof(arg[0]), "-m");
		snprintf(arg[nb++], sizeof(arg[0]), "64");
	}
	for (i = 0; i < nb; i++)
		argv[i] = arg[i];
	CLAIM(rte_eal_init(nb, argv) >= 0);
	d = ration_domain_create("first", NULL);
	e = ration_domain_create("second", NULL);
	CLAIM(d != NULL && e != NULL);
	c = ration_counter_create(d, ration_domain_root(d), "c", NULL);
	CLAIM(c != RATION_COUNTER_NONE);
	CLAIM(pthread_barrier_init(&barrier, NULL, 2) == 0);
}

static uint64_t
usage(void)
{
	struct ration_counter_info info;

	CLAIM(ration_counter_get(d, c, &info) == 0);
	return info.usage;
}

/* Register in both domains, charge, and take more into stock. */
static struct ration_lcore *
join(void)
{
	struct ration_lcore *lc = ration_lcore_register(d);

	CLAIM(lc != NULL && ration_lcore_register(e) != NULL);
	CLAIM(ration_try_charge(lc, c, 1) == 0);
	return lc;
}

/* A member that lives until the second barrier. */
static void *
stay(void *unused)
{
	join();
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return unused;
}

static void *
stay_with_lcore_id(void *unused)
{
	CLAIM(rte_thread_register() == 0);
	return stay(unused);
}

static int
join_and_return(void *unused)
{
	(void)unused;
	join();
	return 42;
}

static pthread_t
start_thread(void *(*function)(void *))
{
	pthread_t thread;

	CLAIM(pthread_create(&thread, NULL, function, NULL) == 0);
	pthread_barrier_wait(&barrier);
	return thread;
}

static void
end_thread(pthread_t thread)
{
	pthread_barrier_wait(&barrier);
	CLAIM(pthread_join(thread, NULL) == 0);
}

static void
main_is_a_member_and_exits(void)
{
	join();
	CLAIM(rte_eal_cleanup() == 0);
}

static void
a_thread_ends_after_cleanup(void)
{
	pthread_t thread = start_thread(stay);

	CLAIM(rte_eal_cleanup() == 0);
	end_thread(thread);
}

static void
a_thread_with_an_lcore_id_ends_after_cleanup(void)
{
	pthread_t thread = start_thread(stay_with_lcore_id);

	CLAIM(rte_eal_cleanup() == 0);
	end_thread(thread);
}

/* Map the pages of a domain again, for another purpose. Some may have a new user already. */
static void
map_pages_again(void *domain, int protection)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = RTE_ALIGN_FLOOR((uintptr_t)domain, page), at;
	void *mapped;

	for (at = from; at < from + (16 << 20); at += page) {
		mapped = mmap((void *)at, page, protection,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		CLAIM(mapped == (void *)at || (at != from && errno == EEXIST));
	}
}

static void
map_again(int protection)
{
	CLAIM(rte_eal_cleanup() == 0);
	if (labs((long)((uintptr_t)d - (uintptr_t)e)) > 16 << 20)
		map_pages_again(e, protection);
	map_pages_again(d, protection);
}

static void
a_thread_ends_after_its_memory_is_used_again(void)
{
	pthread_t thread = start_thread(stay);

	map_again(PROT_READ | PROT_WRITE);
	end_thread(thread);
}

static void
a_thread_ends_after_its_memory_is_inaccessible(void)
{
	pthread_t thread = start_thread(stay);

	map_again(PROT_NONE);
	end_thread(thread);
}

static void
calls_after_cleanup_say_so(void)
{
	struct ration_lcore *lc = join();

	CLAIM(rte_eal_cleanup() == 0);
	CLAIM(ration_lcore_unregister(lc) == -ENODEV);
	CLAIM(ration_domain_free(d) == -ENODEV);
	CLAIM(ration_domain_free(d) == -ENODEV);
}

static void
a_worker_in_wait_is_unregistered_by_free(void)
{
	CLAIM(rte_eal_remote_launch(join_and_return, NULL, 1) == 0);
	CLAIM(rte_eal_wait_lcore(1) == 42);
	CLAIM(usage() > 1);
	CLAIM(ration_domain_free(d) == 0);
	/* The result of the application's own function is still there. */
	CLAIM(rte_eal_wait_lcore(1) == 42);
	CLAIM(ration_domain_free(e) == 0);
	CLAIM(rte_eal_cleanup() == 0);
}

static void
a_worker_in_wait_is_left_to_cleanup(void)
{
	CLAIM(rte_eal_remote_launch(join_and_return, NULL, 1) == 0);
	CLAIM(rte_eal_wait_lcore(1) == 42);
	CLAIM(rte_eal_cleanup() == 0);
}

static void
free_waits_for_no_thread(void)
{
	pthread_t thread = start_thread(stay);

	CLAIM(ration_domain_free(d) == -EBUSY);
	CLAIM(ration_domain_free(e) == -EBUSY);
	end_thread(thread);
	CLAIM(usage() == 1);
	CLAIM(ration_domain_free(d) == 0);
	CLAIM(ration_domain_free(e) == 0);
	CLAIM(rte_eal_cleanup() == 0);
}

static void
free_and_clean_up(void)
{
	ration_domain_free(d);
	ration_domain_free(e);
	rte_eal_cleanup();
	ration_domain_free(d);
}

static void
exit_handlers_free_and_clean_up(void)
{
	start_thread(stay);
	CLAIM(atexit(free_and_clean_up) == 0);
}

static void
exit_handlers_find_eal_cleaned_up(void)
{
	start_thread(stay);
	CLAIM(atexit(free_and_clean_up) == 0);
	CLAIM(rte_eal_cleanup() == 0);
}

static int
status_of(pid_t pid)
{
	int status;

	CLAIM(waitpid(pid, &status, 0) == pid);
	return status;
}

static void
free_both(void)
{
	/* What a child inherits is not its own. */
	CLAIM(ration_domain_free(d) == -E_RTE_SECONDARY || getpid() == getpgrp());
	CLAIM(ration_domain_free(e) == -E_RTE_SECONDARY || getpid() == getpgrp());
}

static void
a_forked_child_frees_nothing(void)
{
	struct ration_lcore *lc;
	uint64_t before;
	pid_t pid;

	CLAIM(setpgid(0, 0) == 0);
	lc = join();
	before = usage();
	CLAIM(atexit(free_both) == 0);
	pid = test_fork();
	if (pid == 0) {
		CLAIM(ration_domain_create("third", NULL) == NULL);
		CLAIM(rte_errno == E_RTE_SECONDARY);
		CLAIM(ration_counter_set_max(d, c, 5, 0) == -E_RTE_SECONDARY);
		CLAIM(ration_counter_destroy(d, c, 0) == -E_RTE_SECONDARY);
		CLAIM(ration_try_charge(ration_lcore_shared(d), c, 1) == -E_RTE_SECONDARY);
		/* The members of the thread that called fork() are not those of the child. */
		CLAIM(ration_lcore_self(d) == ration_lcore_shared(d));
		CLAIM(ration_lcore_unregister(lc) == -EINVAL);
		exit(0);
	}
	CLAIM(pid > 0 && status_of(pid) == 0);
	CLAIM(usage() == before);
	CLAIM(ration_uncharge(lc, c, 1) == 0);
	CLAIM(ration_domain_verify(d, 1, stderr) == 0);
}

static void
the_thread_of_a_forked_child_ends(void)
{
	struct ration_lcore *lc = join();
	uint64_t before = usage();
	pid_t pid = test_fork();

	if (pid == 0) {
		alarm(60); /* A child does not inherit it. */
		pthread_exit(NULL);
	}
	CLAIM(pid > 0 && status_of(pid) == 0);
	CLAIM(usage() == before);
	CLAIM(ration_lcore_self(d) == lc);
	CLAIM(ration_lcore_unregister(lc) == 0);
	CLAIM(usage() == 1);
}

static void
a_member_of_two_domains_ends(void)
{
	end_thread(start_thread(stay));
	CLAIM(usage() == 1);
	CLAIM(ration_domain_free(d) == 0);
	CLAIM(ration_domain_free(e) == 0);
}

/* Not one of the cases: EAL must not be there. */
static void
without_eal(void)
{
	CLAIM(ration_domain_create("early", NULL) == NULL && rte_errno == ENODEV);
	CLAIM(ration_domain_lookup("early") == NULL && rte_errno == ENODEV);
	CLAIM(ration_domain_observe("early", NULL) == NULL && rte_errno == ENODEV);
	CLAIM(ration_domain_free(NULL) == 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
#define CASE(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
	CASE(main_is_a_member_and_exits),
	CASE(a_thread_ends_after_cleanup),
	CASE(a_thread_with_an_lcore_id_ends_after_cleanup),
	CASE(a_thread_ends_after_its_memory_is_used_again),
	CASE(a_thread_ends_after_its_memory_is_inaccessible),
	CASE(calls_after_cleanup_say_so),
	CASE(a_worker_in_wait_is_unregistered_by_free),
	CASE(a_worker_in_wait_is_left_to_cleanup),
	CASE(free_waits_for_no_thread),
	CASE(exit_handlers_free_and_clean_up),
	CASE(exit_handlers_find_eal_cleaned_up),
	CASE(a_forked_child_frees_nothing),
	CASE(the_thread_of_a_forked_child_ends),
	CASE(a_member_of_two_domains_ends),
	CASE(without_eal),
};

static void
remove_files(pid_t pid)
{
	char pattern[400];
	glob_t files;
	size_t i;

	if (huge_dir == NULL)
		return;
	snprintf(pattern, sizeof(pattern), "%s/ration-shutdown-%dmap_*", huge_dir, (int)pid);
	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	for (i = 0; i < files.gl_pathc; i++)
		unlink(files.gl_pathv[i]);
	globfree(&files);
}

/* Run a case in a process of its own. @return its status, see waitpid() */
static int
run(unsigned int i)
{
	const struct rlimit no_core = {0, 0};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		alarm(60); /* The end of a case that hangs. */
		if (cases[i].run != without_eal)
			start();
		cases[i].run();
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	remove_files(pid);
	return status;
}

int
main(void)
{
	const char *dir = getenv("RATION_HUGE_DIR");
	unsigned int nb_modes = dir != NULL ? 2 : 1, mode, i, n = 0, failed = 0;
	char runtime[] = "/tmp/ration-shutdown-XXXXXX", command[64];
	int status;

	if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0) {
		perror(runtime);
		return 1;
	}
	printf("1..%zu\n", nb_modes * RTE_DIM(cases));
	for (mode = 0; mode < nb_modes; mode++) {
		huge_dir = mode == 0 ? NULL : dir;
		for (i = 0; i < RTE_DIM(cases); i++) {
			fflush(stdout);
			status = run(i);
			failed += status != 0;
			printf("%sok %u - %s%s\n", status != 0 ? "not " : "", ++n, cases[i].name,
			       mode == 0 ? "" : ", with hugepages");
			if (status != 0)
				printf("# status %#x\n", (unsigned int)status);
		}
	}
	snprintf(command, sizeof(command), "rm -r %s", runtime);
	return system(command) != 0 || failed > 0;
}
