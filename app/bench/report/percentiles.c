/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "report/percentiles.h"

void
percentiles_add(json_t *params, const struct histogram *h, double per_unit)
{
	static const struct {
		const char *name;
		double percent;
	} wanted[] = {
		{"p50", 50}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99}, {"p99.999", 99.999},
	};
	double value, beyond;
	size_t i;

	json_object_set_new(params, "smallest", json_real((double)h->min / per_unit));

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		beyond = (double)h->total * (100 - wanted[i].percent) / 100;
		/* The product is not exact in binary and may be a little less than ten. */
		if (wanted[i].percent > 50 && beyond < PERCENTILES_BEYOND - 1e-6)
			continue;
		value = (double)histogram_percentile(h, wanted[i].percent) / per_unit;
		json_object_set_new(params, wanted[i].name, json_real(value));
	}
	json_object_set_new(params, "largest", json_real((double)h->max / per_unit));
	json_object_set_new(params, "values", json_integer((json_int_t)h->total));
}
