/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "machine/cpu.h"
#include "machine/proc.h"

#define CPU_PATH "/sys/devices/system/cpu/cpu"

/* All CPUs that the lcores may run on. */
static void
measured_cpus(rte_cpuset_t *all)
{
	unsigned int lcore_id;

	CPU_ZERO(all);
	RTE_LCORE_FOREACH(lcore_id) {
		rte_cpuset_t set = rte_lcore_cpuset(lcore_id);

		CPU_OR(all, all, &set);
	}
}

/*
 * Read a value of each measured CPU. Return one value if it is the same for all, otherwise an
 * object with CPU numbers as keys.
 */
static json_t *
of_measured_cpus(json_t *(*read)(int cpu))
{
	json_t *each = json_object(), *first = NULL, *value;
	bool same = true;
	char number[16];
	rte_cpuset_t set;
	int cpu;

	measured_cpus(&set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		value = read(cpu);
		first = first == NULL ? value : first;
		same = same && json_equal(first, value);
		snprintf(number, sizeof(number), "%d", cpu);
		json_object_set_new(each, number, value);
	}
	if (!same || first == NULL)
		return each;
	json_incref(first);
	json_decref(each);
	return first;
}

static json_t *
caches_of(int cpu)
{
	json_t *caches = json_array();
	char path[96];
	json_t *size;
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), CPU_PATH "%d/cache/index%d/size", cpu, i);
		size = file_line(path);
		if (json_is_null(size))
			return caches;
		json_array_append_new(caches, size);
	}
}

static json_t *
governor_of(int cpu)
{
	char path[96];

	snprintf(path, sizeof(path), CPU_PATH "%d/cpufreq/scaling_governor", cpu);
	return file_line(path);
}

json_t *
machine_topology(void)
{
	json_t *cpus = json_array();
	long nb = sysconf(_SC_NPROCESSORS_CONF), i;
	char path[128];

	for (i = 0; i < nb; i++) {
		json_t *one = json_object();

		snprintf(path, sizeof(path), CPU_PATH "%ld/topology/physical_package_id", i);
		json_object_set_new(one, "package", file_line(path));
		snprintf(path, sizeof(path), CPU_PATH "%ld/topology/core_id", i);
		json_object_set_new(one, "core", file_line(path));
		snprintf(path, sizeof(path), CPU_PATH "%ld/topology/thread_siblings_list", i);
		json_object_set_new(one, "smt_siblings", file_line(path));
		snprintf(path, sizeof(path), CPU_PATH "%ld/cache/index3/shared_cpu_list", i);
		json_object_set_new(one, "shares_l3_with", file_line(path));
		json_array_append_new(cpus, one);
	}
	return cpus;
}

/* C-states that the kernel may use, with their names and whether they are disabled. */
static json_t *
states_of(int cpu)
{
	json_t *states = json_array(), *name;
	char path[128];
	int i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), CPU_PATH "%d/cpuidle/state%d/name", cpu, i);
		name = file_line(path);
		if (json_is_null(name))
			return states;
		snprintf(path, sizeof(path), CPU_PATH "%d/cpuidle/state%d/disable", cpu, i);
		json_array_append_new(
			states, json_pack("{s:o,s:o}", "name", name, "disabled", file_line(path)));
	}
}

json_t *
machine_idle(void)
{
	return json_pack("{s:o,s:o}", "driver",
			 file_line("/sys/devices/system/cpu/cpuidle/current_driver"), "states",
			 of_measured_cpus(states_of));
}

int64_t
machine_steal_ticks(void)
{
	FILE *f = fopen("/proc/stat", "r");
	int64_t sum = -1, steal;
	char line[LINE_SIZE];
	rte_cpuset_t set;
	int cpu;

	measured_cpus(&set);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "cpu%d %*u %*u %*u %*u %*u %*u %*u %" SCNd64, &cpu, &steal) != 2 ||
		    cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &set))
			continue;
		sum = (sum < 0 ? 0 : sum) + steal;
	}
	if (f != NULL)
		fclose(f);
	return sum;
}

json_t *
machine_caches(void)
{
	return of_measured_cpus(caches_of);
}

json_t *
machine_governor(void)
{
	return of_measured_cpus(governor_of);
}
