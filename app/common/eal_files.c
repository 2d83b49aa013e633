/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>

#include "eal_files.h"

/* Beginnings of the names of EAL's files. It unlinks the telemetry socket at exit(), too late. */
static const char *const names[] = {"config",	     "fbarray_",  "hugepage_info",
				    "hugepage_data", "mp_socket", "dpdk_telemetry"};

static bool
is_of_eal(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/*
 * A primary process locks "config". With --no-shconf this process has locked nothing, and another
 * one may use the directory.
 */
static bool
used_by_others(const char *folder)
{
	char config[PATH_MAX];

	snprintf(config, sizeof(config), "%s/config", folder);
	return access(config, F_OK) == 0 && rte_eal_primary_proc_alive(config) != 0;
}

void
eal_stop(void)
{
	const char *folder = rte_eal_get_runtime_dir();
	struct dirent *entry;
	DIR *dir;

	rte_eal_cleanup();
	if (used_by_others(folder))
		return;
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (is_of_eal(entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	/* Fails if there is something else in it. */
	rmdir(folder);
}
