/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>

#include "message.h"
#include "options/options.h"

enum kind {
	KIND_FLAG,
	KIND_NUMBER,
	KIND_MASK,
	KIND_CHOICE,
	KIND_FILE,
	KIND_PATTERN,
};

struct entry {
	const char *name;
	enum kind kind;
	size_t offset;
	uint64_t min;
	uint64_t max;
	uint64_t initial;
	const char *const *choices;
	const char *argument;
	const char *text;
};

static const char *const modes[] = {"io", "mac", "macswap", "rxonly", "hold", NULL};
static const char *const topologies[] = {"paired", "chained", "loop", NULL};
static const char *const formats[] = {"text", "json", NULL};

#define AT(member) offsetof(struct options, member)
#define FLAG(name_, member, text_)                                                                 \
	{                                                                                          \
		.name = name_, .kind = KIND_FLAG, .offset = AT(member), .text = text_              \
	}
#define NUMBER(name_, member, min_, max_, initial_, text_)                                         \
	{                                                                                          \
		.name = name_, .kind = KIND_NUMBER, .offset = AT(member), .min = min_,             \
		.max = max_, .initial = initial_, .argument = "N", .text = text_                   \
	}
#define CHOICE(name_, member, choices_, argument_, text_)                                          \
	{                                                                                          \
		.name = name_, .kind = KIND_CHOICE, .offset = AT(member), .choices = choices_,     \
		.argument = argument_, .text = text_                                               \
	}
#define PATH(name_, member, text_)                                                                 \
	{                                                                                          \
		.name = name_, .kind = KIND_FILE, .offset = AT(member), .argument = "FILE",        \
		.text = text_                                                                      \
	}

static const struct entry entries[] = {
	CHOICE("forward-mode", forward_mode, modes, "io|mac|macswap|rxonly|hold",
	       "forwarding mode; default io"),
	NUMBER("nb-cores", nb_cores, 1, RTE_MAX_LCORE, 1, "forwarding lcores; default 1"),
	NUMBER("rxq", rxq, 1, 1024, 1, "RX queues per port; default 1"),
	NUMBER("txq", txq, 1, 1024, 1, "TX queues per port, at least --rxq; default 1"),
	NUMBER("rxd", rxd, 1, UINT16_MAX, 0, "descriptors per RX queue; default: the driver's"),
	NUMBER("txd", txd, 1, UINT16_MAX, 0, "descriptors per TX queue; default: the driver's"),
	NUMBER("burst", burst, 1, BURST_MAX, 32, "packets per burst; default 32"),
	NUMBER("mbcache", mbcache, 0, RTE_MEMPOOL_CACHE_MAX_SIZE, 250,
	       "mbufs in the mempool cache of each lcore; default 250"),
	NUMBER("total-num-mbufs", total_num_mbufs, 1, 1 << 28, 0,
	       "mbufs in the pool; default: as many as needed, at least 8192"),
	NUMBER("mbuf-size", mbuf_size, 256, UINT16_MAX, 2176,
	       "bytes per mbuf, including headroom; default 2176"),
	{.name = "portmask",
	 .kind = KIND_MASK,
	 .offset = AT(portmask),
	 .argument = "HEX",
	 .text = "ports to use, one bit per port; default: all"},
	CHOICE("port-topology", port_topology, topologies, "paired|chained|loop",
	       "how RX ports are mapped to TX ports; default paired"),
	NUMBER("stats-period", stats_period, 1, 86400, 0, "print statistics every N seconds"),
	FLAG("no-flush-rx", no_flush_rx, "keep the packets that are in RX queues at the start"),
	FLAG("disable-link-check", disable_link_check, "do not wait for links to come up"),
	FLAG("record-core-cycles", record_core_cycles, "measure TSC cycles per packet"),
	PATH("budget", budget, "charge packets to the budgets in FILE (YAML)"),
	PATH("classify", classify, "assign packets to the tenants in FILE, do not charge them"),
	NUMBER("duration", duration, 1, 365 * 86400, 0, "stop after N seconds of forwarding"),
	NUMBER("max-packets", max_packets, 1, INT64_MAX, 0,
	       "stop after N packets were received and no packet is held"),
	CHOICE("stats-format", stats_format, formats, "text|json",
	       "json: one object per line on stdout; default text"),
	NUMBER("stats-rows", stats_rows, 1, UINT32_MAX, 0,
	       "print at most N tenants and N counters; default 20, with json 100"),
	{.name = "stats-filter",
	 .kind = KIND_PATTERN,
	 .offset = AT(stats_filter),
	 .argument = "PATTERN",
	 .text = "print the tenants and counters whose path matches: 'edge/*'"},
	FLAG("stats-changed", stats_changed,
	     "print the tenants and counters that have changed since the last time"),
	NUMBER("service-rate", service_rate, 1, 1000000000, 0,
	       "hold: packets per second that leave the queues of all lcores"),
	NUMBER("hold-size", hold_size, 1, 1 << 24, 0,
	       "hold: packets that fit into the queues of all lcores; default 1024"),
	FLAG("latency", latency, "hold: measure the time that packets spend in the queue"),
	FLAG("help", help, "print this help and exit"),
	FLAG("version", version, "print the versions of ration-pmd and DPDK, and exit"),
};

