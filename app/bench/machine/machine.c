/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "bench_flags.h"
#include "harness/clock.h"
#include "machine/cmdline.h"
#include "machine/cpu.h"
#include "machine/machine.h"
#include "machine/proc.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Is this flag among the CPU's flags? */
static json_t *
cpu_flag(const char *flag)
{
	char flags[LINE_SIZE], *word, *rest = flags;

	if (!file_value("/proc/cpuinfo", "flags", flags, sizeof(flags)))
		return json_null();
	while ((word = strsep(&rest, " ")) != NULL) {
		if (strcmp(word, flag) == 0)
			return json_true();
	}
	return json_false();
}

static json_t *
cpus_of(const rte_cpuset_t *set)
{
	json_t *cpus = json_array();
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, set))
			json_array_append_new(cpus, json_integer(cpu));
	}
	return cpus;
}

static json_t *
lcores_json(void)
{
	json_t *lcores = json_array();
	unsigned int lcore_id;

	RTE_LCORE_FOREACH(lcore_id) {
		rte_cpuset_t set = rte_lcore_cpuset(lcore_id);

		json_array_append_new(lcores, json_pack("{s:i,s:b,s:o}", "lcore", (int)lcore_id,
							"main", lcore_id == rte_get_main_lcore(),
							"cpus", cpus_of(&set)));
	}
	return lcores;
}

static json_t *
memory_json(void)
{
	static const char meminfo[] = "/proc/meminfo";

	return json_pack("{s:b,s:o,s:o,s:o,s:o}", "used", rte_eal_has_hugepages() != 0, "size",
			 file_value_json(meminfo, "Hugepagesize"), "total",
			 file_value_json(meminfo, "HugePages_Total"), "free",
			 file_value_json(meminfo, "HugePages_Free"), "transparent",
			 file_line("/sys/kernel/mm/transparent_hugepage/enabled"));
}

/* cgroup v2 path of this process, and its cpuset partition: isolated or not. */
static json_t *
cgroup_json(void)
{
	char own[LINE_SIZE], path[LINE_SIZE + 128];
	json_t *partition = json_null(), *text;

	if (file_value("/proc/self/cgroup", "0", own, sizeof(own))) {
		char *folder = strchr(own, ':');

		folder = folder == NULL ? own : folder + 1;
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpuset.cpus.partition", folder);
		json_decref(partition);
		partition = file_line(path);
	}
	text = file_line("/proc/self/cpuset");
	return json_pack("{s:o,s:o}", "cpuset", text, "partition", partition);
}

static json_t *
kernel_json(void)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "khugepaged",
			 file_line("/sys/kernel/mm/transparent_hugepage/khugepaged/defrag"), "ksm",
			 file_line("/sys/kernel/mm/ksm/run"), "watchdog",
			 file_line("/proc/sys/kernel/watchdog"), "numa_balancing",
			 file_line("/proc/sys/kernel/numa_balancing"), "workqueue_cpus",
			 file_line("/sys/devices/virtual/workqueue/cpumask"), "irq_affinity",
			 file_line("/proc/irq/default_smp_affinity"), "swap",
			 file_value_json("/proc/meminfo", "SwapTotal"));
}

/* "6.12.1" of "6.12.1-vendor-3": the rest identifies a package or a build host. */
static json_t *
release_json(const char *release)
{
	return json_stringn(release, strspn(release, "0123456789."));
}

/* Preemption model from the kernel version, without the name and date of its build. */
static json_t *
preemption_json(const char *version)
{
	const char *word = strstr(version, "PREEMPT");

	return word == NULL ? json_null() : json_stringn(word, strcspn(word, " "));
}

static void
add_cmdline(json_t *m)
{
	char line[LINE_SIZE], kept[LINE_SIZE], left_out[LINE_SIZE];
	FILE *f = fopen("/proc/cmdline", "r");
	bool got = f != NULL && fgets(line, sizeof(line), f) != NULL;

	if (f != NULL)
		fclose(f);
	if (got)
		cmdline_split(line, kept, left_out);
	json_object_set_new(m, "cmdline", got ? json_string(kept) : json_null());
	json_object_set_new(m, "cmdline_left_out", got ? json_string(left_out) : json_null());
}

