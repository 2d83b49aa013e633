/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Sequences of calls on one domain, by one thread with several members, against a model that has
 * the granted units and the limits. After each call all values must be those of the model, and
 * ration_domain_verify() must report no violation.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include <ration.h>

#include "fuzz.h"

#define COUNTERS 10
#define NB_MEMBERS 3
#define STALE 8
#define STEPS_MAX 200
#define PATIENCE_US 1000000
#define BURST_MAX 80

enum life {
	LIFE_NONE,
	LIFE_LIVE,
	LIFE_OFFLINE, /* Destroyed with units granted. */
};

struct known {
	enum life life;
	ration_counter_t handle;
	int parent; /* -1 for the root. */
	unsigned int name;
	unsigned int depth;
	uint64_t granted; /* Charged to the counter itself. */
	uint64_t max;
};

static struct ration_domain *d;
static struct known known[COUNTERS];
static struct ration_lcore *lcores[NB_MEMBERS];
static bool offline[NB_MEMBERS];
static ration_counter_t stale[STALE];
static unsigned int nb_stale;
static uint64_t usage_before[COUNTERS];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return fuzz_eal_start("-m64");
}

/* ------------------------------------------------------------------ the model */

static bool
is_below(int i, int top)
{
	for (; i >= 0; i = known[i].parent) {
		if (i == top)
			return true;
	}
	return false;
}

static uint64_t
granted_below(int top)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life != LIFE_NONE && is_below(i, top))
			sum += known[i].granted;
	}
	return sum;
}

static int
nb_children(int top, enum life life)
{
	int i, nb = 0;

	for (i = 0; i < COUNTERS; i++)
		nb += known[i].life == life && known[i].parent == top;
	return nb;
}

static int
child_of_name(int parent, unsigned int name)
{
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life == LIFE_LIVE && known[i].parent == parent &&
		    known[i].name == name)
			return i;
	}
	return -1;
}

static int
free_place(void)
{
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life == LIFE_NONE)
			return i;
	}
	return -1;
}

static void
forget(int i)
{
	known[i].life = LIFE_NONE;
	stale[nb_stale++ % STALE] = known[i].handle;
}

/* Whether n more units fit at every level; `hidden`: stock counts as used. */
static bool
fits(int i, uint64_t n, bool hidden)
{
	uint64_t used;

	for (; i >= 0; i = known[i].parent) {
		used = hidden ? usage_before[i] : granted_below(i);
		if (n > known[i].max || used > known[i].max - n)
			return false;
	}
	return true;
}

/*
 * Offline counters without units and without offline children may be released by any control call.
 */
static void
note_released(void)
{
	struct ration_counter_info info;
	bool gone;
	int i;

	do {
		gone = false;
		for (i = 0; i < COUNTERS; i++) {
			if (known[i].life != LIFE_OFFLINE || nb_children(i, LIFE_OFFLINE) > 0 ||
			    ration_counter_get(d, known[i].handle, &info) == 0)
				continue;
			CLAIM(known[i].granted == 0);
			forget(i);
			gone = true;
		}
	} while (gone);
}

static void
check_counter(int i)
{
	struct ration_counter_info info;
	struct ration_reading reading;

	CLAIM(ration_counter_get(d, known[i].handle, &info) == 0);
	CLAIM(info.max == known[i].max && info.depth == known[i].depth);
	CLAIM(info.watermark >= info.usage);
	CLAIM(!!(info.flags & RATION_COUNTER_OFFLINE) == (known[i].life == LIFE_OFFLINE));
	CLAIM((int)info.nb_children == nb_children(i, LIFE_LIVE) + nb_children(i, LIFE_OFFLINE));
	CLAIM(ration_read_sum(d, known[i].handle, &reading) == 0);
	CLAIM(reading.error == 0);
	CLAIM(reading.usage == info.usage && reading.usage == reading.granted + reading.stock);
	CLAIM(reading.granted == granted_below(i));
	usage_before[i] = info.usage;
}

static void
check_all(void)
{
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life != LIFE_NONE)
			check_counter(i);
	}
	CLAIM(ration_domain_verify(d, 1, stderr) == 0);
}

/* ------------------------------------------------------------------ the calls */