const char *
options_mode_name(const struct options *o)
{
	return modes[o->forward_mode];
}

const char *const *
options_names(void)
{
	static const char *names[RTE_DIM(entries) + 1];
	unsigned int i;

	for (i = 0; i < RTE_DIM(entries); i++)
		names[i] = entries[i].name;
	return names;
}

static int
set_number(const struct entry *e, const char *value, uint64_t *field)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(value, &end, 10);
	/* strtoull() accepts blanks and signs, which are errors here. */
	if (!isdigit((unsigned char)value[0]) || *end != '\0') {
		log_error("--%s: '%s' is not a number (%" PRIu64 " to %" PRIu64 " is allowed)",
			  e->name, value, e->min, e->max);
		return -EINVAL;
	}
	if (errno == ERANGE || n < e->min || n > e->max) {
		log_error("--%s: %s is out of range (%" PRIu64 " to %" PRIu64 " is allowed)",
			  e->name, value, e->min, e->max);
		return -EINVAL;
	}
	*field = n;
	return 0;
}

static int
set_mask(const struct entry *e, const char *value, uint64_t *field)
{
	char *end;

	errno = 0;
	*field = strtoull(value, &end, 16);
	if (!isxdigit((unsigned char)value[0]) || *end != '\0' || errno == ERANGE || *field == 0) {
		log_error("--%s: '%s' is not a mask (hexadecimal, one bit per port, not 0)",
			  e->name, value);
		return -EINVAL;
	}
	return 0;
}

static int
set_choice(const struct entry *e, const char *value, uint64_t *field)
{
	uint64_t i;

	for (i = 0; e->choices[i] != NULL; i++) {
		if (strcmp(e->choices[i], value) == 0) {
			*field = i;
			return 0;
		}
	}
	log_error("--%s: '%s' is unknown (%s is allowed)", e->name, value, e->argument);
	return -EINVAL;
}

static int
set_text(const struct entry *e, const char *value, const char **field)
{
	if (value[0] == '\0') {
		log_error("--%s: the %s is empty", e->name,
			  e->kind == KIND_FILE ? "file name" : "pattern");
		return -EINVAL;
	}
	*field = value;
	return 0;
}

static int
set(const struct entry *e, const char *value, struct options *o)
{
	void *field = RTE_PTR_ADD(o, e->offset);

	switch (e->kind) {
	case KIND_NUMBER:
		return set_number(e, value, field);
	case KIND_MASK:
		return set_mask(e, value, field);
	case KIND_CHOICE:
		return set_choice(e, value, field);
	case KIND_FILE:
	case KIND_PATTERN:
		return set_text(e, value, field);
	case KIND_FLAG:
		break;
	}
	*(bool *)field = true;
	return 0;
}

static void
set_defaults(struct options *o)
{
	unsigned int i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < RTE_DIM(entries); i++)
		if (entries[i].kind == KIND_NUMBER)
			*(uint64_t *)RTE_PTR_ADD(o, entries[i].offset) = entries[i].initial;
}

