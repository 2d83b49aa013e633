/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "message.h"

int
descriptors_open(void)
{
	int fd, rc;

	/* open() returns the lowest free number, and all lower ones are open. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", O_RDWR) == fd)
			continue;
		rc = errno != 0 ? -errno : -EBADF;
		log_error("descriptor %d is closed, and /dev/null cannot be opened there: %s", fd,
			  strerror(-rc));
		return rc;
	}
	return 0;
}

int
descriptors_end(void)
{
	int rc = 0;

	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		rc = errno != 0 ? -errno : -EIO;
	if (rc < 0)
		log_error("cannot write to stdout: %s", strerror(-rc));
	return rc;
}
