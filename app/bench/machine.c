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
	json_object_set_new(m, "hypervisor", cpu_flag("hypervisor"));
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
