/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_log.h>

#include "plant.h"

static FILE *stream;
static char *text;
static size_t length;
/** Length of the log and violations at the last plant_seen(). */
static size_t seen;
static struct ration_checks before;

void
plant_seen(void)
{
	fflush(stream);
	seen = length;
	ration_checks_get(&before);
}

int
plant_setup(void **state)
{
	stream = open_memstream(&text, &length);
	if (stream == NULL || rte_openlog_stream(stream) != 0)
		return -1;
	plant_seen();
	return fixture_setup_one(state);
}

int
plant_teardown(void **state)
{
	int rc = fixture_teardown(state);

	rte_openlog_stream(NULL);
	fclose(stream);
	free(text);
	return rc;
}

const char *
plant_log(void)
{
	fflush(stream);
	return text + seen;
}

unsigned int
plant_count(const char *part)
{
	const char *at = plant_log();
	unsigned int nb = 0;

	for (; (at = strstr(at, part)) != NULL; at++)
		nb++;
	return nb;
}

void
assert_clean(void)
{
	struct ration_checks now;

	ration_checks_get(&now);
	assert_int_equal(now.total, before.total);
	assert_string_equal(plant_log(), "");
}

void
assert_planted(enum ration_check kind, unsigned int nb, unsigned int reports, const char *call)
{
	struct ration_checks now;
	char report[128];

	if (!CHECKED) {
		assert_clean();
		return;
	}
	ration_checks_get(&now);
	assert_int_equal(now.violations[kind] - before.violations[kind], nb);
	assert_int_equal(now.total - before.total, nb);
	assert_int_equal(plant_count("misuse at "), reports);
	snprintf(report, sizeof(report), ": %s(): %s: ", call, ration_check_name(kind));
	assert_int_equal(plant_count(report), reports);
	assert_int_equal(plant_count("RATION:   #0 "), reports);
	assert_int_equal(plant_count("test_planted.c:"), reports);
}
