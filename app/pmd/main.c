/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* ration-pmd: forwards packets between DPDK ports under hierarchical budgets. */
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include "control/monitor.h"
#include "eal_args.h"
#include "forward/lcores.h"
#include "measure/clock.h"
#include "message.h"
#include "options/options.h"
#include "ports/pool.h"
#include "ports/ports.h"
#include "report/report.h"
#include "stats/check.h"
#include "stats/stats.h"
#include "tenants/limits.h"
#include "tenants/tenants.h"

/* All state of the program. */
struct app {
	struct options options;
	struct ports ports;
	struct tenants tenants;
	struct lcores lcores;
	struct stats stats;
	struct reports *reports;
};

/* Set up everything that needs EAL. */
static int
set_up(struct app *app)
{
	const struct options *o = &app->options;
	struct rte_mempool *pool;
	unsigned int nb_lcores;

	if (ports_find(&app->ports, o) < 0 || lcores_count(o, &app->ports, &nb_lcores) < 0)
		return -1;
	pool = pool_create(o, &app->ports, nb_lcores);
	if (pool == NULL || tenants_start(&app->tenants, o, nb_lcores) < 0 ||
	    lcores_create(&app->lcores, nb_lcores, o, &app->ports, &app->tenants) < 0 ||
	    stats_init(&app->stats, o, &app->ports, &app->tenants, &app->lcores) < 0 ||
	    ports_start(&app->ports, o, pool) < 0)
		return -1;
	if (!o->disable_link_check)
		ports_wait_links(&app->ports, monitor_stop_requested);
	if (!o->no_flush_rx)
		ports_flush(&app->ports, o);
	ports_reset_stats(&app->ports);
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

	clock_calibrate_start();
	command_line_split(argc, argv, &line);
	if (options_parse(line.own_argc, line.own_argv, &app.options) < 0)
		return EXIT_USAGE;
	if (line.help || app.options.help) {
		options_help(stdout);
		return EXIT_SUCCESS;
	}
	if (eal_args_check(&line) < 0)
		return EXIT_USAGE;
	app.reports = report_open(&app.options);
	if (app.reports == NULL || tenants_load(&app.tenants, &app.options) < 0)
		return EXIT_FAILURE;
	/* Before EAL starts, as in testpmd: a signal during its start must not leave its files. */
	monitor_catch_signals();
	if (eal_start(&line, print_usage) < 0)
		return EXIT_FAILURE;
	rc = run(&app);
	tenants_free(&app.tenants);
	rte_eal_cleanup();
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
