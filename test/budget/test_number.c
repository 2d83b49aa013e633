/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* budget_number() for a table of texts. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

static const struct {
	const char *text;
	int rc;
	uint64_t value;
} numbers[] = {
	{"0", 0, 0},
	{"1", 0, 1},
	{"007", 0, 7},
	{"0k", 0, 0},
	{"1k", 0, 1024},
	{"64k", 0, 65536},
	{"1M", 0, 1048576},
	{"1G", 0, 1073741824},
	{"max", 0, RATION_UNLIMITED},
	{"9223372036854775807", 0, RATION_UNLIMITED},
	{"00000000000000000000000000000000000000000007", 0, 7},
	{"9007199254740991k", 0, UINT64_C(9007199254740991) << 10},
	{"8796093022207M", 0, UINT64_C(8796093022207) << 20},
	{"8589934591G", 0, UINT64_C(8589934591) << 30},
	{"9223372036854775808", -ERANGE, UNTOUCHED},
	{"9223372036854775810", -ERANGE, UNTOUCHED},
	{"18446744073709551615", -ERANGE, UNTOUCHED},
	{"18446744073709551616", -ERANGE, UNTOUCHED},
	{"18446744073709551617", -ERANGE, UNTOUCHED},
	{"99999999999999999999999999999999999999999999", -ERANGE, UNTOUCHED},
	{"9007199254740992k", -ERANGE, UNTOUCHED},
	{"8796093022208M", -ERANGE, UNTOUCHED},
	{"8589934592G", -ERANGE, UNTOUCHED},
	{"17179869184G", -ERANGE, UNTOUCHED},
	{"", -EINVAL, UNTOUCHED},
	{"k", -EINVAL, UNTOUCHED},
	{"-1", -EINVAL, UNTOUCHED},
	{"-0", -EINVAL, UNTOUCHED},
	{"+1", -EINVAL, UNTOUCHED},
	{" 1", -EINVAL, UNTOUCHED},
	{"1 ", -EINVAL, UNTOUCHED},
	{"1 k", -EINVAL, UNTOUCHED},
	{"1K", -EINVAL, UNTOUCHED},
	{"1m", -EINVAL, UNTOUCHED},
	{"1g", -EINVAL, UNTOUCHED},
	{"1T", -EINVAL, UNTOUCHED},
	{"1kk", -EINVAL, UNTOUCHED},
	{"1kB", -EINVAL, UNTOUCHED},
	{"1\n", -EINVAL, UNTOUCHED},
	{"1.5", -EINVAL, UNTOUCHED},
	{"1e3", -EINVAL, UNTOUCHED},
	{"1_000", -EINVAL, UNTOUCHED},
	{"0x10", -EINVAL, UNTOUCHED},
	{"max ", -EINVAL, UNTOUCHED},
	{"MAX", -EINVAL, UNTOUCHED},
	{"maxk", -EINVAL, UNTOUCHED},
	{"1max", -EINVAL, UNTOUCHED},
	{"99999999999999999999999999999x", -EINVAL, UNTOUCHED},
	{"\xd9\xa1", -EINVAL, UNTOUCHED},
};

static void
each_text_is_read_as_its_number_or_error(void **state)
{
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(numbers); i++) {
		uint64_t value = UNTOUCHED;
		int rc = budget_number(numbers[i].text, &value);

		if (rc != numbers[i].rc || value != numbers[i].value)
			fail_msg("'%s': %d, %ju", numbers[i].text, rc, (uintmax_t)value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_read_as_its_number_or_error),
	};

	return cmocka_run_group_tests_name("budget_number", tests, NULL, NULL);
}
