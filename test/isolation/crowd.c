/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A process with the given number of idle threads, for vm.sh: a shell has only one thread. Writes a
 * file when all threads have started.
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *
rest(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int nb;

	for (nb = argc == 3 ? atoi(argv[1]) : 0; nb > 1; nb--) {
		if (pthread_create(&thread, NULL, rest, NULL) != 0)
			return 1;
	}
	if (argc != 3 || open(argv[2], O_CREAT | O_WRONLY | O_CLOEXEC, 0600) < 0)
		return 1;
	rest(NULL);
	return 0;
}
