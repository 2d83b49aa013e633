/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_MODEL_H_
#define TEST_MODEL_H_

/**
 * @file
 * A model of a domain: a tree with the granted units of each counter. The model knows nothing about
 * stock, so the library must agree with it however it manages stock.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

/** Number of counters including the root. It is small, so that the domain is often full. */
#define MODEL_COUNTERS 20

/** The expected state of a counter. */
struct model_counter {
	bool live;
	ration_counter_t handle;
	int parent; /**< -1 for the root. */
	uint32_t depth;
	uint32_t nb_children;
	uint32_t flags;
	uint32_t batch;
	uint64_t max;
	uint64_t granted; /**< Charged to this counter, not to a descendant. */
	uint64_t refused; /**< As last seen after bursts, else counted. */
	uint64_t failures; /**< As last seen: the library decides which level counts. */
	uint64_t rejected;
	/** As last seen: usage must not rise above max, but may stay there. */
	uint64_t usage;
	uint64_t watermark;
	char name[RATION_COUNTER_NAMESIZE];
};

struct model {
	struct ration_domain *d;
	struct model_counter c[MODEL_COUNTERS];
	/** The counter that the current step has charged by force, or -1. */
	int forced;
	/** The counter whose watermark the current step has reset, or -1. */
	int reset;
};

/** Start with the root of a new domain. */
void model_init(struct model *m, struct ration_domain *d);

/** Add a new counter. @return its index in the model */
int model_add(struct model *m, ration_counter_t handle, int parent, const char *name,
	      const struct ration_counter_params *params);

/** Remove a destroyed counter. */
void model_remove(struct model *m, int i);

/** Whether the domain has no room for another counter. */
bool model_full(const struct model *m);

/** The child with this name, or -1. */
int model_child(const struct model *m, int parent, const char *name);

/** Whether i is top or a descendant of it. */
bool model_below(const struct model *m, int i, int top);

/** Units granted at a counter and at its descendants. */
uint64_t model_granted(const struct model *m, int top);

/** Whether n fits at every level if stock counts as used. */
bool model_fits(const struct model *m, int i, uint64_t n);

/** Whether some level has no room for n even if only granted units count. */
bool model_must_refuse(const struct model *m, int i, uint64_t n);

/** The lowest level without room for n if stock counts as used; -1 if there is none. */
int model_lowest_without_room(const struct model *m, int i, uint64_t n);

/** Compare all counters with the model, and store the values that were seen. Asserts. */
void model_check(struct model *m);

#endif /* TEST_MODEL_H_ */
