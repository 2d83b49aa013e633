/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PRICE_ATOMICS_H_
#define PRICE_ATOMICS_H_

/**
 * @file
 * The atomic accesses of libration, counted. Included before each of its sources.
 */

#include <stdbool.h>

#include <ration_compat.h>

/** Kinds of access. */
enum price_access {
	PRICE_READ,
	PRICE_WRITE,
	PRICE_RMW, /**< Read-modify-write. */
};

/** Count an access by the lcore that runs. */
void price_access(const volatile void *p, enum price_access kind);

#undef ration_load
#undef ration_store
#undef ration_fetch_add
#undef ration_fetch_sub
#undef ration_fetch_and
#undef ration_fetch_or
#undef ration_exchange
#undef ration_cas

/* One thread plays all lcores, so the access itself is a plain one. */
#define PRICE_RMW_OF(p, expression)                                                                \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		__typeof__(*at_ + 0) old_ = *at_;                                                  \
		price_access(at_, PRICE_RMW);                                                      \
		*at_ = (expression);                                                               \
		old_;                                                                              \
	})

#define ration_load(p, order)                                                                      \
	__extension__({                                                                            \
		__typeof__(p) from_ = (p);                                                         \
		price_access(from_, PRICE_READ);                                                   \
		*from_;                                                                            \
	})

#define ration_store(p, v, order)                                                                  \
	do {                                                                                       \
		__typeof__(p) at_ = (p);                                                           \
		__typeof__(*at_ + 0) new_ = (v);                                                   \
		price_access(at_, PRICE_WRITE);                                                    \
		*at_ = new_;                                                                       \
	} while (0)

#define ration_fetch_add(p, v, order) PRICE_RMW_OF(p, old_ + (v))
#define ration_fetch_sub(p, v, order) PRICE_RMW_OF(p, old_ - (v))
#define ration_fetch_and(p, v, order) PRICE_RMW_OF(p, old_ &(v))
#define ration_fetch_or(p, v, order) PRICE_RMW_OF(p, old_ | (v))
#define ration_exchange(p, v, order) PRICE_RMW_OF(p, v)

#define ration_cas(p, expected, v, order)                                                          \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		__typeof__(expected) expected_ = (expected);                                       \
		bool done_ = *at_ == *expected_;                                                   \
		price_access(at_, PRICE_RMW);                                                      \
		if (done_)                                                                         \
			*at_ = (v);                                                                \
		else                                                                               \
			*expected_ = *at_;                                                         \
		done_;                                                                             \
	})

#endif /* PRICE_ATOMICS_H_ */
