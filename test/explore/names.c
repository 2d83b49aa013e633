/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Names of shared words, for the trace of a schedule. */

#include <stdio.h>

#include <rte_common.h>

#include "memory.h"
#include "world.h"

static const struct {
	const char *name;
	size_t offset;
} counter_words[] =
	{
		{"usage", offsetof(struct counter, usage)},
		{"usage_local", offsetof(struct counter, usage_local)},
		{"ledger", offsetof(struct counter, ledger)},
		{"stock_bound", offsetof(struct counter, stock_bound)},
		{"cap_max", offsetof(struct counter, cap_max)},
		{"rollbacks", offsetof(struct counter, rollbacks)},
		{"over_max_ok", offsetof(struct counter, over_max_ok)},
		{"max", offsetof(struct counter, max)},
		{"batch", offsetof(struct counter, batch)},
		{"gen", offsetof(struct counter, gen)},
		{"flags", offsetof(struct counter, flags)},
},
  lcore_words[] =
	  {
		  {"lcore_id", offsetof(struct ration_lcore, lcore_id)},
		  {"pending", offsetof(struct ration_lcore, pending)},
		  {"requests", offsetof(struct ration_lcore, requests)},
		  {"seq", offsetof(struct ration_lcore, seq)},
		  {"ack", offsetof(struct ration_lcore, ack)},
		  {"ack_units", offsetof(struct ration_lcore, ack_units)},
},
  domain_words[] = {
	  {"round", offsetof(struct ration_domain, round)},
	  {"inflight[0]", offsetof(struct ration_domain, inflight[0])},
	  {"inflight[1]", offsetof(struct ration_domain, inflight[1])},
	  {"inflight_index", offsetof(struct ration_domain, inflight_index)},
	  {"nb_members", offsetof(struct ration_domain, nb_members)},
	  {"tree_seq", offsetof(struct ration_domain, tree_seq)},
	  {"drainers", offsetof(struct ration_domain, drainers)},
	  {"targets", offsetof(struct ration_domain, targets)},
	  {"online", offsetof(struct ration_domain, online)},
};

static void
name_in_block(const struct ration_lcore *lc, uint32_t member, uintptr_t at, char *name, size_t size)
{
	uintptr_t offset = at - (uintptr_t)lc;
	const uintptr_t slots = (uintptr_t)lc->stocks, ledger = (uintptr_t)ration_ledger(lc);
	const char *word = "statistics";
	uint32_t i;

	for (i = 0; i < RTE_DIM(lcore_words); i++) {
		if (lcore_words[i].offset == offset)
			word = lcore_words[i].name;
	}
	if (at >= (uintptr_t)ration_active(lc))
		snprintf(name, size, "member %u active or workspace", member);
	else if (at >= ledger)
		snprintf(name, size, "member %u ledger of %zu", member, (size_t)(at - ledger) / 8);
	else if (at >= slots)
		snprintf(name, size, "member %u slot %zu %s", member, (size_t)(at - slots) / 8,
			 (at - slots) % 8 ? "limit" : "stock");
	else
		snprintf(name, size, "member %u %s", member, word);
}

static void
name_in_domain(uintptr_t at, char *name, size_t size)
{
	uintptr_t d = (uintptr_t)w->d, counters = (uintptr_t)ration_counter_at(w->d, 0);
	uint32_t i;

	snprintf(name, size, "domain +%zu", (size_t)(at - d));
	if (at >= counters && at < (uintptr_t)ration_counter_at(w->d, w->d->max_counters)) {
		i = (uint32_t)((at - counters) / sizeof(struct counter));
		snprintf(name, size, "counter %u events", i);
		at -= (uintptr_t)ration_counter_at(w->d, i);
		for (uint32_t k = 0; k < RTE_DIM(counter_words); k++) {
			if (counter_words[k].offset == at)
				snprintf(name, size, "counter %u %s", i, counter_words[k].name);
		}
	} else if (at >= (uintptr_t)w->d->members && at < counters) {
		i = (uint32_t)((at - (uintptr_t)w->d->members) / sizeof(struct member));
		snprintf(name, size, "member %u state", i);
	} else {
		for (i = 0; i < RTE_DIM(domain_words); i++) {
			if (domain_words[i].offset == at - d)
				snprintf(name, size, "%s", domain_words[i].name);
		}
	}
}

void
explore_name(const volatile void *at, char *name, size_t size)
{
	const struct ration_lcore *lc;
	size_t length;
	uint32_t i;

	snprintf(name, size, at == NULL ? "" : "outside");
	if (memory_offset(at) < 0)
		return;
	for (i = 0; i < w->d->max_members; i++) {
		lc = ration_lcore_area(w->d, &w->d->members[i]);
		length = ration_area_size(w->d->max_counters, false);
		if (lc != NULL && (uintptr_t)at >= (uintptr_t)lc &&
		    (uintptr_t)at < (uintptr_t)lc + length) {
			name_in_block(lc, i, (uintptr_t)at, name, size);
			return;
		}
	}
	name_in_domain((uintptr_t)at, name, size);
}
