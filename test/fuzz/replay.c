/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Runs a fuzz target on the given files, and on the files in the given directories. So every build
 * tests the corpus, also without libFuzzer.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static unsigned int nb_inputs;

/* Memory of exactly the size of the input, so that a sanitizer detects each access beyond it. */
static int
replay_file(const char *path)
{
	struct stat st;
	uint8_t *bytes;
	ssize_t size;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(path);
		return -1;
	}
	bytes = malloc((size_t)st.st_size);
	size = bytes != NULL ? read(fd, bytes, (size_t)st.st_size) : -1;
	close(fd);
	if (size == st.st_size) {
		fprintf(stderr, "%s\n", path);
		LLVMFuzzerTestOneInput(bytes, (size_t)size);
		nb_inputs++;
	} else {
		fprintf(stderr, "%s: cannot be read\n", path);
	}
	free(bytes);
	return size == st.st_size ? 0 : -1;
}

static int
replay(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char file[4096];
	int rc = 0;

	if (folder == NULL)
		return replay_file(path);
	while (rc == 0 && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		rc = replay_file(file);
	}
	closedir(folder);
	return rc;
}

int
main(int argc, char **argv)
{
	int i;

	if (LLVMFuzzerInitialize(&argc, &argv) != 0)
		return 1;
	for (i = 1; i < argc; i++) {
		if (replay(argv[i]) != 0)
			return 1;
	}
	printf("1..1\nok 1 - %u inputs hold\n", nb_inputs);
	return nb_inputs == 0;
}
