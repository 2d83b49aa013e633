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
#include "options.h"

enum kind {
	KIND_FLAG,
	KIND_NUMBER,
	KIND_MASK,
	KIND_CHOICE,
	KIND_FILE,
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
	       "what happens to a packet; default io"),
	NUMBER("nb-cores", nb_cores, 1, RTE_MAX_LCORE, 1, "forwarding lcores; default 1"),
	NUMBER("rxq", rxq, 1, 1024, 1, "RX queues of each port; default 1"),
	NUMBER("txq", txq, 1, 1024, 1, "TX queues of each port; default 1, at least --rxq"),
	NUMBER("rxd", rxd, 1, UINT16_MAX, 0, "descriptors of an RX queue; default: the driver's"),
	NUMBER("txd", txd, 1, UINT16_MAX, 0, "descriptors of a TX queue; default: the driver's"),
	NUMBER("burst", burst, 1, BURST_MAX, 32, "packets of a burst; default 32"),
	NUMBER("mbcache", mbcache, 0, RTE_MEMPOOL_CACHE_MAX_SIZE, 250,
	       "mbufs that each lcore caches; default 250"),
	NUMBER("total-num-mbufs", total_num_mbufs, 1, 1 << 28, 0,
	       "mbufs of the pool; default: as many as needed, at least 8192"),
	NUMBER("mbuf-size", mbuf_size, 256, UINT16_MAX, 2176,
	       "bytes of an mbuf, headroom included; default 2176"),
	{.name = "portmask",
	 .kind = KIND_MASK,
	 .offset = AT(portmask),
	 .argument = "HEX",
	 .text = "ports to use, one bit each; default: all"},
	CHOICE("port-topology", port_topology, topologies, "paired|chained|loop",
	       "where a port's packets go; default paired"),
	NUMBER("stats-period", stats_period, 1, 86400, 0, "print statistics every N seconds"),
	FLAG("no-flush-rx", no_flush_rx, "keep packets that wait in RX queues at the start"),
	FLAG("disable-link-check", disable_link_check, "do not wait for links to come up"),
	FLAG("record-core-cycles", record_core_cycles, "count TSC cycles per packet"),
	PATH("budget", budget, "charge packets to the budgets in FILE (YAML)"),
	PATH("classify", classify, "only tell tenants apart as FILE says, without accounting"),
	NUMBER("duration", duration, 1, 365 * 86400, 0, "stop N seconds after forwarding began"),
	NUMBER("max-packets", max_packets, 1, INT64_MAX, 0,
	       "stop when N packets were received and none is held any more"),
	CHOICE("stats-format", stats_format, formats, "text|json",
	       "json: one object per line on stdout; default text"),
	NUMBER("service-rate", service_rate, 1, 1000000000, 0,
	       "hold: packets per second that leave the queue, all lcores together"),
	NUMBER("hold-size", hold_size, 1, 1 << 24, 0,
	       "hold: packets that fit into the queue, all lcores together; default 1024"),
	FLAG("latency", latency, "hold: measure each packet's time in the queue"),
	FLAG("help", help, "print this and exit"),
};

static int
set_number(const struct entry *e, const char *value, uint64_t *field)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(value, &end, 10);
	/* strtoull() takes blanks and signs; a number here is digits and nothing else. */
	if (!isdigit((unsigned char)value[0]) || *end != '\0') {
		complain("--%s: '%s' is not a number (%" PRIu64 " to %" PRIu64 " is allowed)",
			 e->name, value, e->min, e->max);
		return -EINVAL;
	}
	if (errno == ERANGE || n < e->min || n > e->max) {
		complain("--%s: %s is out of range (%" PRIu64 " to %" PRIu64 " is allowed)",
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
		complain("--%s: '%s' is not a mask (hexadecimal, one bit for each port, not 0)",
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
	complain("--%s: '%s' is unknown (%s is allowed)", e->name, value, e->argument);
	return -EINVAL;
}

static int
set_file(const struct entry *e, const char *value, const char **field)
{
	if (value[0] == '\0') {
		complain("--%s: the file name is empty", e->name);
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
		return set_file(e, value, field);
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
	const char *alone = o->service_rate != 0 ? "--service-rate"
			    : o->hold_size != 0	 ? "--hold-size"
			    : o->latency	 ? "--latency"
						 : NULL;

	if (o->forward_mode != FORWARD_HOLD && alone != NULL) {
		complain("%s: only for --forward-mode=hold", alone);
		return -EINVAL;
	}
	if (o->forward_mode == FORWARD_HOLD && o->service_rate == 0) {
		complain("--forward-mode=hold needs --service-rate (packets per second)");
		return -EINVAL;
	}
	if (o->hold_size == 0)
		o->hold_size = 1024;
	if (o->forward_mode == FORWARD_HOLD && o->hold_size < o->nb_cores) {
		complain("--hold-size: %" PRIu64 " is less than one packet for each of %" PRIu64
			 " forwarding lcores",
			 o->hold_size, o->nb_cores);
		return -EINVAL;
	}
	return 0;
}

static int
check(struct options *o)
{
	if (o->budget != NULL && o->classify != NULL) {
		complain("--budget and --classify exclude each other");
		return -EINVAL;
	}
	if (o->forward_mode != FORWARD_RXONLY && o->txq < o->rxq) {
		/* Else two lcores might send on one queue, or queues stay unread. */
		complain("--txq: %" PRIu64 " is less than --rxq, which is %" PRIu64, o->txq,
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

/* What getopt_long() could not make sense of; `known` is the entry it was about, if any. */
static void
complain_about(int answer, const struct entry *known, const char *word)
{
	if (known == NULL)
		complain("'%s': unknown option or ambiguous abbreviation (--help lists all)", word);
	else if (answer == ':')
		complain("--%s: needs a value (%s)", known->name, known->argument);
	else
		complain("--%s: takes no value", known->name);
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
	int answer, at = 1;

	set_defaults(o);
	fill_getopt(table);
	opterr = 0;
	/* 0, not 1: the GNU way to begin anew. */
	optind = 0;
	while ((answer = getopt_long(argc, argv, "+:h", table, NULL)) != -1) {
		if (answer == 'h') {
			o->help = true;
		} else if (answer == '?' || answer == ':') {
			complain_about(answer, entry_of(optopt), argv[at]);
			return -EINVAL;
		} else if (set(entry_of(answer), optarg, o) < 0) {
			return -EINVAL;
		}
		at = optind;
	}
	if (optind < argc) {
		complain("'%s': not an option (all arguments begin with --)", argv[optind]);
		return -EINVAL;
	}
	return o->help ? 0 : check(o);
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
		/* What does not fit into the column gets a line of its own. */
		fprintf(f, strlen(left) > 28 ? "  %s\n%32s%s\n" : "  %-28s  %s%s\n", left, "",
			e->text);
	}
	fprintf(f,
		"\n"
		"The main lcore does not forward: at least two lcores are needed (-l 0,1).\n"
		"Each forwarding lcore has a hold queue of its own, with its share of\n"
		"--hold-size and --service-rate; a packet that finds it full is lost.\n"
		"SIGINT and SIGTERM stop, print totals and check that all budgets are back to 0.\n"
		"Exit status: 0 fine, 1 failed, 2 wrong command line.\n"
		"EAL's own options: ration-pmd --help --\n");
}
