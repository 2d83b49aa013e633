/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "fuzz.h"

/* libFuzzer may close stderr, to silence the targets. Messages of this function still appear. */
static int errors = STDERR_FILENO;

static __attribute__((constructor)) void
keep_stderr(void)
{
	errors = dup(STDERR_FILENO);
}

void
fuzz_fail(const char *file, int line, const char *claim)
{
	dprintf(errors, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

uint8_t
fuzz_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->bytes++;
}

uint64_t
fuzz_number(struct fuzz_input *in, unsigned int nb)
{
	uint64_t n = 0;

	for (; nb > 0; nb--)
		n = n << 8 | fuzz_byte(in);
	return n;
}

char *
fuzz_text(const uint8_t *bytes, size_t size)
{
	size_t length = strnlen((const char *)bytes, size);
	char *text = malloc(length + 1);

	CLAIM(text != NULL);
	memcpy(text, bytes, length);
	text[length] = '\0';
	return text;
}

void
fuzz_words_init(struct fuzz_words *w, const uint8_t *bytes, size_t size)
{
	static char program[] = "fuzzed";
	char *rest;

	w->text = fuzz_text(bytes, size);
	w->argc = 1;
	w->argv[0] = program;
	for (rest = w->text; rest != NULL && w->argc <= FUZZ_WORDS;)
		w->argv[w->argc++] = strsep(&rest, "\n");
	w->argv[w->argc] = NULL;
}

void
fuzz_words_free(struct fuzz_words *w)
{
	free(w->text);
}

/* Directory of EAL's files, unless the environment names one. */
static char runtime[] = "/tmp/ration-fuzz-XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
remove_runtime(void)
{
	nftw(runtime, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int
fuzz_eal_start(const char *memory)
{
	static char program[] = "fuzz", size[16], prefix[48];
	static char options[][20] = {"--no-huge",      "--no-shconf", "--no-pci",
				     "--no-telemetry", "-l0",	      "--log-level=*:1"};
	char *argv[RTE_DIM(options) + 4] = {program, size, prefix};
	size_t i;

	if (getenv("RUNTIME_DIRECTORY") == NULL) {
		if (mkdtemp(runtime) == NULL || setenv("RUNTIME_DIRECTORY", runtime, 1) != 0)
			return -1;
		atexit(remove_runtime);
	}
	snprintf(size, sizeof(size), "%s", memory);
	snprintf(prefix, sizeof(prefix), "--file-prefix=ration_fuzz_%d", (int)getpid());
	for (i = 0; i < RTE_DIM(options); i++)
		argv[i + 3] = options[i];
	if (rte_eal_init(RTE_DIM(argv) - 1, argv) >= 0)
		return 0;
	fprintf(stderr, "EAL does not start\n");
	exit(1);
}

/* EAL keeps its allocations until the process ends. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
