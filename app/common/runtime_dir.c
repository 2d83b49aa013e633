/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "runtime_dir.h"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static int
refuse(const char *path, const char *what, const char *remedy)
{
	log_error("runtime directory %s %s: other users could replace the files of EAL (%s)", path,
		  what, remedy);
	return -EPERM;
}

/*
 * The directory must belong to this user, and no other user may write to it. A symbolic link is
 * refused.
 */
static int
check_own(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		log_error("runtime directory %s: %s", path, strerror(errno));
		return -errno;
	}
	if (S_ISLNK(st.st_mode))
		return refuse(path, "is a symbolic link", "remove it");
	if (!S_ISDIR(st.st_mode))
		return refuse(path, "is not a directory", "remove it");
	if (st.st_uid != geteuid())
		return refuse(path, "belongs to another user",
			      "set RUNTIME_DIRECTORY to your own directory");
	if (st.st_mode & OTHERS_WRITE)
		return refuse(path, "can be written to by others", "chmod go-w");
	return 0;
}

/*
 * Check the parent directory. A user who can write to it can replace the runtime directory, unless
 * the sticky bit is set, as in /tmp.
 */
static int
check_above(const char *path)
{
	struct stat st;

	/* The directory does not exist. EAL reports that. */
	if (stat(path, &st) != 0)
		return 0;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return refuse(path, "belongs to another user",
			      "set RUNTIME_DIRECTORY to your own directory");
	if ((st.st_mode & OTHERS_WRITE) && !(st.st_mode & S_ISVTX))
		return refuse(path, "can be written to by others", "chmod go-w");
	return 0;
}

/* EAL would use /tmp/dpdk for all users. */
static int
use_own_folder(char *path, size_t size)
{
	int rc;

	snprintf(path, size, "/tmp/ration-%u", (unsigned int)geteuid());
	if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST) {
		rc = -errno;
		log_error("runtime directory %s: %s", path, strerror(-rc));
		return rc;
	}
	rc = check_own(path);
	if (rc == 0 && setenv("RUNTIME_DIRECTORY", path, 1) != 0)
		rc = -errno;
	if (rc == 0)
		log_error("XDG_RUNTIME_DIR is not set: EAL keeps its files in %s (secondary "
			  "processes need RUNTIME_DIRECTORY=%s)",
			  path, path);
	return rc;
}

/* The directory that EAL chooses. */
static const char *
chosen(void)
{
	const char *path = getenv("RUNTIME_DIRECTORY");

	if (path != NULL)
		return path;
	return getuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
}

int
runtime_dir_check(void)
{
	const char *above = chosen();
	char own[64], path[PATH_MAX];
	int rc;

	if (above == NULL) {
		rc = use_own_folder(own, sizeof(own));
		if (rc < 0)
			return rc;
		above = own;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/dpdk", above) >= sizeof(path)) {
		log_error("runtime directory: the name is too long");
		return -ENAMETOOLONG;
	}
	rc = check_above(above);
	return rc < 0 ? rc : check_own(path);
}
