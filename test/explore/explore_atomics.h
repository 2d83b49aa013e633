/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EXPLORE_ATOMICS_H_
#define EXPLORE_ATOMICS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ration_compat.h>

/**
 * @file
 * The atomic accesses of libration as steps of a schedule: another fiber may run before each. All
 * fibers are one thread, so the access itself is a plain one. The model of memory orders is that of
 * x86: a store that is not seq_cst may wait in the buffer of its fiber.
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

/** Let another fiber run. `op` and the address say which access follows, for the trace. */
void explore_step(const char *op, const volatile void *at);

/** Record that a word in memory is written next. */
void explore_write(const volatile void *at);

/** Stores of this schedule wait in buffers. */
extern bool explore_tso;

/** Value that the running fiber reads where memory has `value`. */
uint64_t explore_forward(const volatile void *at, uint64_t value);

/** Put a store into the buffer of the running fiber. */
void explore_buffer(volatile void *at, uint64_t value, size_t size);

/** Empty the buffer of the running fiber. */
void explore_drain_buffer(void);

/** A read-modify-write, or a store that is seq_cst. */
#define EXPLORE_RMW(op, p, expression)                                                             \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		explore_step(op, at_);                                                             \
		explore_drain_buffer();                                                            \
		__typeof__(*at_ + 0) old_ = *at_;                                                  \
		explore_write(at_);                                                                \
		*at_ = (expression);                                                               \
		old_;                                                                              \
	})

#define EXPLORE_IS_seq_cst 1
#define EXPLORE_IS_acq_rel 0
#define EXPLORE_IS_acquire 0
#define EXPLORE_IS_release 0
#define EXPLORE_IS_relaxed 0

#define ration_fence(order)                                                                        \
	do {                                                                                       \
		explore_step("fence", NULL);                                                       \
		if (EXPLORE_IS_##order)                                                            \
			explore_drain_buffer();                                                    \
	} while (0)
#define ration_load(p, order)                                                                      \
	__extension__({                                                                            \
		__typeof__(p) from_ = (p);                                                         \
		explore_step("load", from_);                                                       \
		__typeof__(*from_ + 0) value_ = *from_;                                            \
		if (explore_tso)                                                                   \
			value_ = (__typeof__(value_))explore_forward(from_, (uint64_t)value_);     \
		value_;                                                                            \
	})
#define ration_store(p, v, order)                                                                  \
	__extension__({                                                                            \
		__typeof__(p) at_ = (p);                                                           \
		__typeof__(*at_ + 0) new_ = (v);                                                   \
		explore_step("store", at_);                                                        \
		if (explore_tso && !EXPLORE_IS_##order) {                                          \
			explore_buffer(at_, (uint64_t)new_, sizeof(*at_));                         \
		} else {                                                                           \
			explore_drain_buffer();                                                    \
			explore_write(at_);                                                        \
			*at_ = new_;                                                               \
		}                                                                                  \
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
		explore_drain_buffer();                                                            \
		same_ = *at_ == *(expected);                                                       \
		if (same_) {                                                                       \
			explore_write(at_);                                                        \
			*at_ = (v);                                                                \
		} else {                                                                           \
			*(expected) = *at_;                                                        \
		}                                                                                  \
		same_;                                                                             \
	})

#endif /* EXPLORE_ATOMICS_H_ */