static void
add_kernel(json_t *m)
{
	struct utsname un;
	bool got = uname(&un) == 0;

	json_object_set_new(m, "kernel", got ? release_json(un.release) : json_null());
	json_object_set_new(m, "preemption", got ? preemption_json(un.version) : json_null());
	json_object_set_new(m, "architecture", got ? json_string(un.machine) : json_null());
	add_cmdline(m);
}

void
machine_record_before(struct machine_before *before)
{
	before->steal_ticks = machine_steal_ticks();
	if (getloadavg(&before->load, 1) != 1)
		before->load = -1;
}

static void
add_run(json_t *m, const struct machine_before *before)
{
	int64_t now = machine_steal_ticks();

	json_object_set_new(m, "load_before",
			    before->load < 0 ? json_null() : json_real(before->load));
	json_object_set_new(m, "steal_ticks",
			    now < 0 || before->steal_ticks < 0
				    ? json_null()
				    : json_integer((json_int_t)(now - before->steal_ticks)));
	json_object_set_new(m, "ticks_per_second", json_integer(sysconf(_SC_CLK_TCK)));
}

static void
add_cpu(json_t *m)
{
	json_object_set_new(m, "cpu", file_value_json("/proc/cpuinfo", "model name"));
	json_object_set_new(m, "microcode", file_value_json("/proc/cpuinfo", "microcode"));
	json_object_set_new(m, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(m, "caches", machine_caches());
	json_object_set_new(m, "topology", machine_topology());
	json_object_set_new(m, "idle", machine_idle());
	json_object_set_new(m, "hypervisor", cpu_flag("hypervisor"));
	json_object_set_new(m, "hypervisor_product",
			    file_line("/sys/devices/virtual/dmi/id/product_name"));
	json_object_set_new(m, "bios", file_line("/sys/devices/virtual/dmi/id/bios_version"));
	json_object_set_new(m, "cgroup", cgroup_json());
	json_object_set_new(m, "kernel_threads", kernel_json());
	json_object_set_new(m, "constant_tsc", cpu_flag("constant_tsc"));
	json_object_set_new(m, "nonstop_tsc", cpu_flag("nonstop_tsc"));
	json_object_set_new(m, "governor", machine_governor());
	json_object_set_new(m, "isolated_cpus", file_line("/sys/devices/system/cpu/isolated"));
	json_object_set_new(m, "nohz_full", file_line("/sys/devices/system/cpu/nohz_full"));
	json_object_set_new(m, "smt_active", file_line("/sys/devices/system/cpu/smt/active"));
}

static void
add_clock(json_t *m, double ticks_per_ns)
{
	double hz = ticks_per_ns * 1e9;

	json_object_set_new(m, "tsc_hz", json_integer((json_int_t)hz));
	json_object_set_new(m, "tsc_source", json_string("measured against CLOCK_MONOTONIC"));
	json_object_set_new(m, "tsc_hz_eal", json_integer((json_int_t)rte_get_tsc_hz()));
	json_object_set_new(m, "tsc_resolution_ns", json_real(clock_resolution() / ticks_per_ns));
	json_object_set_new(m, "clocksource",
			    file_line("/sys/devices/system/clocksource/clocksource0/"
				      "current_clocksource"));
}

json_t *
machine_json(double ticks_per_ns, const struct machine_before *before)
{
	json_t *m = json_object();

	if (m == NULL)
		return NULL;
	add_cpu(m);
	add_clock(m, ticks_per_ns);
	add_kernel(m);
	add_run(m, before);
	json_object_set_new(m, "lcores", lcores_json());
	json_object_set_new(m, "hugepages", memory_json());
	json_object_set_new(m, "dpdk", json_string(rte_version()));
	json_object_set_new(m, "libration", json_string(BENCH_VERSION));
	json_object_set_new(m, "compiler", json_string(COMPILER));
	json_object_set_new(m, "flags", json_string(BENCH_FLAGS));
	json_object_set_new(m, "library_flags", json_string(BENCH_LIBRARY_FLAGS));
	return m;
}
