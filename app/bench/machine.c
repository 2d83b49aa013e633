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

#include "clock.h"
#include "machine.h"

#define LINE_SIZE 4096

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The one line of a file in /proc or /sys, or null. */
static json_t *
file_line(const char *path)
{
	char line[LINE_SIZE];
	FILE *f = fopen(path, "r");
	bool got;

	if (f == NULL)
		return json_null();
	got = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	if (!got)
		return json_null();
	line[strcspn(line, "\n")] = '\0';
	return json_string(line);
}

/* The value of the first line "key : value" of a file, NUL terminated. */
static bool
file_value(const char *path, const char *key, char *value, size_t size)
{
	char line[LINE_SIZE], *colon;
	FILE *f = fopen(path, "r");
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		colon = strchr(line, ':');
		if (colon == NULL || strncmp(line, key, strlen(key)) != 0)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(value, size, "%s", colon);
		found = true;
	}
	if (f != NULL)
		fclose(f);
	return found;
}

static json_t *
value_json(const char *path, const char *key)
{
	char value[LINE_SIZE];

	return file_value(path, key, value, sizeof(value)) ? json_string(value) : json_null();
}

/* Is a word among the CPU's flags? */
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
			 value_json(meminfo, "Hugepagesize"), "total",
			 value_json(meminfo, "HugePages_Total"), "free",
			 value_json(meminfo, "HugePages_Free"), "transparent",
			 file_line("/sys/kernel/mm/transparent_hugepage/enabled"));
}

static json_t *
caches_json(void)
{
	json_t *caches = json_array();
	char path[96];
	json_t *size;
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
		size = file_line(path);
		if (json_is_null(size))
			return caches;
		json_array_append_new(caches, size);
	}
}

/* One entry for each CPU: package, core, and the CPUs that share its last cache. */
static json_t *
topology_json(void)
{
	json_t *cpus = json_array();
	long nb = sysconf(_SC_NPROCESSORS_CONF), i;
	char path[128];

	for (i = 0; i < nb; i++) {
		static const char cpu[] = "/sys/devices/system/cpu/cpu";
		json_t *one = json_object();

		snprintf(path, sizeof(path), "%s%ld/topology/physical_package_id", cpu, i);
		json_object_set_new(one, "package", file_line(path));
		snprintf(path, sizeof(path), "%s%ld/topology/core_id", cpu, i);
		json_object_set_new(one, "core", file_line(path));
		snprintf(path, sizeof(path), "%s%ld/topology/thread_siblings_list", cpu, i);
		json_object_set_new(one, "smt_siblings", file_line(path));
		snprintf(path, sizeof(path), "%s%ld/cache/index3/shared_cpu_list", cpu, i);
		json_object_set_new(one, "shares_l3_with", file_line(path));
		json_array_append_new(cpus, one);
	}
	return cpus;
}

/* C-states that the kernel may use. */
static json_t *
idle_json(void)
{
	static const char idle[] = "/sys/devices/system/cpu/cpu0/cpuidle/";
	json_t *states = json_array(), *name;
	char path[128];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "%sstate%d/name", idle, i);
		name = file_line(path);
		if (json_is_null(name))
			break;
		json_array_append_new(states, name);
	}
	return json_pack("{s:o,s:o}", "driver",
			 file_line("/sys/devices/system/cpu/cpuidle/current_driver"), "states",
			 states);
}

/* Time that the hypervisor gave to others since the machine has started, in ticks of 10 ms. */
static json_t *
steal_json(void)
{
	unsigned long long steal;
	FILE *f = fopen("/proc/stat", "r");
	int found;

	if (f == NULL)
		return json_null();
	found = fscanf(f, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal);
	fclose(f);
	return found == 1 ? json_integer((json_int_t)steal) : json_null();
}

/* Version 2 path of this process, and what its cpuset is: a partition that is isolated or not. */
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
			 value_json("/proc/meminfo", "SwapTotal"));
}

static json_t *
load_json(void)
{
	double load;

	return getloadavg(&load, 1) == 1 ? json_real(load) : json_null();
}

static void
add_cpu(json_t *m)
{
	static const char cpu[] = "/sys/devices/system/cpu/";
	char path[96];

	json_object_set_new(m, "cpu", value_json("/proc/cpuinfo", "model name"));
	json_object_set_new(m, "microcode", value_json("/proc/cpuinfo", "microcode"));
	json_object_set_new(m, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(m, "caches", caches_json());
	json_object_set_new(m, "topology", topology_json());
	json_object_set_new(m, "idle", idle_json());
	json_object_set_new(m, "hypervisor", cpu_flag("hypervisor"));
	json_object_set_new(m, "hypervisor_product",
			    file_line("/sys/devices/virtual/dmi/id/product_name"));
	json_object_set_new(m, "bios", file_line("/sys/devices/virtual/dmi/id/bios_version"));
	json_object_set_new(m, "steal_ticks", steal_json());
	json_object_set_new(m, "cgroup", cgroup_json());
	json_object_set_new(m, "kernel_threads", kernel_json());
	json_object_set_new(m, "constant_tsc", cpu_flag("constant_tsc"));
	json_object_set_new(m, "nonstop_tsc", cpu_flag("nonstop_tsc"));
	snprintf(path, sizeof(path), "%scpu0/cpufreq/scaling_governor", cpu);
	json_object_set_new(m, "governor", file_line(path));
	snprintf(path, sizeof(path), "%sisolated", cpu);
	json_object_set_new(m, "isolated_cpus", file_line(path));
	snprintf(path, sizeof(path), "%snohz_full", cpu);
	json_object_set_new(m, "nohz_full", file_line(path));
	snprintf(path, sizeof(path), "%ssmt/active", cpu);
	json_object_set_new(m, "smt_active", file_line(path));
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
machine_json(double ticks_per_ns)
{
	json_t *m = json_object();
	struct utsname un;

	if (m == NULL)
		return NULL;
	add_cpu(m);
	add_clock(m, ticks_per_ns);
	json_object_set_new(m, "kernel", uname(&un) == 0 ? json_string(un.release) : json_null());
	json_object_set_new(m, "architecture",
			    uname(&un) == 0 ? json_string(un.machine) : json_null());
	json_object_set_new(m, "cmdline", file_line("/proc/cmdline"));
	json_object_set_new(m, "load", load_json());
	json_object_set_new(m, "lcores", lcores_json());
	json_object_set_new(m, "hugepages", memory_json());
	json_object_set_new(m, "dpdk", json_string(rte_version()));
	json_object_set_new(m, "libration", json_string(BENCH_VERSION));
	json_object_set_new(m, "compiler", json_string(COMPILER));
	json_object_set_new(m, "flags", json_string(BENCH_FLAGS));
	json_object_set_new(m, "library_flags", json_string(BENCH_LIBRARY_FLAGS));
	return m;
}