/* A random counter, existing or destroyed; *handle is its handle, a stale one for -1. */
static int
pick(struct fuzz_input *in, ration_counter_t *handle)
{
	unsigned int which = fuzz_byte(in) % (COUNTERS + 2);

	if (which < COUNTERS && known[which].life != LIFE_NONE) {
		*handle = known[which].handle;
		return (int)which;
	}
	*handle = which == COUNTERS || nb_stale == 0 ? RATION_COUNTER_NONE
						     : stale[which % RTE_MIN(nb_stale, 8u)];
	return -1;
}

static struct ration_lcore *
pick_lcore(struct fuzz_input *in)
{
	unsigned int i = fuzz_byte(in) % (NB_MEMBERS + 1);

	return i < NB_MEMBERS && lcores[i] != NULL && !offline[i] ? lcores[i]
								  : ration_lcore_shared(d);
}

/* A number that is mostly small, sometimes at the ends of the range. */
static uint64_t
pick_units(struct fuzz_input *in)
{
	uint8_t kind = fuzz_byte(in);

	if (kind < 200)
		return kind % 40;
	if (kind < 240)
		return fuzz_number(in, 2);
	return kind < 250 ? (uint64_t)RATION_UNLIMITED - kind + 240 : fuzz_number(in, 8);
}

static void
do_create(struct fuzz_input *in)
{
	static const char *const names[] = {"a", "b", "c", "", "a/b"};
	ration_counter_t handle, c;
	int parent = pick(in, &handle), place;
	unsigned int name = fuzz_byte(in) % RTE_DIM(names);
	uint64_t max = pick_units(in);
	struct ration_counter_params params = {
		.max = ration_params_max(max),
		.batch = ration_params_batch(fuzz_byte(in) % 24),
	};
	uint8_t what = fuzz_byte(in);

	params.flags = (what % 8 == 0 ? RATION_COUNTER_DIRECT : 0) |
		       (what % 32 >= 24 ? RATION_COUNTER_EXACT : 0);
	params.batch_max = what >= 192 ? what % 64 : 0;
	/* The value that means zero. */
	if (max == RATION_MAX_ZERO)
		max = 0;
	c = ration_counter_create(d, handle, names[name], &params);
	note_released();
	if (c == RATION_COUNTER_NONE) {
		CLAIM(name > 2 || max > RATION_UNLIMITED || parent < 0 ||
		      known[parent].life != LIFE_LIVE || known[parent].depth == RATION_DEPTH_MAX ||
		      child_of_name(parent, name) >= 0 || free_place() < 0);
		return;
	}
	place = free_place();
	CLAIM(name <= 2 && max <= RATION_UNLIMITED && parent >= 0 && place >= 0);
	CLAIM(known[parent].life == LIFE_LIVE && child_of_name(parent, name) < 0);
	known[place] = (struct known){
		.life = LIFE_LIVE,
		.handle = c,
		.parent = parent,
		.name = name,
		.depth = known[parent].depth + 1,
		.max = max,
	};
}

static void
do_destroy(struct fuzz_input *in)
{
	ration_counter_t handle;
	int i = pick(in, &handle), rc;
	static const uint32_t choice[] = {0, RATION_DESTROY_KEEP_UNITS, 1u << 2};
	uint32_t flags = choice[fuzz_byte(in) % RTE_DIM(choice)];
	struct ration_counter_info info;

	rc = ration_counter_destroy(d, handle, flags);
	note_released();
	if (flags > RATION_DESTROY_KEEP_UNITS) {
		CLAIM(rc == -EINVAL);
	} else if (i < 0 || known[i].life != LIFE_LIVE) {
		CLAIM(rc == -ESTALE);
	} else if (i == 0) {
		CLAIM(rc == -EPERM);
	} else if (nb_children(i, LIFE_LIVE) > 0) {
		CLAIM(rc == -EBUSY);
	} else if (rc != 0) {
		CLAIM(rc == -EBUSY && flags == 0);
		CLAIM(known[i].granted > 0 || nb_children(i, LIFE_OFFLINE) > 0);
	} else if (ration_counter_get(d, handle, &info) == 0) {
		CLAIM(flags != 0 && (known[i].granted > 0 || nb_children(i, LIFE_OFFLINE) > 0));
		known[i].life = LIFE_OFFLINE;
	} else {
		CLAIM(known[i].granted == 0 && nb_children(i, LIFE_OFFLINE) == 0);
		forget(i);
	}
}

