/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "simple.h"

/* What a packet says about itself. `at` is the offset of the IP header, or 0. */
struct reading {
	enum packet_kind kind;
	uint32_t vlan;
	uint32_t type;
	uint32_t at;
};

static uint32_t
at_16(const struct simple_packet *p, uint32_t at)
{
	return (uint32_t)p->bytes[at] << 8 | p->bytes[at + 1];
}

static int
tag_at(const struct simple_packet *p, uint32_t at)
{
	switch (at_16(p, at)) {
	case 0x8100:
	case 0x88a8:
	case 0x9100:
	case 0x9200:
	case 0x9300:
		return 1;
	default:
		return 0;
	}
}

static void
note_vlan(struct reading *r, uint32_t tci)
{
	if (r->vlan == 0)
		r->vlan = tci % 4096;
}

static struct reading
read_ip(const struct simple_packet *p, uint32_t at, struct reading r)
{
	uint32_t size = r.type == 0x0800 ? 20 : 40, left, length, most;

	if (at + size > p->length) {
		r.kind = PACKET_SHORT;
		return r;
	}
	left = p->length - at;
	length = size == 20 ? (p->bytes[at] % 16) * 4u : 0;
	if (p->bytes[at] / 16 != (size == 20 ? 4 : 6) || (size == 20 && length < 20)) {
		r.kind = PACKET_HEADER;
		return r;
	}
	most = size == 20 ? at_16(p, at + 2) : at_16(p, at + 4) + 40;
	r.kind = most > left || most < length ? PACKET_LENGTH
		 : size == 20		      ? PACKET_IPV4
					      : PACKET_IPV6;
	r.at = at;
	return r;
}

static struct reading
read_packet(const struct simple_packet *p)
{
	struct reading r = {.kind = PACKET_SHORT};
	uint32_t at = 12, tags = 0;

	if (p->flags & RTE_MBUF_F_RX_QINQ_STRIPPED) {
		note_vlan(&r, p->tci_outer);
		tags++;
	}
	if (p->flags & RTE_MBUF_F_RX_VLAN_STRIPPED) {
		note_vlan(&r, p->tci);
		tags++;
	}
	for (; at + 2 <= p->length && tag_at(p, at); at += 4) {
		if (tags++ == 8) {
			r.kind = PACKET_TAGS;
			return r;
		}
		if (at + 6 > p->length)
			return r;
		note_vlan(&r, at_16(p, at + 2));
	}
	if (at + 2 > p->length)
		return r;
	r.type = at_16(p, at);
	if (r.type == 0x0800 || r.type == 0x86dd)
		return read_ip(p, at + 2, r);
	r.kind = PACKET_OTHER;
	return r;
}

static const struct budget_rule *
rule_of_id(const struct budget *b, enum budget_match match, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++)
		if (b->rules[i].match == match && b->rules[i].id == id)
			return &b->rules[i];
	return NULL;
}

static int
begins_with(const uint8_t *address, const struct budget_rule *r)
{
	uint32_t i;

	for (i = 0; i < r->length; i++)
		if (((address[i / 8] ^ r->prefix[i / 8]) >> (7 - i % 8)) % 2 != 0)
			return 0;
	return 1;
}

static const struct budget_rule *
rule_of_address(const struct budget *b, enum budget_match match, enum budget_family family,
		const uint8_t *address)
{
	const struct budget_rule *best = NULL;
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *r = &b->rules[i];

		if (r->match == match && r->family == family && begins_with(address, r) &&
		    (best == NULL || r->length > best->length))
			best = r;
	}
	return best;
}

static const struct budget_rule *
rule_of_ip(const struct budget *b, const struct simple_packet *p, const struct reading *r)
{
	enum budget_family family = r->type == 0x0800 ? BUDGET_IPV4 : BUDGET_IPV6;
	uint32_t source = r->at + (family == BUDGET_IPV4 ? 12 : 8);
	uint32_t destination = r->at + (family == BUDGET_IPV4 ? 16 : 24);
	const struct budget_rule *rule;

	if (r->at == 0)
		return NULL;
	rule = rule_of_address(b, BUDGET_SOURCE, family, p->bytes + source);
	return rule != NULL
		       ? rule
		       : rule_of_address(b, BUDGET_DESTINATION, family, p->bytes + destination);
}

uint32_t
simple_classify(const struct budget *b, const struct simple_packet *p, enum packet_kind *kind)
{
	struct reading r = read_packet(p);
	const struct budget_rule *rule;
	int malformed = r.kind == PACKET_SHORT || r.kind == PACKET_TAGS || r.kind == PACKET_HEADER;

	*kind = r.kind;
	rule = rule_of_id(b, BUDGET_VLAN, r.vlan);
	if (rule == NULL)
		rule = rule_of_ip(b, p, &r);
	if (rule == NULL && !malformed)
		rule = rule_of_id(b, BUDGET_ETHERTYPE, r.type);
	if (rule == NULL)
		rule = rule_of_id(b, BUDGET_PORT, p->port);
	if (rule != NULL)
		return rule->node;
	return malformed ? b->malformed_node : b->default_node;
}
