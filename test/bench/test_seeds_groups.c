/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/seeds_groups.h"

/**
 * @file
 * Tests without real cgroups: a plain directory stands for the mount point, with the files that
 * identify it. Its subdirectories behave like those of cgroups.
 */

#define DEADLINE_S 50
#define STALE "ration-bench-stale"

static char top[] = "/tmp/test-seeds-groups-XXXXXX";
static char root[PATH_MAX / 8], mounts[PATH_MAX / 8];

static void
put_file(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
remove_file(const char *folder, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static void
mount_is(const char *type, const char *options)
{
	char line[PATH_MAX];

	snprintf(line, sizeof(line), "%s %s %s rw,%s 0 0\n", type, root, type, options);
	put_file(top, "mounts", line);
}

static int
make_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	snprintf(root, sizeof(root), "%s/root", top);
	snprintf(mounts, sizeof(mounts), "%s/mounts", top);
	return mkdir(root, 0755);
}

static int
remove_top(void **state)
{
	(void)state;
	remove_file(top, "mounts");
	remove_file(root, "release_agent");
	return rmdir(root) != 0 || rmdir(top) != 0;
}

/* The real root of a version 1 hierarchy. */
static int
set_up(void **state)
{
	(void)state;
	alarm(DEADLINE_S);
	put_file(root, "release_agent", "");
	mount_is("cgroup", "memory");
	return 0;
}

/* Number of own directories below the root. */
static unsigned int
nb_folders(void)
{
	DIR *folder = opendir(root);
	const struct dirent *entry;
	unsigned int nb = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		nb += strncmp(entry->d_name, "ration-bench-", 13) == 0;
	closedir(folder);
	return nb;
}

static void
wait_until_no_folder(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	/* The alarm is the deadline. */
	while (nb_folders() > 0)
		nanosleep(&pause, NULL);
}

static void
groups_are_created_and_removed(void **state)
{
	char path[PATH_MAX];
	struct seeds_groups g;
	uint32_t i;

	(void)state;
	assert_null(seeds_groups_make(&g, mounts));
	assert_int_equal(g.version, 1);
	for (i = 0; i < SEEDS_GROUPS_MAX; i++) {
		snprintf(path, sizeof(path), "%s/g%u", g.own, i);
		assert_int_equal(access(path, F_OK), 0);
	}
	assert_int_equal(seeds_groups_remove(&g), 0);
	assert_int_equal(nb_folders(), 0);
}

static void
a_killed_run_leaves_nothing_behind(int signal_number)
{
	struct seeds_groups g;
	int ends[2];
	pid_t run;
	char byte;

	assert_int_equal(pipe(ends), 0);
	run = fork();
	if (run == 0) {
		setpgid(0, 0);
		/* The parent process may ignore it. */
		signal(signal_number, SIG_DFL);
		if (seeds_groups_make(&g, mounts) == NULL && write(ends[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(nb_folders(), 1);
	/* To the whole process group, as a terminal or a supervisor does. */
	kill(-run, signal_number);
	assert_int_equal(waitpid(run, NULL, 0), run);
	wait_until_no_folder();
	close(ends[0]);
	close(ends[1]);
}

static void
an_interrupted_run_removes_its_groups(void **state)
{
	(void)state;
	a_killed_run_leaves_nothing_behind(SIGINT);
	a_killed_run_leaves_nothing_behind(SIGTERM);
	a_killed_run_leaves_nothing_behind(SIGKILL);
}

/* Leftovers if the watcher was killed too. */
static void
leftovers_are_removed_but_not_groups_of_live_runs(void **state)
{
	struct seeds_groups living, g;
	char path[PATH_MAX];

	(void)state;
	assert_null(seeds_groups_make(&living, mounts));
	snprintf(path, sizeof(path), "%s/" STALE, root);
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/g7");
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(nb_folders(), 2);
	assert_null(seeds_groups_make(&g, mounts));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(nb_folders(), 2);
	assert_int_equal(access(living.own, F_OK), 0);
	assert_int_equal(seeds_groups_remove(&g), 0);
	assert_int_equal(seeds_groups_remove(&living), 0);
	assert_int_equal(nb_folders(), 0);
}

static void
refuses(const char *text)
{
	struct seeds_groups g;
	const char *reason = seeds_groups_make(&g, mounts);

	assert_non_null(reason);
	assert_non_null(strstr(reason, text));
	assert_int_equal(nb_folders(), 0);
}

static void
the_root_of_a_container_is_refused(void **state)
{
	(void)state;
	remove_file(root, "release_agent");
	refuses("as in a container");
	mount_is("cgroup2", "nsdelegate");
	put_file(root, "cgroup.subtree_control", "cpu memory pids\n");
	put_file(root, "cgroup.type", "domain\n");
	refuses("as in a container");
	remove_file(root, "cgroup.type");
	/*
	 * It is the real root now, but a plain directory cannot enable a controller for its
	 * children.
	 */
	refuses("cannot enable the controller");
	put_file(root, "cgroup.subtree_control", "cpu pids\n");
	refuses("no usable memory controller");
	remove_file(root, "cgroup.subtree_control");
	refuses("no usable memory controller");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(groups_are_created_and_removed, set_up),
		cmocka_unit_test_setup(an_interrupted_run_removes_its_groups, set_up),
		cmocka_unit_test_setup(leftovers_are_removed_but_not_groups_of_live_runs, set_up),
		cmocka_unit_test_setup(the_root_of_a_container_is_refused, set_up),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