/* Only a forced charge raises usage above a limit. */
static void
claim_limits_held(int i)
{
	struct ration_counter_info info;

	for (; i >= 0; i = known[i].parent) {
		CLAIM(ration_counter_get(d, known[i].handle, &info) == 0);
		CLAIM(info.usage <= RTE_MAX(usage_before[i], known[i].max));
	}
}

static void
note_charge(int i, uint64_t n, int rc, bool exact)
{
	/* A charge of 0 units may be granted with any handle: misuse need not be detected. */
	if (n == 0 && rc == 0)
		return;
	if (i < 0) {
		CLAIM(rc == -ESTALE);
	} else if (known[i].life == LIFE_OFFLINE) {
		CLAIM(rc == -ENOENT);
	} else if (rc == 0) {
		known[i].granted += n;
		claim_limits_held(i);
	} else {
		CLAIM(rc == -EDQUOT);
		CLAIM(!fits(i, n, !exact));
	}
}

static void
do_charge(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	ration_counter_t handle;
	int i = pick(in, &handle);
	uint64_t n = pick_units(in);

	note_charge(i, n, ration_try_charge(lc, handle, n), false);
}

static void
do_charge_sync(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	ration_counter_t handle;
	int i = pick(in, &handle);
	uint64_t n = pick_units(in);

	note_charge(i, n, ration_try_charge_sync(lc, handle, n, PATIENCE_US, NULL), true);
}

static void
do_force(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	ration_counter_t handle;
	int i = pick(in, &handle), rc;
	uint64_t n = pick_units(in);

	rc = ration_charge_force(lc, handle, n);
	if (n == 0 && rc == 0)
		return;
	if (i < 0) {
		CLAIM(rc == -ESTALE);
	} else if (known[i].life == LIFE_OFFLINE) {
		CLAIM(rc == -ENOENT);
	} else if (rc == 0) {
		known[i].granted += n;
	} else {
		CLAIM(rc == -EOVERFLOW);
		CLAIM(n > RATION_UNLIMITED || usage_before[0] > RATION_UNLIMITED - n);
	}
}

/* The granted units, or too many to be mistaken for a return to stock. */
static void
do_uncharge(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	ration_counter_t handle;
	int i = pick(in, &handle), rc;
	uint64_t n = pick_units(in);

	if (i < 0) {
		rc = ration_uncharge(lc, handle, n);
		CLAIM(rc == -ESTALE || (n == 0 && rc == 0));
		return;
	}
	if (n > known[i].granted)
		n = n % 4 == 0 ? usage_before[i] + RATION_CAP_MASK + 1 : known[i].granted;
	rc = ration_uncharge(lc, handle, n);
	CLAIM(rc == (n > known[i].granted ? -ERANGE : 0));
	if (rc == 0)
		known[i].granted -= n;
}

/* A burst with runs of the same counter, and with amounts whose sums exceed 32 bits. */
struct burst {
	int which[BURST_MAX]; /* As pick() returns it. */
	ration_counter_t c[BURST_MAX];
	uint32_t n[BURST_MAX];
	uint8_t granted[BURST_MAX];
	uint16_t nb;
	bool amounts; /* Without amounts each packet is one unit. */
};

static uint32_t
pick_amount(struct fuzz_input *in)
{
	uint8_t kind = fuzz_byte(in);

	if (kind < 180)
		return kind % 40 + 1;
	return kind < 230 ? UINT32_MAX - kind + 180 : (uint32_t)fuzz_number(in, 4) | 1;
}

static void
pick_burst(struct fuzz_input *in, struct burst *b)
{
	uint8_t what = fuzz_byte(in);
	uint16_t i;

	b->nb = what % (BURST_MAX + 1);
	b->amounts = what & 0x80;
	for (i = 0; i < b->nb; i++) {
		what = fuzz_byte(in);
		b->which[i] = i > 0 ? b->which[i - 1] : -1;
		b->c[i] = i > 0 ? b->c[i - 1] : RATION_COUNTER_NONE;
		if (i == 0 || what % 2 == 0)
			b->which[i] = pick(in, &b->c[i]);
		b->n[i] = b->amounts ? pick_amount(in) : 1;
	}
}

