/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The values of match rules: prefixes and EtherTypes. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ether.h>

#include "budget/value.h"

/* A smaller number after the addresses is a length (IEEE 802.3). */
#define ETHERTYPE_MIN 0x0600

static const struct {
	const char *name;
	uint16_t type;
} ethertypes[] = {
	{"arp", RTE_ETHER_TYPE_ARP},
	{"ipv4", RTE_ETHER_TYPE_IPV4},
	{"ipv6", RTE_ETHER_TYPE_IPV6},
	{"lldp", RTE_ETHER_TYPE_LLDP},
};

/* Types of VLAN tags are never the type of what follows the tags. */
static int
is_tag(uint16_t type)
{
	return type == RTE_ETHER_TYPE_VLAN || type == RTE_ETHER_TYPE_QINQ ||
	       type == RTE_ETHER_TYPE_QINQ1 || type == RTE_ETHER_TYPE_QINQ2 ||
	       type == RTE_ETHER_TYPE_QINQ3;
}

/* Returns whether all bits beyond the length are 0. */
static int
is_masked(const uint8_t *prefix, size_t size, uint8_t length)
{
	size_t i;

	for (i = length; i < size * 8; i++)
		if (prefix[i / 8] & (0x80 >> i % 8))
			return 0;
	return 1;
}

/* Returns the length, more than 128 if it is too large, or -1 if the text is not a number. */
static int
read_length(const char *text)
{
	size_t nb = strspn(text, "0123456789");

	if (nb == 0 || text[nb] != '\0')
		return -1;
	while (nb > 1 && text[0] == '0') {
		text++;
		nb--;
	}
	return nb > 3 ? 999 : atoi(text);
}

const char *
budget_prefix_fault(const char *text, struct budget_rule *rule)
{
	int is_ipv6 = strchr(text, ':') != NULL, length;
	const char *form = is_ipv6 ? "is not a prefix (2001:db8::/length, for one host .../128)"
				   : "is not a prefix (a.b.c.d/length, for one host a.b.c.d/32)";
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];

	if (slash == NULL || (size_t)(slash - text) >= sizeof(address))
		return form;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address, rule->prefix) != 1)
		return form;
	length = read_length(slash + 1);
	if (length < 0)
		return form;
	if (!is_ipv6 && length > 32)
		return "has a length above 32 (/0 to /32)";
	if (length > 128)
		return "has a length above 128 (/0 to /128)";
	rule->family = is_ipv6 ? BUDGET_IPV6 : BUDGET_IPV4;
	rule->length = (uint8_t)length;
	if (!is_masked(rule->prefix, is_ipv6 ? 16 : 4, rule->length))
		return "has bits set beyond its length (the remaining bits must be 0)";
	return NULL;
}

const char *
budget_ethertype_fault(const char *text, uint16_t *type)
{
	static const char form[] = "is not an EtherType (0x0600 to 0xffff, or arp, ipv4, ipv6, "
				   "lldp)";
	unsigned long value;
	size_t i, nb;

	for (i = 0; i < RTE_DIM(ethertypes); i++) {
		if (strcmp(text, ethertypes[i].name) != 0)
			continue;
		*type = ethertypes[i].type;
		return NULL;
	}
	if (strncmp(text, "0x", 2) != 0)
		return form;
	nb = strspn(text + 2, "0123456789abcdefABCDEF");
	if (nb == 0 || nb > 4 || text[2 + nb] != '\0')
		return form;
	value = strtoul(text + 2, NULL, 16);
	if (value < ETHERTYPE_MIN || value > UINT16_MAX)
		return form;
	if (is_tag((uint16_t)value))
		return "is the type of a VLAN tag (rules match what follows the tags; see 'vlan')";
	*type = (uint16_t)value;
	return NULL;
}

void
budget_match_text(const struct budget_rule *rule, char text[BUDGET_MATCH_SIZE])
{
	size_t length;

	if (rule->match == BUDGET_ETHERTYPE) {
		snprintf(text, BUDGET_MATCH_SIZE, "0x%04x", rule->id);
		return;
	}
	if (rule->match != BUDGET_SOURCE && rule->match != BUDGET_DESTINATION) {
		snprintf(text, BUDGET_MATCH_SIZE, "%u", rule->id);
		return;
	}
	inet_ntop(rule->family == BUDGET_IPV6 ? AF_INET6 : AF_INET, rule->prefix, text,
		  BUDGET_MATCH_SIZE);
	length = strlen(text);
	snprintf(text + length, BUDGET_MATCH_SIZE - length, "/%u", rule->length);
}
