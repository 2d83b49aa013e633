/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* A program that was compiled for another ABI than the library gets an error and nothing else. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "eal.h"
#include "fixture.h"

#define ANOTHER_DPDK (RATION_ABI + (UINT64_C(1) << 48))
#define ANOTHER_LAYOUT (RATION_ABI + (UINT64_C(1) << 32))
#define ANOTHER_SIZE (RATION_ABI + RTE_CACHE_LINE_SIZE)

static const uint64_t forged[] = {ANOTHER_DPDK, ANOTHER_LAYOUT, ANOTHER_SIZE, 0};

static void
a_program_of_another_abi_creates_no_domain(void **state)
{
	/* As large as a structure of another version may be: it must not be read. */
	const struct ration_domain_params *params = (const void *)(uintptr_t)8;
	size_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(forged); i++) {
		assert_errno(NULL, __ration_domain_create("forged", params, forged[i]), EPROTO);
		assert_errno(NULL, ration_domain_lookup("forged"), ENOENT);
	}
}

static void
a_program_of_another_abi_finds_no_domain(void **state)
{
	struct fixture *f = *state;
	const char *name = ration_domain_name(f->d);
	size_t i;

	for (i = 0; i < RTE_DIM(forged); i++) {
		assert_errno(NULL, __ration_domain_lookup(name, forged[i]), EPROTO);
		assert_errno(NULL, __ration_domain_lookup(NULL, forged[i]), EPROTO);
	}
	assert_ptr_equal(ration_domain_lookup(name), f->d);
	assert_ptr_equal(__ration_domain_lookup(name, RATION_ABI), f->d);
}

/* Observing is for secondary processes; the guard comes first all the same. */
static void
a_program_of_another_abi_observes_no_domain(void **state)
{
	struct fixture *f = *state;
	size_t i, writable = 7;

	for (i = 0; i < RTE_DIM(forged); i++)
		assert_errno(
			NULL,
			__ration_domain_observe(ration_domain_name(f->d), &writable, forged[i]),
			EPROTO);
	assert_int_equal(writable, 7);
}

/* What the library logs while a program of another ABI creates a domain. */
static char *
log_of_create(uint64_t abi)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size), *before = rte_log_get_stream();

	assert_non_null(f);
	rte_openlog_stream(f);
	assert_errno(NULL, __ration_domain_create("forged", NULL, abi), EPROTO);
	rte_openlog_stream(before);
	fclose(f);
	return text;
}

static void
one_line_names_both_versions(void **state)
{
	char dpdk[64], layout[64];
	char *text = log_of_create(ANOTHER_DPDK + ANOTHER_LAYOUT - RATION_ABI);

	(void)state;
	snprintf(dpdk, sizeof(dpdk), "DPDK ABI %d", RATION_DPDK_ABI + 1);
	snprintf(layout, sizeof(layout), "layout %d", RATION_LAYOUT + 1);
	assert_non_null(strstr(text, "domain forged"));
	assert_non_null(strstr(text, dpdk));
	assert_non_null(strstr(text, layout));
	snprintf(dpdk, sizeof(dpdk), "DPDK ABI %d", RATION_DPDK_ABI);
	snprintf(layout, sizeof(layout), "layout %d", RATION_LAYOUT);
	assert_non_null(strstr(text, dpdk));
	assert_non_null(strstr(text, layout));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_of_another_abi_creates_no_domain),
		in_domain(a_program_of_another_abi_finds_no_domain),
		in_domain(a_program_of_another_abi_observes_no_domain),
		cmocka_unit_test(one_line_names_both_versions),
	};

	if (test_eal_start("abi", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