static void
do_charge_burst(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	struct ration_counter_info info;
	uint16_t i, granted = 0, rc;
	struct burst b;
	int k;

	pick_burst(in, &b);
	rc = ration_try_charge_burst(lc, b.c, b.amounts ? b.n : NULL, b.nb, b.granted);
	for (i = 0; i < b.nb; i++) {
		CLAIM(b.granted[i] <= 1);
		granted += b.granted[i];
		if (!b.granted[i])
			continue;
		k = b.which[i];
		CLAIM(k >= 0 && known[k].life == LIFE_LIVE);
		known[k].granted += b.n[i];
		claim_limits_held(k);
	}
	CLAIM(rc == granted);
	/* Usage only rises in a burst of charges: what was refused does not fit afterwards. */
	for (k = 0; k < COUNTERS; k++) {
		if (known[k].life != LIFE_NONE &&
		    ration_counter_get(d, known[k].handle, &info) == 0)
			usage_before[k] = info.usage;
	}
	for (i = 0; i < b.nb; i++) {
		k = b.which[i];
		CLAIM(b.granted[i] || k < 0 || known[k].life != LIFE_LIVE ||
		      !fits(k, b.n[i], true));
	}
}

/*
 * Decide about the run from i to end - 1: the granted units, or fewer, or too many to be mistaken
 * for a return to stock. @return whether the library must accept it
 */
static bool
settle_run(struct burst *b, uint16_t i, uint16_t end)
{
	struct known *k = b->which[i] >= 0 ? &known[b->which[i]] : NULL;
	uint64_t sum = 0;
	uint16_t j;

	for (j = i; j < end; j++)
		sum += b->n[j];
	if (k == NULL || sum > usage_before[b->which[i]] + RATION_CAP_MASK)
		return k != NULL && sum <= k->granted;
	/* Without amounts the units cannot be changed: take the whole run out of the burst. */
	if (sum > k->granted && !b->amounts) {
		for (j = i; j < end; j++) {
			b->c[j] = RATION_COUNTER_NONE;
			b->which[j] = -1;
		}
		return false;
	}
	for (j = i; j < end && sum > k->granted; j++)
		b->n[j] = j == i ? (uint32_t)RTE_MIN(k->granted, UINT64_C(0xffffffff)) : 0;
	return true;
}

static void
do_uncharge_burst(struct fuzz_input *in)
{
	struct ration_lcore *lc = pick_lcore(in);
	uint16_t i, end, accepted = 0;
	struct burst b;

	pick_burst(in, &b);
	for (i = 0; i < b.nb; i = end) {
		for (end = i + 1; end < b.nb && b.c[end] == b.c[i];)
			end++;
		if (!settle_run(&b, i, end))
			continue;
		accepted += end - i;
		for (; i < end; i++)
			known[b.which[i]].granted -= b.n[i];
	}
	CLAIM(ration_uncharge_burst(lc, b.c, b.amounts ? b.n : NULL, b.nb) == accepted);
}

static void
do_set_max(struct fuzz_input *in)
{
	ration_counter_t handle;
	int i = pick(in, &handle), rc;
	uint64_t max = pick_units(in);
	static const uint32_t choice[] = {0, RATION_DESTROY_KEEP_UNITS, 1u << 2};
	uint32_t flags = choice[fuzz_byte(in) % RTE_DIM(choice)];

	rc = ration_counter_set_max(d, handle, max, flags);
	if (max > RATION_UNLIMITED || flags > RATION_MAX_STRICT) {
		CLAIM(rc == -EINVAL);
	} else if (i < 0) {
		CLAIM(rc == -ESTALE);
	} else if (flags == RATION_MAX_STRICT && granted_below(i) > max) {
		CLAIM(rc == -EBUSY);
	} else {
		CLAIM(rc == 0);
		known[i].max = max;
	}
}

static void
do_set_batch(struct fuzz_input *in)
{
	ration_counter_t handle;
	int i = pick(in, &handle);
	uint32_t batch = fuzz_byte(in);

	if (batch >= 250)
		CLAIM(ration_counter_set_batch(d, handle, RATION_BATCH_MAX + batch) == -EINVAL);
	else if (batch >= 200)
		CLAIM(ration_counter_set_batch_max(d, handle, batch - 200) ==
		      (i < 0 ? -ESTALE : 0));
	else
		CLAIM(ration_counter_set_batch(d, handle, batch) == (i < 0 ? -ESTALE : 0));
}

