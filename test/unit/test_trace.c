/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Tracing: each trace point exists, and events are written to the trace. */

#define ALLOW_EXPERIMENTAL_API

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_trace.h>
#include <rte_trace_point.h>

#include "fixture.h"

static char dir[] = "/tmp/ration-trace-XXXXXX";

/* Number of bytes in all streams that were written. */
static long stream_bytes;

static int
add_stream(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type == FTW_F && strncmp(path + ftw->base, "channel", 7) == 0)
		stream_bytes += st->st_size;
	return 0;
}

static int
remove_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
every_point_can_be_found_and_is_declared(void **state)
{
	static const char *const names[] = {"refill", "trim",  "refusal",
					    "scan",   "round", "takeover"};
	char name[40], *text = NULL;
	size_t length = 0;
	FILE *f = open_memstream(&text, &length);
	uint32_t i;

	(void)state;
	assert_int_equal(rte_trace_metadata_dump(f), 0);
	fclose(f);
	for (i = 0; i < RTE_DIM(names); i++) {
		snprintf(name, sizeof(name), "lib.ration.%s", names[i]);
		assert_non_null(rte_trace_point_lookup(name));
		assert_true(rte_trace_point_is_enabled(rte_trace_point_lookup(name)));
		assert_non_null(strstr(text, name));
	}
	free(text);
}

static void
events_of_the_slow_path_are_written(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);
	long before;
	uint32_t i;

	assert_int_equal(rte_trace_save(), 0);
	stream_bytes = 0;
	nftw(dir, add_stream, 8, FTW_PHYS);
	before = stream_bytes;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	}
	assert_int_equal(ration_drain(f->d, c, 0, NULL), 0);
	assert_int_equal(rte_trace_save(), 0);
	stream_bytes = 0;
	nftw(dir, add_stream, 8, FTW_PHYS);
	/* The stream is a copy of the buffers: it grows by the events since the last save. */
	assert_true(stream_bytes > before);
	assert_true(stream_bytes - before > 1000 * 2 * 16);
}

int
main(void)
{
	const struct CMUnitTest trace[] = {
		cmocka_unit_test(every_point_can_be_found_and_is_declared),
		with_one_member(events_of_the_slow_path_are_written),
	};
	char arg[8][64] = {"trace", "--no-huge", "--no-pci", "--no-shconf", "--trace=lib.ration.*"};
	char *argv[RTE_DIM(arg) + 1];
	uint32_t i;
	int rc;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(arg[5], sizeof(arg[5]), "--trace-dir=%s", dir);
	snprintf(arg[6], sizeof(arg[6]), "--file-prefix=ration-trace-%d", (int)getpid());
	snprintf(arg[7], sizeof(arg[7]), "--lcores=0@(0-%ld)", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	for (i = 0; i < RTE_DIM(arg); i++)
		argv[i] = arg[i];
	argv[i] = NULL;
	if (rte_eal_init((int)i, argv) < 0)
		return 1;
	rc = cmocka_run_group_tests(trace, NULL, NULL);
	rte_eal_cleanup();
	nftw(dir, remove_file, 8, FTW_DEPTH | FTW_PHYS);
	return rc;
}
