/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "harness/isolation.h"

#define ARGS_MAX 6
/* Exit status of "enter": threads were moved away, but new threads may run there. */
#define ENTER_WEAKER 3

/* Directory of this program in a build tree, and path of the script there. */
#define BUILD_FOLDER "/app/bench/"
#define BUILD_SCRIPT "/config/isolation/isolate.sh"

/* Script of the build tree if this program is in one, or NULL. */
static const char *
build_script(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(BUILD_SCRIPT));
	char *name, *folder;

	if (length < 0)
		return NULL;
	path[length] = '\0';
	name = strrchr(path, '/');
	folder = name - (sizeof(BUILD_FOLDER) - 2);
	if (folder < path || strncmp(folder, BUILD_FOLDER, sizeof(BUILD_FOLDER) - 1) != 0)
		return NULL;
	memcpy(folder, BUILD_SCRIPT, sizeof(BUILD_SCRIPT));
	return access(path, X_OK) == 0 ? path : NULL;
}

/* An installed program never runs a script from a build tree, because it may run as root. */
static const char *
script_path(void)
{
	const char *path = getenv("RATION_ISOLATE");

	if (path == NULL)
		path = build_script();
	return path == NULL ? BENCH_ISOLATE : path;
}

/* Start a program with these descriptors as stdin and stdout. @return its pid, or -1 */
static pid_t
start(const char *const *args, int in, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char *argv[ARGS_MAX + 1] = {0};
	pid_t pid = -1;
	int i, rc;

	for (i = 0; i < ARGS_MAX && args[i] != NULL; i++)
		argv[i] = strdup(args[i]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	/* Ctrl-C must reach this program only. */
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	rc = posix_spawnp(&pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	for (i = 0; i < ARGS_MAX; i++)
		free(argv[i]);
	return rc == 0 ? pid : -1;
}

static int
wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Report of the script's check, or NULL. */
static json_t *
run_check(const char *cpu)
{
	const char *const args[] = {script_path(), "check", "--json", cpu, NULL};
	json_t *check;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	pid = start(args, STDIN_FILENO, ends[1]);
	close(ends[1]);
	check = json_loadfd(ends[0], 0, NULL);
	close(ends[0]);
	if (wait_for(pid) >= 0 && json_is_object(check))
		return check;
	json_decref(check);
	return NULL;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "unknown" : text;
}

static void
print_names(const json_t *check, const char *state)
{
	const char *before = "";
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(check, "checks"), i, one)
	{
		if (strcmp(text_of(one, "state"), state) != 0)
			continue;
		if (*before == '\0')
			printf("; %s: %s", state, text_of(one, "name"));
		else
			printf("%s%s", before, text_of(one, "name"));
		before = ", ";
	}
}

/* How the CPU is isolated: "boot", "cpuset", or NULL if it is not. */
static const char *
find_isolation(const json_t *check)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(check, "checks"), i, one)
	{
		if (strcmp(text_of(one, "name"), "isolcpus") != 0)
			continue;
		if (strcmp(text_of(one, "state"), "ok") != 0)
			return NULL;
		return strstr(text_of(one, "value"), "cpuset") == NULL ? "boot" : "cpuset";
	}
	return NULL;
}

/*
 * The worst verdict on the CPU, not isolated and isolated by this program. All rows of a state
 * share the string, so a later check changes all of them.
 */
static json_t *worst_checks[2];

static void
clear_checks(void)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(worst_checks); i++) {
		json_decref(worst_checks[i]);
		worst_checks[i] = json_string("");
	}
}

static int
badness(const char *verdict)
{
	static const char *const verdicts[] = {"", "ok", "weak", "wrong", "unknown"};
	unsigned int i;

	for (i = RTE_DIM(verdicts) - 1; i > 0; i--) {
		if (strcmp(verdicts[i], verdict) == 0)
			break;
	}
	return (int)i;
}

void
isolation_check_again(struct isolation *iso)
{
	json_t *check = iso->cpu[0] == '\0' ? NULL : run_check(iso->cpu);
	const char *verdict = text_of(check, "verdict");
	json_t *worst = worst_checks[iso->entered];

	if (badness(verdict) > badness(json_string_value(worst)))
		json_string_set(worst, verdict);
	printf("isolation of CPU %s (lcore %u): %s", iso->cpu[0] == '\0' ? "?" : iso->cpu,
	       iso->lcore_id, verdict);
	print_names(check, "wrong");
	print_names(check, "weak");
	putchar('\n');
	fflush(stdout);
	if (!iso->entered)
		iso->found = find_isolation(check);
	json_decref(check);
}

