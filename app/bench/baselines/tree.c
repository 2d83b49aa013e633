/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>

#include "baselines/tree.h"

struct tree *
tree_create(const char *name, const struct backend_tree *shape)
{
	uint32_t nb = tree_nb_nodes(shape), i;
	struct tree *t = aligned_alloc(TREE_ALIGN, sizeof(*t) + nb * sizeof(t->nodes[0]));

	if (t == NULL) {
		warn("%s: %u counters", name, nb);
		return NULL;
	}
	t->interior = shape->depth;
	t->counters = shape->counters;
	for (i = 0; i < nb; i++) {
		t->nodes[i] = (struct tree_node){
			.max = tree_max_of(shape, i),
			.parent = i > 0 ? &t->nodes[tree_parent_of(shape, i)] : NULL,
		};
	}
	return t;
}
