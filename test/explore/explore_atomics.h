/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EXPLORE_ATOMICS_H_
#define EXPLORE_ATOMICS_H_

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The atomic accesses of libration as steps of a schedule: another fiber may run before each. All
 * fibers are one thread, so the access itself is a plain one; the orders are not modelled.
 */

#undef ration_fence
#undef ration_load
#undef ration_store
#undef ration_fetch_add
#undef ration_fetch_sub
#undef ration_fetch_and
#undef ration_fetch_or
#undef ration_exchange
#undef ration_cas

/** Let another fiber run. `op` says what follows, at which address; for the trace. */
void explore_step(const char *op, const volatile void *at);

#define EXPLORE_RMW(op, p, expression)                                                             \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		explore_step(op, at_);                                                             \
		__typeof__(*at_ + 0) old_ = *at_;                                                  \
		*at_ = (expression);                                                               \
		old_;                                                                              \
	})

#define ration_fence(order) explore_step("fence", NULL)
#define ration_load(p, order) (explore_step("load", p), *(p))
#define ration_store(p, v, order)                                                                  \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		__typeof__(*at_ + 0) new_ = (v);                                                   \
		explore_step("store", at_);                                                        \
		*at_ = new_;                                                                       \
	})
#define ration_fetch_add(p, v, order) EXPLORE_RMW("add", p, old_ + (v))
#define ration_fetch_sub(p, v, order) EXPLORE_RMW("sub", p, old_ - (v))
#define ration_fetch_and(p, v, order) EXPLORE_RMW("and", p, old_ &(v))
#define ration_fetch_or(p, v, order) EXPLORE_RMW("or", p, old_ | (v))
#define ration_exchange(p, v, order) EXPLORE_RMW("exchange", p, v)
#define ration_cas(p, expected, v, order)                                                          \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		bool same_;                                                                        \
		explore_step("cas", at_);                                                          \
		same_ = *at_ == *(expected);                                                       \
		if (same_)                                                                         \
			*at_ = (v);                                                                \
		else                                                                               \
			*(expected) = *at_;                                                        \
		same_;                                                                             \
	})

#endif /* EXPLORE_ATOMICS_H_ */
