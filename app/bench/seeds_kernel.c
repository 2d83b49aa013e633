/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_lcore.h>

#include "progress.h"
#include "seeds_kernel.h"

#define ITERATIONS 50
#define ITERATIONS_QUICK 2
#define TRIALS 11
#define PAGES 128
#define GROUPS_MAX 32

static const uint32_t group_numbers[] = {1, 4, GROUPS_MAX};
/** A quick run leaves the largest number out: it starts a thousand processes. */
#define GROUPS_QUICK 4

/** Where memory cgroups are made. */
struct hierarchy {
	int version;
	char mount[PATH_MAX / 4]; /**< Of the root cgroup. */
	char own[PATH_MAX / 2]; /**< The folder for ours. */
};

struct trial {
	const struct hierarchy *h;
	uint32_t groups;
	bool charged; /**< In cgroups of their own; else in the root. */
	uint32_t iterations;
	int ready[2]; /**< Each child writes a byte. */
	int start[2]; /**< Closed by the parent to let them go. */
	pid_t children[GROUPS_MAX];
};

static bool
file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	return close(fd) == 0 && done;
}

static bool
file_has_word(const char *folder, const char *file, const char *word)
{
	char path[PATH_MAX], text[512] = "", *rest = text, *one;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	if (fgets(text, sizeof(text), f) != NULL) {
		while ((one = strsep(&rest, " \n")) != NULL)
			found = found || strcmp(one, word) == 0;
	}
	fclose(f);
	return found;
}

/* A version 1 hierarchy of the memory controller, or the version 2 one if it is there. */
static bool
find_mount(struct hierarchy *h)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *m;

	while (mounts != NULL && h->version == 0 && (m = getmntent(mounts)) != NULL) {
		if (strcmp(m->mnt_type, "cgroup") == 0 && hasmntopt(m, "memory") != NULL)
			h->version = 1;
		else if (strcmp(m->mnt_type, "cgroup2") == 0 &&
			 file_has_word(m->mnt_dir, "cgroup.subtree_control", "memory"))
			h->version = 2;
		snprintf(h->mount, sizeof(h->mount), "%s", m->mnt_dir);
	}
	if (mounts != NULL)
		endmntent(mounts);
	return h->version != 0;
}

static void
group_path(const struct hierarchy *h, uint32_t i, char *path, size_t size)
{
	snprintf(path, size, "%s/g%u", h->own, i);
}

static void
remove_groups(const struct hierarchy *h)
{
	char path[PATH_MAX];
	uint32_t i;

	for (i = 0; i < GROUPS_MAX; i++) {
		group_path(h, i, path, sizeof(path));
		rmdir(path);
	}
	if (rmdir(h->own) != 0)
		warn("seeds: cannot remove '%s'", h->own);
}

/* @return NULL, or why it cannot be */
static const char *
make_groups(struct hierarchy *h)
{
	char path[PATH_MAX];
	uint32_t i;

	if (geteuid() != 0)
		return "only root can make cgroups";
	if (!find_mount(h))
		return "there is no memory controller to be had";
	snprintf(h->own, sizeof(h->own), "%s/ration-bench-%d", h->mount, (int)getpid());
	if (mkdir(h->own, 0755) != 0)
		return strerror(errno);
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", h->own);
	if (h->version == 2 && !file_write(path, "+memory")) {
		remove_groups(h);
		return "the controller cannot be passed on";
	}
	for (i = 0; i < GROUPS_MAX; i++) {
		group_path(h, i, path, sizeof(path));
		if (mkdir(path, 0755) != 0) {
			remove_groups(h);
			return "a cgroup cannot be made";
		}
	}
	return NULL;
}

static bool
enter_group(const struct trial *t, uint32_t i)
{
	char path[PATH_MAX], procs[PATH_MAX + 16], pid[16];

	if (t->charged)
		group_path(t->h, i, path, sizeof(path));
	else
		snprintf(path, sizeof(path), "%s", t->h->mount);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return file_write(procs, pid);
}

static void
spread_over_lcores(void)
{
	rte_cpuset_t all, one;
	unsigned int lcore_id;

	CPU_ZERO(&all);
	RTE_LCORE_FOREACH(lcore_id) {
		one = rte_lcore_cpuset(lcore_id);
		CPU_OR(&all, &all, &one);
	}
	sched_setaffinity(0, sizeof(all), &all);
}

