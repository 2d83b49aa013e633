/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * The options of ration-pmd: either all values are in the ranges of the help text, or exactly one
 * error message of one line is printed.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_mempool.h>

#include "fuzz.h"
#include "message.h"
#include "options/options.h"

static unsigned int nb_errors;

void
log_error(const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	CLAIM(vsnprintf(line, sizeof(line), format, args) > 0);
	va_end(args);
	nb_errors++;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static bool
within(uint64_t n, uint64_t min, uint64_t max)
{
	return n >= min && n <= max;
}

static void
claim_within(const struct options *o)
{
	CLAIM(o->forward_mode <= FORWARD_HOLD && o->port_topology <= TOPOLOGY_LOOP);
	CLAIM(o->stats_format <= STATS_JSON);
	CLAIM(within(o->nb_cores, 1, RTE_MAX_LCORE));
	CLAIM(within(o->rxq, 1, 1024) && within(o->txq, 1, 1024));
	CLAIM(o->rxd <= UINT16_MAX && o->txd <= UINT16_MAX);
	CLAIM(within(o->burst, 1, BURST_MAX));
	CLAIM(o->mbcache <= RTE_MEMPOOL_CACHE_MAX_SIZE);
	CLAIM(o->total_num_mbufs <= 1 << 28 && within(o->mbuf_size, 256, UINT16_MAX));
	CLAIM(o->stats_period <= 86400 && o->duration <= 365 * 86400);
	CLAIM(o->max_packets <= INT64_MAX);
	CLAIM(o->budget == NULL || o->budget[0] != '\0');
	CLAIM(o->classify == NULL || o->classify[0] != '\0');
}

/* Conditions on more than one option. */
static void
claim_consistent(const struct options *o)
{
	CLAIM(o->budget == NULL || o->classify == NULL);
	CLAIM(o->forward_mode == FORWARD_RXONLY || o->txq >= o->rxq);
	CLAIM(o->hold_size >= 1 && o->hold_size <= 1 << 24);
	CLAIM(o->service_rate <= 1000000000);
	CLAIM((o->forward_mode == FORWARD_HOLD) == (o->service_rate != 0));
	CLAIM(o->forward_mode == FORWARD_HOLD ? o->hold_size >= o->nb_cores : !o->latency);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_words w;
	struct options o;
	int rc;

	fuzz_words_init(&w, bytes, size);
	nb_errors = 0;
	rc = options_parse(w.argc, w.argv, &o);
	CLAIM(rc == 0 || rc == -EINVAL);
	CLAIM(nb_errors == (rc != 0));
	if (rc == 0)
		claim_within(&o);
	if (rc == 0 && !o.help && !o.version)
		claim_consistent(&o);
	fuzz_words_free(&w);
	return 0;
}