static void
do_drain(struct fuzz_input *in)
{
	struct ration_reading reading;
	ration_counter_t handle;
	int top = pick(in, &handle), i;

	CLAIM(ration_drain(d, handle, PATIENCE_US, NULL) == (top < 0 ? -ESTALE : 0));
	for (i = 0; i < COUNTERS; i++) {
		if (top < 0 || known[i].life == LIFE_NONE || !is_below(i, top))
			continue;
		CLAIM(ration_read_sum(d, known[i].handle, &reading) == 0);
		CLAIM(reading.stock == 0);
	}
}

static void
do_move(struct fuzz_input *in)
{
	uint8_t what = fuzz_byte(in);
	unsigned int i = what / 4 % NB_MEMBERS;

	if (lcores[i] == NULL) {
		lcores[i] = ration_lcore_register_extra(d);
		CLAIM(lcores[i] != NULL);
		offline[i] = false;
		return;
	}
	switch (what % 4) {
	case 0:
		CLAIM(ration_lcore_unregister(lcores[i]) == 0);
		lcores[i] = NULL;
		return;
	case 1:
		CLAIM(ration_lcore_offline(lcores[i]) == (offline[i] ? -EINVAL : 0));
		offline[i] = true;
		return;
	case 2:
		CLAIM(ration_lcore_online(lcores[i]) == (offline[i] ? 0 : -EINVAL));
		offline[i] = false;
		return;
	default:
		if (!offline[i])
			ration_quiescent(lcores[i]);
		return;
	}
}

/* Handles that were never returned by the library, in all calls that check handles. */
static void
do_bogus(struct fuzz_input *in)
{
	ration_counter_t handle = fuzz_number(in, 8);
	struct ration_counter_info info;
	struct ration_reading reading;
	char path[16];
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life != LIFE_NONE && known[i].handle == handle)
			return;
	}
	CLAIM(ration_counter_get(d, handle, &info) == -ESTALE);
	CLAIM(ration_counter_path(d, handle, path, sizeof(path)) == -ESTALE);
	CLAIM(ration_counter_destroy(d, handle, 0) == -ESTALE);
	CLAIM(ration_counter_set_max(d, handle, 1, 0) == -ESTALE);
	CLAIM(ration_counter_set_batch(d, handle, 1) == -ESTALE);
	CLAIM(ration_counter_reset_watermark(d, handle) == -ESTALE);
	CLAIM(ration_counter_create(d, handle, "x", NULL) == RATION_COUNTER_NONE);
	CLAIM(ration_read_sum(d, handle, &reading) == -ESTALE);
	CLAIM(ration_read(d, handle, &reading) == -ESTALE);
	CLAIM(ration_drain(d, handle, 0, NULL) == -ESTALE);
	if (handle != RATION_COUNTER_NONE)
		CLAIM(ration_counter_next(d, handle) == RATION_COUNTER_NONE);
	note_released();
}

/* Claims of any size: no parent gives more than it has, and no counter gets more than its usage. */
static void
do_protection(struct fuzz_input *in)
{
	struct ration_protection_row rows[COUNTERS];
	uint64_t emin[COUNTERS] = {0}, elow[COUNTERS] = {0};
	ration_counter_t handle;
	int i = pick(in, &handle), nb;
	uint64_t units = pick_units(in);
	uint32_t flags = fuzz_byte(in) % 3, k, p;

	CLAIM(ration_counter_set_min(d, handle, units) == (units > RATION_UNLIMITED ? -EINVAL
							   : i < 0		    ? -ESTALE
										    : 0));
	units = pick_units(in);
	CLAIM(ration_counter_set_low(d, handle, units) == (units > RATION_UNLIMITED ? -EINVAL
							   : i < 0		    ? -ESTALE
										    : 0));
	pick(in, &handle);
	nb = ration_protection(d, handle, flags, rows, COUNTERS);
	CLAIM(nb < COUNTERS && (nb >= 0 || nb == (flags > 1 ? -EINVAL : -ESTALE)));
	for (k = 0; (int)k < nb; k++) {
		p = (uint32_t)rows[k].parent;
		emin[(uint32_t)rows[k].counter] = rows[k].emin;
		elow[(uint32_t)rows[k].counter] = rows[k].elow;
		if (rows[k].depth == 1)
			continue;
		CLAIM(rows[k].emin <= rows[k].usage && rows[k].elow <= rows[k].usage);
		CLAIM(rows[k].emin <= emin[p] && rows[k].elow <= elow[p]);
		/* What is left of the parent's for the siblings that follow. */
		emin[p] -= rows[k].emin;
		elow[p] -= rows[k].elow;
	}
}

