/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "budget/build.h"

static const struct {
	mode_t type;
	const char *name;
} file_types[] = {
	{S_IFDIR, "a directory"},    {S_IFIFO, "a FIFO"},    {S_IFCHR, "a character device"},
	{S_IFBLK, "a block device"}, {S_IFSOCK, "a socket"},
};

static int
fail_errno(const struct budget_build *w, const char *what)
{
	return budget_fail(w, 0, NULL, "cannot %s: %s (must be a regular file)", what,
			   strerror(errno));
}

static int
check_regular(const struct budget_build *w, const struct stat *st)
{
	const char *name = "of an unknown type";
	size_t i;

	if (S_ISREG(st->st_mode))
		return 0;
	for (i = 0; i < RTE_DIM(file_types); i++)
		if ((st->st_mode & S_IFMT) == file_types[i].type)
			name = file_types[i].name;
	return budget_fail(w, 0, NULL, "is %s (must be a regular file)", name);
}

/*
 * Check the type before open(), because opening has side effects on some devices and on the writer
 * of a FIFO. Check it again afterwards, because the file may have been replaced.
 */
static int
open_regular(const struct budget_build *w)
{
	struct stat st;
	int fd;

	if (stat(w->file, &st) < 0)
		return fail_errno(w, "open");
	if (check_regular(w, &st) < 0)
		return -1;
	fd = open(w->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(w, "open");
	if (fstat(fd, &st) == 0 && check_regular(w, &st) == 0)
		return fd;
	close(fd);
	return -1;
}

/*
 * The buffer is one byte larger than the largest file. budget_parse() refuses a file that fills it:
 * read() returns 0 then, because no room is left.
 */
static ssize_t
read_all(const struct budget_build *w, int fd, char *text)
{
	size_t length = 0;
	ssize_t nb;

	do {
		nb = read(fd, text + length, BUDGET_FILE_MAX + 1 - length);
		if (nb < 0 && errno != EINTR)
			return fail_errno(w, "read");
		length += nb > 0 ? (size_t)nb : 0;
	} while (nb != 0);
	return (ssize_t)length;
}

struct budget *
budget_load(const char *file, char *error, size_t size)
{
	const struct budget_build w = {.file = file, .error = error, .size = size};
	struct budget *b = NULL;
	ssize_t length;
	char *text;
	int fd;

	fd = open_regular(&w);
	if (fd < 0)
		return NULL;
	text = malloc(BUDGET_FILE_MAX + 1);
	if (text == NULL) {
		budget_fail_memory(&w);
		goto out;
	}
	length = read_all(&w, fd, text);
	if (length >= 0)
		b = budget_parse(file, text, (size_t)length, error, size);
out:
	free(text);
	close(fd);
	return b;
}
