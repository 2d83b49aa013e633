/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "fixture.h"
#include "model.h"

void
model_init(struct model *m, struct ration_domain *d)
{
	const ration_counter_t root = ration_domain_root(d);
	struct ration_counter_info info = info_of(d, root);

	memset(m, 0, sizeof(*m));
	m->d = d;
	m->forced = -1;
	m->reset = -1;
	m->c[0] = (struct model_counter){
		.live = true,
		.handle = root,
		.parent = -1,
		.max = info.max,
		.batch = info.batch,
		.flags = info.flags,
	};
}

int
model_add(struct model *m, ration_counter_t handle, int parent, const char *name,
	  const struct ration_counter_params *params)
{
	int i;

	for (i = 0; m->c[i].live; i++)
		assert_true(i + 1 < MODEL_COUNTERS);
	m->c[i] = (struct model_counter){
		.live = true,
		.handle = handle,
		.parent = parent,
		.depth = m->c[parent].depth + 1,
		.max = params->max != RATION_MAX_ZERO ? params->max : 0,
		.batch = params->batch != RATION_BATCH_ZERO ? params->batch : 0,
		.flags = params->flags,
	};
	strcpy(m->c[i].name, name);
	m->c[parent].nb_children++;
	return i;
}

void
model_remove(struct model *m, int i)
{
	m->c[i].live = false;
	m->c[m->c[i].parent].nb_children--;
}

bool
model_full(const struct model *m)
{
	int i;

	for (i = 0; i < MODEL_COUNTERS; i++)
		if (!m->c[i].live)
			return false;
	return true;
}

int
model_child(const struct model *m, int parent, const char *name)
{
	int i;

	for (i = 1; i < MODEL_COUNTERS; i++)
		if (m->c[i].live && m->c[i].parent == parent && strcmp(m->c[i].name, name) == 0)
			return i;
	return -1;
}

bool
model_below(const struct model *m, int i, int top)
{
	for (; i >= 0; i = m->c[i].parent)
		if (i == top)
			return true;
	return false;
}

uint64_t
model_granted(const struct model *m, int top)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < MODEL_COUNTERS; i++)
		if (m->c[i].live && model_below(m, i, top))
			sum += m->c[i].granted;
	return sum;
}

static bool
has_room(const struct model_counter *c, uint64_t n)
{
	return n <= c->max && c->usage <= c->max - n;
}

bool
model_fits(const struct model *m, int i, uint64_t n)
{
	return model_lowest_without_room(m, i, n) < 0;
}

bool
model_must_refuse(const struct model *m, int i, uint64_t n)
{
	for (; i >= 0; i = m->c[i].parent) {
		uint64_t bound = RTE_MAX(m->c[i].max, m->c[i].usage);
		uint64_t granted = model_granted(m, i);

		if (n > bound || granted > bound - n)
			return true;
	}
	return false;
}

int
model_lowest_without_room(const struct model *m, int i, uint64_t n)
{
	for (; i >= 0; i = m->c[i].parent)
		if (!has_room(&m->c[i], n))
			return i;
	return -1;
}

/* P1: usage above the limit may fall or stay, but only a forced charge may raise it. */
static void
check_limit(const struct model *m, int i, const struct ration_counter_info *info)
{
	const struct model_counter *c = &m->c[i];

	if (m->forced < 0 || !model_below(m, m->forced, i))
		assert_true(info->usage <= RTE_MAX(c->max, c->usage));
	assert_true(info->watermark >= info->usage);
	if (m->reset != i)
		assert_true(info->watermark >= c->watermark);
}

/* P2, from ration_read_sum(). */
static void
check_units(const struct model *m, int i, const struct ration_counter_info *info)
{
	const uint64_t granted = model_granted(m, i);
	struct ration_reading r;

	assert_int_equal(ration_read_sum(m->d, m->c[i].handle, &r), 0);
	assert_int_equal(r.usage, info->usage);
	assert_int_equal(r.usage - r.stock, granted);
	assert_int_equal(r.granted, granted);
	assert_int_equal(ration_read(m->d, m->c[i].handle, &r), 0);
	assert_true(r.usage - granted <= r.error);
}

/* The usage of a parent covers its children; where there can be no stock, it is their sum. */
static void
check_children(const struct model *m, int i, const struct ration_counter_info *info)
{
	const struct model_counter *c = &m->c[i];
	uint64_t sum = c->granted;
	int j;

	for (j = 1; j < MODEL_COUNTERS; j++)
		if (m->c[j].live && m->c[j].parent == i)
			sum += usage_of(m->d, m->c[j].handle);
	assert_true(info->usage >= sum);
	if (i == 0 || (c->nb_children > 0 && !(c->flags & RATION_COUNTER_DIRECT)))
		assert_int_equal(info->usage, sum);
}

static void
check_params(const struct model_counter *c, const struct ration_counter_info *info)
{
	assert_int_equal(info->max, c->max);
	assert_int_equal(info->batch, c->batch);
	assert_int_equal(info->flags, c->flags);
	assert_int_equal(info->depth, c->depth);
	assert_int_equal(info->nb_children, c->nb_children);
	assert_string_equal(info->name, c->name);
}

void
model_check(struct model *m)
{
	int i;

	for (i = 0; i < MODEL_COUNTERS; i++) {
		struct model_counter *c = &m->c[i];
		struct ration_counter_info info;

		if (!c->live)
			continue;
		info = info_of(m->d, c->handle);
		check_params(c, &info);
		check_limit(m, i, &info);
		check_units(m, i, &info);
		check_children(m, i, &info);
		/* Failures are checked in the step that caused them, and so are rejections. */
		assert_int_equal(info.failures, c->failures);
		assert_int_equal(info.refused, c->refused);
		assert_int_equal(info.rejected, c->rejected);
	}
	for (i = 0; i < MODEL_COUNTERS; i++) {
		if (!m->c[i].live)
			continue;
		m->c[i].usage = usage_of(m->d, m->c[i].handle);
		m->c[i].watermark = info_of(m->d, m->c[i].handle).watermark;
	}
	m->forced = -1;
	m->reset = -1;
}
