/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Units as text: each text is read as its number or error, each number is written the same way. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include <ration.h>

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
	{"1K", 0, 1024},
	{"64k", 0, 65536},
	{"1M", 0, 1048576},
	{"1G", 0, 1073741824},
	{"3T", 0, UINT64_C(3) << 40},
	{"3P", 0, UINT64_C(3) << 50},
	{"7E", 0, UINT64_C(7) << 60},
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
	{"8388608T", -ERANGE, UNTOUCHED},
	{"8192P", -ERANGE, UNTOUCHED},
	{"8E", -ERANGE, UNTOUCHED},
	{"16E", -ERANGE, UNTOUCHED},
	{"", -EINVAL, UNTOUCHED},
	{"k", -EINVAL, UNTOUCHED},
	{"-1", -EINVAL, UNTOUCHED},
	{"-0", -EINVAL, UNTOUCHED},
	{"+1", -EINVAL, UNTOUCHED},
	{" 1", -EINVAL, UNTOUCHED},
	{"1 ", -EINVAL, UNTOUCHED},
	{"1 k", -EINVAL, UNTOUCHED},
	{"1m", -EINVAL, UNTOUCHED},
	{"1g", -EINVAL, UNTOUCHED},
	{"1e", -EINVAL, UNTOUCHED},
	{"1Z", -EINVAL, UNTOUCHED},
	{"1.5M", -EINVAL, UNTOUCHED},
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
		int rc = ration_size_parse(numbers[i].text, &value);

		if (rc != numbers[i].rc || value != numbers[i].value)
			fail_msg("'%s': %d, %ju", numbers[i].text, rc, (uintmax_t)value);
	}
}

static void
each_number_is_written_the_way_it_is_read(void **state)
{
	static const struct {
		uint64_t units;
		const char *text;
	} written[] = {
		{0, "0"},
		{1, "1"},
		{1000, "1000"},
		{1023, "1023"},
		{1024, "1k"},
		{1536, "1536"},
		{65536, "64k"},
		{UINT64_C(3) << 19, "1536k"},
		{UINT64_C(1) << 62, "4E"},
		{RATION_UNLIMITED - 1, "9223372036854775806"},
		{RATION_UNLIMITED, "max"},
	};
	char text[RATION_SIZE_TEXT_SIZE];
	uint64_t value, n;
	size_t i;
	int length;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(written); i++) {
		length = (int)strlen(written[i].text);
		assert_int_equal(ration_size_format(written[i].units, text, sizeof(text)), length);
		assert_string_equal(text, written[i].text);
		assert_int_equal(ration_size_parse(text, &value), 0);
		assert_true(value == written[i].units);
		/* It fits exactly, or not at all. */
		strcpy(text, "unchanged");
		assert_int_equal(ration_size_format(written[i].units, text, (size_t)length),
				 -ENAMETOOLONG);
		assert_string_equal(text, "unchanged");
		assert_int_equal(ration_size_format(written[i].units, text, (size_t)length + 1),
				 length);
	}
	for (n = 1; n < RATION_UNLIMITED / 7; n *= 7) {
		for (i = 0; i < 3; i++) {
			assert_true(ration_size_format(n - 1 + i, text, sizeof(text)) > 0);
			assert_int_equal(ration_size_parse(text, &value), 0);
			assert_true(value == n - 1 + i);
		}
	}
}

static void
what_cannot_be_a_number_is_refused(void **state)
{
	char text[RATION_SIZE_TEXT_SIZE] = "unchanged";
	uint64_t value = UNTOUCHED;

	RTE_SET_USED(state);
	assert_int_equal(ration_size_parse(NULL, &value), -EINVAL);
	assert_true(value == UNTOUCHED);
	assert_int_equal(ration_size_format(RATION_UNLIMITED + 1, text, sizeof(text)), -EINVAL);
	assert_int_equal(ration_size_format(UINT64_MAX, text, sizeof(text)), -EINVAL);
	assert_int_equal(ration_size_format(1, NULL, 10), -EINVAL);
	assert_int_equal(ration_size_format(1, text, 0), -ENAMETOOLONG);
	assert_string_equal(text, "unchanged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_read_as_its_number_or_error),
		cmocka_unit_test(each_number_is_written_the_way_it_is_read),
		cmocka_unit_test(what_cannot_be_a_number_is_refused),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
