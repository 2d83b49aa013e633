/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* ration-pmd: forwards packets between DPDK ports under hierarchical budgets. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include "control/banner.h"
#include "control/monitor.h"
#include "descriptors.h"
#include "eal_args.h"
#include "eal_files.h"
#include "forward/lcores.h"
#include "measure/clock.h"
#include "message.h"
#include "misplaced.h"
#include "options/options.h"
#include "ports/pool.h"
#include "ports/ports.h"
#include "report/report.h"
#include "stats/check.h"
#include "stats/stats.h"
#include "tenants/limits.h"
#include "tenants/tenants.h"
#include "version.h"

/* All state of the program. */
struct app {
	struct options options;
	struct ports ports;
	struct tenants tenants;
	struct lcores lcores;
	struct stats stats;
	struct reports *reports;
};

/* A signal has ended run() before the ports were started. */
#define SET_UP_INTERRUPTED 1

/* Set up everything that needs EAL. @return 0, SET_UP_INTERRUPTED, or a negative value */
static int
set_up(struct app *app)
{
	const struct options *o = &app->options;
	struct rte_mempool *pool;
	unsigned int nb_lcores;
	int rc;

	if (ports_find(&app->ports, o) < 0 || lcores_count(o, &app->ports, &nb_lcores) < 0)
		return -1;
	pool = pool_create(o, &app->ports, nb_lcores);
	if (pool == NULL)
		return -1;
	rc = tenants_start(&app->tenants, o, nb_lcores);
	if (rc == -EINTR || (rc == 0 && monitor_stop_requested()))
		return SET_UP_INTERRUPTED;
	if (rc < 0 || lcores_create(&app->lcores, nb_lcores, o, &app->ports, &app->tenants) < 0 ||
	    stats_init(&app->stats, o, &app->ports, &app->tenants, &app->lcores) < 0 ||
	    ports_start(&app->ports, o, pool) < 0)
		return -1;
	if (!o->disable_link_check)
		ports_wait_links(&app->ports, monitor_stop_requested);
	if (!o->no_flush_rx)
		ports_flush(&app->ports, o);
	pool_give_back(pool);
	ports_reset_stats(&app->ports);
	banner_print(o, &app->ports, &app->tenants, &app->lcores);
	clock_calibrate_end();
	return 0;
}

static int
forward_packets(struct app *app)
{
	uint64_t violations;
	int rc;

	tenants_warn_limits(&app->tenants);
	rc = monitor_run(&app->lcores, &app->options, &app->stats, app->reports);
	violations = check_packets(&app->stats);
	if (app->tenants.domain != NULL)
		violations += check_counters(app->tenants.domain);
	if (report_write(app->reports, &app->stats, REPORT_TOTAL, violations) < 0)
		rc = -1;
	return rc < 0 || violations > 0 ? -1 : 0;
}

/*
 * A signal while budgets are loaded is a normal end: nothing has been forwarded, and there are no
 * totals to print.
 */
static int
interrupted(void)
{
	log_error("interrupted before packets were forwarded");
	return EXIT_SUCCESS;
}

static int
run(struct app *app)
{
	int rc;

	rc = set_up(app);
	if (rc == 0)
		rc = forward_packets(app);
	ports_stop(&app->ports);
	report_close(app->reports);
	stats_free(&app->stats);
	lcores_free(&app->lcores);
	return rc;
}

static void
print_usage(const char *program)
{
	(void)program;
	printf("\n");
	options_help(stdout);
}

/* Options and files are checked before EAL is started, because EAL takes memory and devices. */
int
main(int argc, char **argv)
{
	struct command_line line = {0};
	struct app app = {0};
	int rc;

	if (descriptors_open() < 0)
		return EXIT_FAILURE;
	clock_calibrate_start();
	command_line_split(argc, argv, &line);
	if (line.version) {
		version_print("ration-pmd");
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (misplaced_check(&line, options_names()) < 0)
		return EXIT_USAGE;
	if (options_parse(line.own_argc, line.own_argv, &app.options) < 0)
		return EXIT_USAGE;
	if (app.options.version) {
		version_print("ration-pmd");
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (line.help || app.options.help) {
		options_help(stdout);
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (eal_args_check(&line) < 0)
		return EXIT_USAGE;
	/* Before EAL starts, as in testpmd: a signal during its start must not leave its files. */
	monitor_catch_signals();
	monitor_watch_loading();
	app.reports = report_open(&app.options);
	if (app.reports == NULL)
		return EXIT_FAILURE;
	rc = tenants_load(&app.tenants, &app.options);
	if (rc == -EINTR || (rc == 0 && monitor_stop_requested()))
		return interrupted();
	if (rc < 0)
		return EXIT_FAILURE;
	rc = eal_start(&line, print_usage);
	if (rc < 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	rc = run(&app);
	tenants_free(&app.tenants);
	eal_stop();
	if (rc == SET_UP_INTERRUPTED)
		return interrupted();
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
