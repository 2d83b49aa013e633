/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/seeds_groups.h"

#define PREFIX "ration-bench-"
/** A process that has ended may stay in its cgroup for some time. */
#define REMOVE_TRIES 1000
#define REMOVE_PAUSE_NS 10000000L

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
file_is_there(const char *folder, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return access(path, F_OK) == 0;
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

/*
 * Is this the memory controller, and is its real root visible? In a container the visible root is
 * an ordinary cgroup: it is charged, and in version 2 it cannot have both processes and children.
 *
 * @return the version of cgroups, or 0 and maybe a reason
 */
static int
version_at(const struct mntent *m, const char **reason)
{
	int version = 0;

	if (strcmp(m->mnt_type, "cgroup") == 0 && hasmntopt(m, "memory") != NULL)
		version = 1;
	else if (strcmp(m->mnt_type, "cgroup2") == 0 &&
		 file_has_word(m->mnt_dir, "cgroup.subtree_control", "memory"))
		version = 2;
	if ((version == 1 && !file_is_there(m->mnt_dir, "release_agent")) ||
	    (version == 2 && file_is_there(m->mnt_dir, "cgroup.type"))) {
		*reason = "the root cgroup is not visible, as in a container";
		return 0;
	}
	return version;
}

/* @return NULL, or the reason why there is no memory controller */
static const char *
find_mount(struct seeds_groups *g, const char *file)
{
	const char *reason = "there is no usable memory controller";
	FILE *mounts = setmntent(file, "r");
	struct mntent *m;

	while (mounts != NULL && g->version == 0 && (m = getmntent(mounts)) != NULL) {
		if (strlen(m->mnt_dir) >= sizeof(g->mount))
			continue;
		g->version = version_at(m, &reason);
		strcpy(g->mount, m->mnt_dir);
	}
	if (mounts != NULL)
		endmntent(mounts);
	return g->version != 0 ? NULL : reason;
}

static void
group_path(const char *own, uint32_t i, char *path, size_t size)
{
	snprintf(path, size, "%s/g%u", own, i);
}

/* @return true if nothing is left */
static bool
remove_folder(const char *own)
{
	char path[PATH_MAX];
	uint32_t i;

	for (i = 0; i < SEEDS_GROUPS_MAX; i++) {
		group_path(own, i, path, sizeof(path));
		rmdir(path);
	}
	return rmdir(own) == 0 || errno == ENOENT;
}

/* @return a descriptor, or -1 if another process holds the lock */
static int
lock_folder(const char *own)
{
	int fd = open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * A directory that is not locked belongs to a run that was killed together with its watcher. The
 * name alone does not tell, because it may come from another PID namespace.
 */
static void
remove_leftovers(const char *mount)
{
	DIR *folder = opendir(mount);
	const struct dirent *entry;
	char path[PATH_MAX / 2];
	int lock;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", mount, entry->d_name);
		lock = lock_folder(path);
		if (lock < 0)
			continue;
		fprintf(stderr, "seeds: '%s' is left from an earlier run: %s\n", path,
			remove_folder(path) ? "removed" : "cannot be removed");
		close(lock);
	}
	if (folder != NULL)
		closedir(folder);
}

/* Main function of the watcher. Never returns. */
static void
watch(const char *own, int alive)
{
	const struct timespec pause = {.tv_nsec = REMOVE_PAUSE_NS};
	char byte;
	int try;

	/* A signal to the process group is not meant for the watcher. */
	setpgid(0, 0);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	while (read(alive, &byte, 1) < 0 && errno == EINTR)
		;
	for (try = 0; try < REMOVE_TRIES; try++) {
		if (remove_folder(own))
			_exit(EXIT_SUCCESS);
		nanosleep(&pause, NULL);
	}
	_exit(EXIT_FAILURE);
}

static int
start_watcher(struct seeds_groups *g)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	g->watcher = fork();
	if (g->watcher == 0) {
		close(ends[1]);
		watch(g->own, ends[0]);
	}
	close(ends[0]);
	g->alive = ends[1];
	if (g->watcher > 0) {
		/* Also here, because a signal may arrive before the watcher has done it. */
		setpgid(g->watcher, g->watcher);
		return 0;
	}
	close(g->alive);
	return -1;
}

static const char *
make_folder(struct seeds_groups *g)
{
	snprintf(g->own, sizeof(g->own), "%s/" PREFIX "XXXXXX", g->mount);
	if (mkdtemp(g->own) == NULL)
		return strerror(errno);
	g->lock = lock_folder(g->own);
	if (g->lock < 0) {
		rmdir(g->own);
		return "cannot lock a directory of cgroups";
	}
	if (start_watcher(g) == 0)
		return NULL;
	rmdir(g->own);
	close(g->lock);
	return "cannot start the process that removes the cgroups";
}

static const char *
fill_folder(const struct seeds_groups *g)
{
	char path[PATH_MAX];
	uint32_t i;

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", g->own);
	if (g->version == 2 && !file_write(path, "+memory"))
		return "cannot enable the controller for child cgroups";
	for (i = 0; i < SEEDS_GROUPS_MAX; i++) {
		group_path(g->own, i, path, sizeof(path));
		if (mkdir(path, 0755) != 0)
			return "cannot create a cgroup";
	}
	return NULL;
}

const char *
seeds_groups_make(struct seeds_groups *g, const char *mounts)
{
	const char *reason;

	*g = (struct seeds_groups){0};
	reason = find_mount(g, mounts);
	if (reason != NULL)
		return reason;
	remove_leftovers(g->mount);
	reason = make_folder(g);
	if (reason != NULL)
		return reason;
	reason = fill_folder(g);
	if (reason != NULL)
		seeds_groups_remove(g);
	return reason;
}

int
seeds_groups_move(const struct seeds_groups *g, uint32_t i, pid_t pid)
{
	char group[PATH_MAX - 16], path[PATH_MAX], text[16];

	if (i == SEEDS_GROUPS_ROOT)
		snprintf(group, sizeof(group), "%s", g->mount);
	else
		group_path(g->own, i, group, sizeof(group));
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(text, sizeof(text), "%d", (int)pid);
	if (file_write(path, text))
		return 0;
	warn("seeds: cannot move a process by '%s'", path);
	return -1;
}

int
seeds_groups_remove(struct seeds_groups *g)
{
	int status;

	close(g->alive);
	if (waitpid(g->watcher, &status, 0) != g->watcher || status != 0) {
		warnx("seeds: cannot remove '%s'", g->own);
		close(g->lock);
		return -1;
	}
	close(g->lock);
	return 0;
}