/* Never returns. Uses nothing of DPDK's memory: it is a fork. */
static void
run_child(const struct trial *t, uint32_t i)
{
	const long page = sysconf(_SC_PAGESIZE);
	volatile char *region;
	uint32_t turn, p;
	char byte = 0;

	close(t->start[1]);
	spread_over_lcores();
	region = mmap(NULL, (size_t)page * PAGES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED || !enter_group(t, i))
		_exit(EXIT_FAILURE);
	madvise((void *)(uintptr_t)region, (size_t)page * PAGES, MADV_NOHUGEPAGE);
	if (write(t->ready[1], &byte, 1) != 1 || read(t->start[0], &byte, 1) != 0)
		_exit(EXIT_FAILURE);
	for (turn = 0; turn < t->iterations; turn++) {
		for (p = 0; p < PAGES; p++)
			region[(size_t)p * (size_t)page] = 1;
		madvise((void *)(uintptr_t)region, (size_t)page * PAGES, MADV_DONTNEED);
	}
	_exit(EXIT_SUCCESS);
}

static bool
wait_for_children(const struct trial *t, uint32_t nb)
{
	bool all = nb == t->groups;
	uint32_t i;
	int status;

	for (i = 0; i < nb; i++) {
		if (waitpid(t->children[i], &status, 0) < 0 || status != 0)
			all = false;
	}
	return all;
}

/* Let the children of a trial run and measure it in microseconds. @return < 0: it failed */
static double
run_trial(struct bench *b, struct trial *t)
{
	uint64_t start;
	uint32_t nb = 0;
	char byte;
	bool all;

	if (pipe2(t->ready, O_CLOEXEC) != 0 || pipe2(t->start, O_CLOEXEC) != 0)
		return -1;
	for (nb = 0; nb < t->groups; nb++) {
		t->children[nb] = fork();
		if (t->children[nb] == 0)
			run_child(t, nb);
		if (t->children[nb] < 0)
			break;
	}
	close(t->ready[1]);
	close(t->start[0]);
	for (all = nb == t->groups; all && nb > 0; nb--)
		all = read(t->ready[0], &byte, 1) == 1;
	nb = all ? t->groups : nb;
	start = rte_rdtsc_precise();
	close(t->start[1]);
	all = wait_for_children(t, all ? t->groups : nb) && all;
	start = rte_rdtsc_precise() - start;
	close(t->ready[0]);
	return all ? bench_ns(b, start) / 1000 / t->iterations : -1;
}

#define NB_CASES (2 * RTE_DIM(group_numbers))

static int
measure(struct bench *b, const struct hierarchy *h)
{
	static const char *const names[] = {"kernel, root cgroup", "kernel, memory cgroups"};
	struct row *rows[NB_CASES];
	struct trial trials[NB_CASES];
	uint32_t nb = NB_CASES, turn, i;
	double us;

	while (b->quick && group_numbers[(nb - 1) / 2] > GROUPS_QUICK)
		nb--;
	for (i = 0; i < nb; i++) {
		trials[i] = (struct trial){
			.h = h,
			.groups = group_numbers[i / 2],
			.charged = i % 2 == 1,
			.iterations = b->quick ? ITERATIONS_QUICK : ITERATIONS,
		};
		rows[i] = results_row(
			&b->results, names[i % 2], "seeds, real kernel", "us/iteration",
			json_pack("{s:i,s:i,s:i,s:i}", "counters", (int)trials[i].groups, "pages",
				  PAGES, "iterations", (int)trials[i].iterations, "cgroup_version",
				  h->version));
	}
	for (turn = 0; turn <= TRIALS; turn++) {
		progress("seeds, real kernel", turn, TRIALS + 1);
		for (i = 0; i < nb; i++) {
			us = run_trial(b, &trials[i]);
			if (us < 0) {
				warnx("seeds: a process in %u memory cgroups has failed",
				      trials[i].groups);
				return -1;
			}
			/* The first turn warms up. */
			if (turn > 0)
				samples_add(&rows[i]->samples, us);
		}
	}
	for (i = 0; i < nb; i++)
		results_close_row(rows[i]);
	progress("seeds, real kernel", turn, turn);
	return 0;
}

int
seeds_kernel(struct bench *b)
{
	struct hierarchy h = {0};
	const char *reason = make_groups(&h);
	int rc;

	if (reason != NULL) {
		fprintf(stderr, "seeds: the real kernel is not measured: %s\n", reason);
		return 0;
	}
	rc = measure(b, &h);
	remove_groups(&h);
	return rc;
}
