/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The options of ration-bench: accepted values are within the limits of the help text. */

#include <string.h>

#include "fuzz.h"
#include "options.h"

/* The names of tests. The tests themselves are not needed. */
static const struct bench_test charge = {.name = "charge", .summary = "", .nb_lcores = 1};
static const struct bench_test drain = {.name = "drain", .summary = "", .nb_lcores = 2};
const struct bench_test *const bench_tests[] = {&charge, &drain, NULL};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_words w;
	struct options o;
	int rc;

	fuzz_words_init(&w, bytes, size);
	rc = options_parse(w.argc, w.argv, &o);
	CLAIM(rc == 0 || rc == -1);
	if (rc == 0 && !o.help) {
		CLAIM(o.repeats >= REPEATS_MIN && o.repeats <= REPEATS_MAX);
		CLAIM(o.test_name != NULL);
		CLAIM(o.test != NULL ? strcmp(o.test->name, o.test_name) == 0
				     : strcmp(o.test_name, "all") == 0);
	}
	fuzz_words_free(&w);
	return 0;
}