/* NULL arguments that the header allows. */
static void
do_nothing(struct fuzz_input *in)
{
	ration_counter_t root = ration_domain_root(d);
	char path[4] = "";

	(void)in;
	CLAIM(ration_domain_create(NULL, NULL) == NULL && rte_errno == EINVAL);
	CLAIM(ration_domain_lookup(NULL) == NULL && rte_errno == EINVAL);
	CLAIM(ration_domain_free(NULL) == 0);
	CLAIM(ration_counter_create(d, root, NULL, NULL) == RATION_COUNTER_NONE);
	CLAIM(ration_counter_find(d, NULL) == RATION_COUNTER_NONE && rte_errno == EINVAL);
	CLAIM(ration_counter_find(NULL, "") == RATION_COUNTER_NONE && rte_errno == EINVAL);
	CLAIM(ration_counter_get(d, root, NULL) == -EINVAL);
	CLAIM(ration_read_sum(d, root, NULL) == -EINVAL);
	CLAIM(ration_read(d, root, NULL) == -EINVAL);
	CLAIM(ration_counter_path(d, root, NULL, 4) == -ENAMETOOLONG);
	CLAIM(ration_counter_path(d, root, path, 0) == -ENAMETOOLONG);
	CLAIM(ration_lcore_register(NULL) == NULL && ration_lcore_register_extra(NULL) == NULL);
	CLAIM(ration_lcore_offline(NULL) == -EINVAL && ration_lcore_online(NULL) == -EINVAL);
	CLAIM(ration_lcore_unregister(NULL) == -EINVAL);
	CLAIM(ration_lcore_get(d, NB_MEMBERS) == NULL && ration_lcore_get(d, UINT32_MAX) == NULL);
}

/* ------------------------------------------------------------------- one run */

static void (*const calls[])(struct fuzz_input *in) = {
	do_charge,	   do_charge,	  do_charge,	   do_charge_sync,  do_uncharge,
	do_uncharge,	   do_force,	  do_create,	   do_create,	    do_destroy,
	do_set_max,	   do_set_batch,  do_drain,	   do_move,	    do_move,
	do_bogus,	   do_nothing,	  do_charge_burst, do_charge_burst, do_uncharge_burst,
	do_uncharge_burst, do_protection,
};

static void
start(uint64_t max)
{
	struct ration_domain_params params = {
		.max_counters = COUNTERS,
		.max_members = NB_MEMBERS,
		.max = max,
	};

	d = ration_domain_create("api", &params);
	CLAIM(d != NULL);
	memset(known, 0, sizeof(known));
	memset(lcores, 0, sizeof(lcores));
	nb_stale = 0;
	known[0] = (struct known){
		.life = LIFE_LIVE,
		.handle = ration_domain_root(d),
		.parent = -1,
		.max = max,
	};
}

/* Uncharge all units: then no counter has usage. */
static void
end(void)
{
	struct ration_counter_info info;
	int i;

	for (i = 0; i < COUNTERS; i++) {
		if (known[i].life == LIFE_NONE)
			continue;
		CLAIM(ration_uncharge(ration_lcore_shared(d), known[i].handle, known[i].granted) ==
		      0);
		known[i].granted = 0;
	}
	for (i = 0; i < NB_MEMBERS; i++)
		CLAIM(lcores[i] == NULL || ration_lcore_unregister(lcores[i]) == 0);
	check_all();
	CLAIM(ration_counter_get(d, known[0].handle, &info) == 0 && info.usage == 0);
	CLAIM(ration_domain_free(d) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input in = {.bytes = bytes, .left = size};
	unsigned int i;

	start(1 + fuzz_number(&in, 2));
	for (i = 0; i < STEPS_MAX && in.left > 0; i++) {
		calls[fuzz_byte(&in) % RTE_DIM(calls)](&in);
		check_all();
	}
	end();
	return 0;
}
