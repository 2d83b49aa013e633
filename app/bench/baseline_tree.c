/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdbool.h>

#include "baseline_tree.h"

struct tree *
tree_create(const char *name, const struct accounter_tree *shape)
{
	uint32_t nb = shape->depth + shape->counters, i;
	struct tree *t = aligned_alloc(TREE_ALIGN, sizeof(*t) + nb * sizeof(t->nodes[0]));

	if (t == NULL) {
		warn("%s: %u counters", name, nb);
		return NULL;
	}
	t->interior = shape->depth;
	t->counters = shape->counters;
	for (i = 0; i < nb; i++) {
		bool leaf = i >= shape->depth;
		uint32_t parent = leaf ? shape->depth : i;

		t->nodes[i] = (struct tree_node){
			.max = leaf ? shape->max : TREE_UNLIMITED,
			.parent = parent > 0 ? &t->nodes[parent - 1] : NULL,
		};
	}
	if (shape->root_max > 0)
		t->nodes[0].max = shape->root_max;
	return t;
}
