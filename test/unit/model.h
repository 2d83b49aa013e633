/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_MODEL_H_
#define TEST_MODEL_H_

/**
 * @file
 * What a domain must look like, kept beside it: a tree with the units granted at each counter. It
 * knows nothing of stock, so whatever the library does with stock, the two must agree.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

/** Counters of the domain, the root included. Few, so that it is often full. */
#define MODEL_COUNTERS 20

/** A counter as it should be. */
struct model_counter {
	bool live;
	ration_counter_t handle;
	int parent; /**< -1 for the root. */
	uint32_t depth;
	uint32_t nb_children;
	uint32_t flags;
	uint32_t batch;
	uint64_t max;
	uint64_t granted; /**< Here, not below. */
	uint64_t failures; /**< As last seen: the library decides where to count. */
	uint64_t rejected;
	/** As last seen: usage may not rise above max, but it may stay there. */
	uint64_t usage;
	uint64_t watermark;
	char name[RATION_COUNTER_NAMESIZE];
};

struct model {
	struct ration_domain *d;
	struct model_counter c[MODEL_COUNTERS];
	/** The path that the present step has forced units into, or -1. */
	int forced;
	/** The counter whose watermark the present step has reset, or -1. */
	int reset;
};

/** Begin with the root of a fresh domain. */
void model_init(struct model *m, struct ration_domain *d);

/** Note a new counter. @return its place */
int model_add(struct model *m, ration_counter_t handle, int parent, const char *name,
	      const struct ration_counter_params *params);

/** Note that a counter is gone. */
void model_remove(struct model *m, int i);

/** Whether there is room for another counter. */
bool model_full(const struct model *m);

/** The child of that name, or -1. */
int model_child(const struct model *m, int parent, const char *name);

/** Whether i is top or stands below it. */
bool model_below(const struct model *m, int i, int top);

/** Units granted at a counter and below it. */
uint64_t model_granted(const struct model *m, int top);

/** Whether n fits at every level, counting stock as used. */
bool model_fits(const struct model *m, int i, uint64_t n);

/** Whether n fits at no level beyond what limits, or usage above them, admit: granted units only.
 */
bool model_must_refuse(const struct model *m, int i, uint64_t n);

/** The lowest level that lacks room for n, counting stock as used; -1 if there is none. */
int model_lowest_without_room(const struct model *m, int i, uint64_t n);

/** Compare everything, and take over what was seen. Asserts. */
void model_check(struct model *m);

#endif /* TEST_MODEL_H_ */