static int
check_hold(struct options *o)
{
	const char *hold_only = o->service_rate != 0 ? "--service-rate"
				: o->hold_size != 0  ? "--hold-size"
				: o->latency	     ? "--latency"
						     : NULL;

	if (o->forward_mode != FORWARD_HOLD && hold_only != NULL) {
		log_error("%s: allowed only with --forward-mode=hold", hold_only);
		return -EINVAL;
	}
	if (o->forward_mode == FORWARD_HOLD && o->service_rate == 0) {
		log_error("--forward-mode=hold needs --service-rate (packets per second)");
		return -EINVAL;
	}
	if (o->hold_size == 0)
		o->hold_size = 1024;
	if (o->forward_mode == FORWARD_HOLD && o->hold_size < o->nb_cores) {
		log_error("--hold-size: %" PRIu64
			  " is less than the number of forwarding lcores, %" PRIu64,
			  o->hold_size, o->nb_cores);
		return -EINVAL;
	}
	return 0;
}

static int
check(struct options *o)
{
	if (o->budget != NULL && o->classify != NULL) {
		log_error("--budget and --classify cannot be combined");
		return -EINVAL;
	}
	if (o->forward_mode != FORWARD_RXONLY && o->txq < o->rxq) {
		/* Otherwise two lcores might send on the same TX queue. */
		log_error("--txq: %" PRIu64 " is less than --rxq, which is %" PRIu64, o->txq,
			  o->rxq);
		return -EINVAL;
	}
	return check_hold(o);
}

static void
fill_getopt(struct option *table)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(entries); i++) {
		table[i] = (struct option){
			.name = entries[i].name,
			.has_arg = entries[i].kind == KIND_FLAG ? no_argument : required_argument,
			.val = (int)(UCHAR_MAX + 1 + i),
		};
	}
	table[i] = (struct option){0};
}

/* `known` is the entry that the error is about, or NULL. */
static void
log_getopt_error(int value, const struct entry *known, const char *word)
{
	if (known == NULL)
		log_error("'%s': unknown option or ambiguous abbreviation (see --help)", word);
	else if (value == ':')
		log_error("--%s: needs a value (%s)", known->name, known->argument);
	else
		log_error("--%s: takes no value", known->name);
}

static const struct entry *
entry_of(int value)
{
	return value > UCHAR_MAX ? &entries[value - UCHAR_MAX - 1] : NULL;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	struct option table[RTE_DIM(entries) + 1];
	int value, at = 1;

	set_defaults(o);
	fill_getopt(table);
	opterr = 0;
	/* With 0 instead of 1, getopt_long() of glibc reinitializes its state. */
	optind = 0;
	while ((value = getopt_long(argc, argv, "+:h", table, NULL)) != -1) {
		if (value == 'h') {
			o->help = true;
		} else if (value == '?' || value == ':') {
			log_getopt_error(value, entry_of(optopt), argv[at]);
			return -EINVAL;
		} else if (set(entry_of(value), optarg, o) < 0) {
			return -EINVAL;
		}
		at = optind;
	}
	if (optind < argc) {
		log_error("'%s': not an option (all arguments start with --)", argv[optind]);
		return -EINVAL;
	}
	return o->help || o->version ? 0 : check(o);
}

void
options_help(FILE *f)
{
	char left[64];
	unsigned int i;

	fprintf(f, "usage: ration-pmd [EAL options] -- [options]\n"
		   "Forwards packets between DPDK ports under hierarchical budgets.\n\n");
	for (i = 0; i < RTE_DIM(entries); i++) {
		const struct entry *e = &entries[i];

		snprintf(left, sizeof(left), "--%s%s%s", e->name, e->argument != NULL ? "=" : "",
			 e->argument != NULL ? e->argument : "");
		/* An option that does not fit into the column gets its own line. */
		fprintf(f, strlen(left) > 28 ? "  %s\n%32s%s\n" : "  %-28s  %s%s\n", left, "",
			e->text);
	}
	fprintf(f, "\n"
		   "The main lcore does not forward: at least two lcores are needed (-l 0,1).\n"
		   "In mode hold each forwarding lcore has its own queue, with its share of\n"
		   "--hold-size and --service-rate. A packet that finds its queue full is lost.\n"
		   "SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 stop the program. It then prints\n"
		   "totals and checks that the usage of all budgets is 0 again.\n"
		   "Exit status: 0 success, 1 failure, 2 wrong command line.\n"
		   "Options of EAL: ration-pmd --help --\n");
}