bool
isolation_one_cpu(unsigned int lcore_a, unsigned int lcore_b)
{
	rte_cpuset_t both, a = rte_lcore_cpuset(lcore_a), b = rte_lcore_cpuset(lcore_b);

	CPU_OR(&both, &a, &b);
	return CPU_COUNT(&both) < 2;
}

static void
find_cpu(struct isolation *iso)
{
	rte_cpuset_t set = rte_lcore_cpuset(iso->lcore_id);
	int cpu;

	iso->cpu[0] = '\0';
	for (cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&set) == 1; cpu++) {
		if (CPU_ISSET(cpu, &set))
			snprintf(iso->cpu, sizeof(iso->cpu), "%d", cpu);
	}
}

static const char *
find_obstacle(const struct isolation *iso, const struct bench *b)
{
	if (iso->found != NULL)
		return "it is isolated already";
	if (!b->isolate)
		return "--isolate was not given";
	if (iso->cpu[0] == '\0')
		return "the lcore may run on several CPUs";
	if (isolation_one_cpu(iso->lcore_id, rte_get_main_lcore()))
		return "the main lcore shares the CPU";
	if (geteuid() != 0)
		return "it needs root";
	/*
	 * The kernel kills the whole PID namespace after its first process, including the watcher.
	 */
	if (getpid() == 1)
		return "no process would be left in this PID namespace to undo it";
	return strcmp(json_string_value(worst_checks[0]), "unknown") == 0
		       ? "isolate.sh cannot be run"
		       : NULL;
}

void
isolation_check(struct isolation *iso, const struct bench *b, unsigned int lcore_id)
{
	*iso = (struct isolation){.lcore_id = lcore_id, .alive = -1};
	find_cpu(iso);
	clear_checks();
	isolation_check_again(iso);
	iso->obstacle = find_obstacle(iso, b);
	if (iso->obstacle != NULL)
		printf("no comparison with an isolated CPU: %s\n", iso->obstacle);
	fflush(stdout);
}

/*
 * The watcher waits until the other end of the pipe is closed: by isolation_leave(), or because
 * this process has ended for any reason.
 */
static int
start_watcher(struct isolation *iso)
{
	const char *const args[] = {"/bin/sh", "-c", "cat > /dev/null; exec \"$0\" leave",
				    script_path(), NULL};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	iso->watcher = start(args, ends[0], STDERR_FILENO);
	close(ends[0]);
	iso->alive = ends[1];
	return iso->watcher < 0 ? -1 : 0;
}

int
isolation_enter(struct isolation *iso)
{
	const char *const args[] = {script_path(), "enter", iso->cpu, NULL};
	int rc;

	/* Start the watcher before the CPU is isolated, so that isolation is always undone. */
	iso->entered = start_watcher(iso) == 0;
	rc = iso->entered ? wait_for(start(args, STDIN_FILENO, STDERR_FILENO)) : -1;
	if (rc == 0) {
		isolation_check_again(iso);
		return 0;
	}
	isolation_abort(iso, rc == ENTER_WEAKER ? "nothing keeps new threads away from it"
						: "isolate.sh enter failed");
	return -1;
}

void
isolation_abort(struct isolation *iso, const char *obstacle)
{
	iso->obstacle = obstacle;
	warnx("no comparison with an isolated CPU: %s", obstacle);
	isolation_leave(iso);
}

int
isolation_leave(struct isolation *iso)
{
	int rc = 0;

	if (iso->alive >= 0)
		close(iso->alive);
	iso->alive = -1;
	if (iso->entered && wait_for(iso->watcher) != 0) {
		warnx("isolate.sh leave failed: run it again");
		rc = -1;
	}
	iso->entered = false;
	return rc;
}

/* In a PID namespace other than the first one, only its own threads can be moved away. */
static bool
in_first_namespace(void)
{
	static const char first[] = "pid:[4026531836]";
	char name[sizeof(first) + 1];
	ssize_t length = readlink("/proc/self/ns/pid", name, sizeof(name));

	return length == sizeof(first) - 1 && memcmp(name, first, sizeof(first) - 1) == 0;
}

void
isolation_mark_row(const struct isolation *iso, struct row *row)
{
	const char *by = iso->found == NULL ? "none" : iso->found;

	if (iso->entered)
		by = in_first_namespace() ? "enter" : "enter, PID namespace";
	json_object_set_new(row->params, "isolated",
			    json_boolean(iso->entered || iso->found != NULL));
	json_object_set_new(row->params, "isolated_by", json_string(by));
	json_object_set(row->params, "check", worst_checks[iso->entered]);
	if (isolation_one_cpu(rte_get_main_lcore(), iso->lcore_id))
		results_mark_one_cpu(row);
}
