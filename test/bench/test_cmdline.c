/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/cmdline.h"

static void
parameters_that_affect_timing_are_published(void **state)
{
	static const char *const parameters[] = {
		"isolcpus=managed_irq,domain,2-3",
		"irqaffinity=0-31:1/2",
		"nohz_full=1,3",
		"mitigations=auto,no_guest_host",
		"nomodule",
		"quiet",
		"swiotlb=noforce",
		"page_reporting.page_reporting_order=11",
		"intel_idle.max_cstate=1",
		"default_hugepagesz=1G",
		"memmap=4G!12G",
		"crashkernel=1G-4G:192M,4G-64G:256M",
		"clocksource=tsc",
		"hugepages=0:2,1:2",
		"tsc=reliable",
		"rdt=!l3cat",
		"ipcmni_extend",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		if (!cmdline_is_public(parameters[i]))
			fail_msg("%s is left out", parameters[i]);
	}
}

static void
parameters_that_identify_the_machine_are_not(void **state)
{
	static const char *const parameters[] = {
		"root=LABEL=cloudimg",
		"root=PARTUUID=5b6ed5f0-01",
		"resume=swap",
		"rootfstype=ext4",
		"rootflags=subvol=@",
		"init=/sbin/init",
		"rdinit=/init",
		"console=ttyS0,115200",
		"ip=dhcp",
		"BOOT_IMAGE=(hd0,gpt2)vmlinuz",
		"luks=3f6b1a2c-0d1e-4f5a-8b7c-9d0e1f2a3b4c",
		"server=192.168.7.12",
		"peers=10.0.0.1,10.0.0.2",
		"gateway=fe80::1",
		"net=2001:db8:1::2",
		"ifname=eth0:52:54:00:12:34:56",
		"firmware_path=/lib/special",
		"url=http://host.example",
		"disk=a:/dev/vda",
		"rd.lvm.lv=vg0/root",
		"systemd.machine_id=0123456789abcdef",
		"virtio_mmio.device=4K@0xd0000000:5",
		"vfio=0000:03:00.0",
		"/vmlinuz",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		if (cmdline_is_public(parameters[i]))
			fail_msg("%s is published", parameters[i]);
	}
}

static void
a_line_is_split_into_both(void **state)
{
	char line[] = "quiet root=/dev/vda1  isolcpus=2 console=ttyS0 nosmt -- --addr quiet\n";
	char kept[sizeof(line)], left_out[sizeof(line)];

	(void)state;
	cmdline_split(line, kept, left_out);
	assert_string_equal(kept, "quiet isolcpus=2 nosmt");
	assert_string_equal(left_out, "root console --");
}

static void
an_empty_line_has_nothing(void **state)
{
	char line[] = "\n", kept[sizeof(line)], left_out[sizeof(line)];

	(void)state;
	cmdline_split(line, kept, left_out);
	assert_string_equal(kept, "");
	assert_string_equal(left_out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_that_affect_timing_are_published),
		cmocka_unit_test(parameters_that_identify_the_machine_are_not),
		cmocka_unit_test(a_line_is_split_into_both),
		cmocka_unit_test(an_empty_line_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
