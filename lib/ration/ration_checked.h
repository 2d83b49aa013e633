/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CHECKED_H_
#define RATION_CHECKED_H_

/**
 * @file
 * @internal The checked calls, which macros put in place of the calls of the other headers if
 * RATION_CHECKS is defined. See ration_checks.h.
 *
 * They are macros, because a report names the file and line of the call. The macros take any number
 * of arguments, because a compound literal is an argument with commas. A pointer to a function is
 * not a call: it points to the function without checks.
 */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>

#include <ration_charge.h>
#include <ration_checks.h>
#include <ration_core.h>
#include <ration_counter.h>
#include <ration_domain.h>
#include <ration_drain.h>
#include <ration_lcore.h>
#include <ration_read.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/** @internal Check a domain. @return false after a report, with rte_errno EINVAL */
bool __ration_check_domain(struct __ration_check_site *site, const struct ration_domain *d);

/** @internal Check a domain, and report a handle of another one. @return as the above */
bool __ration_check_counter(struct __ration_check_site *site, const struct ration_domain *d,
			    ration_counter_t c);

/** @internal Check a pointer that must not be NULL. @return false after a report */
bool __ration_check_pointer(struct __ration_check_site *site, const void *pointer,
			    const char *name);

/** @internal Check an lcore area, which may be that of another thread. @return as the above */
bool __ration_check_area(struct __ration_check_site *site, const struct ration_lcore *lc);

/** @internal See ration_try_charge(). */
int __ration_checked_try_charge(struct __ration_check_site *site, struct ration_lcore *lc,
				ration_counter_t c, uint64_t n);

/** @internal See ration_charge_force(). */
int __ration_checked_charge_force(struct __ration_check_site *site, struct ration_lcore *lc,
				  ration_counter_t c, uint64_t n);

/** @internal See ration_uncharge(). */
int __ration_checked_uncharge(struct __ration_check_site *site, struct ration_lcore *lc,
			      ration_counter_t c, uint64_t n);

/** @internal See ration_try_charge_burst(). */
uint16_t __ration_checked_try_charge_burst(struct __ration_check_site *site,
					   struct ration_lcore *lc, const ration_counter_t *c,
					   const uint32_t *n, uint16_t nb, uint8_t *granted);

/** @internal See ration_uncharge_burst(). */
uint16_t __ration_checked_uncharge_burst(struct __ration_check_site *site, struct ration_lcore *lc,
					 const ration_counter_t *c, const uint32_t *n, uint16_t nb);

/** @internal See ration_prefetch(). */
void __ration_checked_prefetch(struct __ration_check_site *site, struct ration_lcore *lc,
			       const ration_counter_t *c, uint16_t nb);

/** @internal See ration_quiescent(). */
void __ration_checked_quiescent(struct __ration_check_site *site, struct ration_lcore *lc);

/** @internal See ration_try_charge_sync(). */
int __ration_checked_try_charge_sync(struct __ration_check_site *site, struct ration_lcore *lc,
				     ration_counter_t c, uint64_t n, uint32_t timeout_us,
				     struct ration_drain_report *report);

/** @internal See ration_lcore_offline(). */
int __ration_checked_lcore_offline(struct __ration_check_site *site, struct ration_lcore *lc);

/** @internal See ration_lcore_online(). */
int __ration_checked_lcore_online(struct __ration_check_site *site, struct ration_lcore *lc);

/** @internal See ration_lcore_unregister(). */
int __ration_checked_lcore_unregister(struct __ration_check_site *site, struct ration_lcore *lc);

#ifdef RATION_CHECKS

/* The other calls take a domain. */

static inline int
__ration_checked_domain_free(struct __ration_check_site *site, struct ration_domain *d)
{
	/* The call itself refuses what is no domain; the check says where it was called. */
	if (d != NULL)
		__ration_check_domain(site, d);
	return ration_domain_free(d);
}

static inline const char *
__ration_checked_domain_name(struct __ration_check_site *site, const struct ration_domain *d)
{
	return __ration_check_domain(site, d) ? ration_domain_name(d) : "";
}

static inline ration_counter_t
__ration_checked_domain_root(struct __ration_check_site *site, const struct ration_domain *d)
{
	return __ration_check_domain(site, d) ? ration_domain_root(d) : RATION_COUNTER_NONE;
}

static inline ration_counter_t
__ration_checked_counter_create(struct __ration_check_site *site, struct ration_domain *d,
				ration_counter_t c, const char *name,
				const struct ration_counter_params *params)
{
	return __ration_check_counter(site, d, c) ? ration_counter_create(d, c, name, params)
						  : RATION_COUNTER_NONE;
}

static inline ration_counter_t
__ration_checked_counter_find(struct __ration_check_site *site, const struct ration_domain *d,
			      const char *path)
{
	return d == NULL || __ration_check_domain(site, d) ? ration_counter_find(d, path)
							   : RATION_COUNTER_NONE;
}

static inline int
__ration_checked_counter_destroy(struct __ration_check_site *site, struct ration_domain *d,
				 ration_counter_t c, uint32_t flags)
{
	return __ration_check_counter(site, d, c) ? ration_counter_destroy(d, c, flags) : -EINVAL;
}

static inline int
__ration_checked_counter_get(struct __ration_check_site *site, const struct ration_domain *d,
			     ration_counter_t c, struct ration_counter_info *info)
{
	return __ration_check_counter(site, d, c) ? ration_counter_get(d, c, info) : -EINVAL;
}

static inline int
__ration_checked_counter_path(struct __ration_check_site *site, const struct ration_domain *d,
			      ration_counter_t c, char *path, size_t size)
{
	return __ration_check_counter(site, d, c) ? ration_counter_path(d, c, path, size) : -EINVAL;
}

static inline int
__ration_checked_counter_set_max(struct __ration_check_site *site, struct ration_domain *d,
				 ration_counter_t c, uint64_t max, uint32_t flags)
{
	return __ration_check_counter(site, d, c) ? ration_counter_set_max(d, c, max, flags)
						  : -EINVAL;
}

static inline int
__ration_checked_counter_set_batch(struct __ration_check_site *site, struct ration_domain *d,
				   ration_counter_t c, uint32_t batch)
{
	return __ration_check_counter(site, d, c) ? ration_counter_set_batch(d, c, batch) : -EINVAL;
}

static inline int
__ration_checked_counter_set_batch_max(struct __ration_check_site *site, struct ration_domain *d,
				       ration_counter_t c, uint32_t batch_max)
{
	return __ration_check_counter(site, d, c) ? ration_counter_set_batch_max(d, c, batch_max)
						  : -EINVAL;
}

static inline int
__ration_checked_counter_set_min(struct __ration_check_site *site, struct ration_domain *d,
				 ration_counter_t c, uint64_t units)
{
	return __ration_check_counter(site, d, c) ? ration_counter_set_min(d, c, units) : -EINVAL;
}

static inline int
__ration_checked_counter_set_low(struct __ration_check_site *site, struct ration_domain *d,
				 ration_counter_t c, uint64_t units)
{
	return __ration_check_counter(site, d, c) ? ration_counter_set_low(d, c, units) : -EINVAL;
}

static inline int
__ration_checked_protection(struct __ration_check_site *site, const struct ration_domain *d,
			    ration_counter_t c, uint32_t flags, struct ration_protection_row *rows,
			    uint32_t max_rows)
{
	return __ration_check_counter(site, d, c) ? ration_protection(d, c, flags, rows, max_rows)
						  : -EINVAL;
}

static inline int
__ration_checked_counter_reset_watermark(struct __ration_check_site *site, struct ration_domain *d,
					 ration_counter_t c)
{
	return __ration_check_counter(site, d, c) ? ration_counter_reset_watermark(d, c) : -EINVAL;
}

static inline ration_counter_t
__ration_checked_counter_next(struct __ration_check_site *site, const struct ration_domain *d,
			      ration_counter_t c)
{
	return __ration_check_counter(site, d, c) ? ration_counter_next(d, c) : RATION_COUNTER_NONE;
}

static inline int
__ration_checked_drain(struct __ration_check_site *site, struct ration_domain *d,
		       ration_counter_t c, uint32_t timeout_us, struct ration_drain_report *report)
{
	return __ration_check_counter(site, d, c) ? ration_drain(d, c, timeout_us, report)
						  : -EINVAL;
}

static inline struct ration_lcore *
__ration_checked_lcore_register(struct __ration_check_site *site, struct ration_domain *d)
{
	return d == NULL || __ration_check_domain(site, d) ? ration_lcore_register(d) : NULL;
}

static inline struct ration_lcore *
__ration_checked_lcore_self(struct __ration_check_site *site, struct ration_domain *d)
{
	return __ration_check_domain(site, d) ? ration_lcore_self(d) : NULL;
}

static inline struct ration_lcore *
__ration_checked_lcore_shared(struct __ration_check_site *site, struct ration_domain *d)
{
	return __ration_check_domain(site, d) ? ration_lcore_shared(d) : NULL;
}

static inline const struct ration_lcore *
__ration_checked_lcore_get(struct __ration_check_site *site, const struct ration_domain *d,
			   uint32_t member_id)
{
	return __ration_check_domain(site, d) ? ration_lcore_get(d, member_id) : NULL;
}

static inline int
__ration_checked_reap(struct __ration_check_site *site, struct ration_domain *d,
		      uint32_t timeout_us, ration_reap_cb cb, void *arg)
{
	return __ration_check_domain(site, d) ? ration_reap(d, timeout_us, cb, arg) : -EINVAL;
}

static inline int
__ration_checked_read(struct __ration_check_site *site, const struct ration_domain *d,
		      ration_counter_t c, struct ration_reading *reading)
{
	return __ration_check_counter(site, d, c) ? ration_read(d, c, reading) : -EINVAL;
}

static inline int
__ration_checked_read_sum(struct __ration_check_site *site, const struct ration_domain *d,
			  ration_counter_t c, struct ration_reading *reading)
{
	return __ration_check_counter(site, d, c) ? ration_read_sum(d, c, reading) : -EINVAL;
}

static inline void
__ration_checked_domain_dump(struct __ration_check_site *site, const struct ration_domain *d,
			     FILE *f)
{
	if (__ration_check_domain(site, d) && __ration_check_pointer(site, f, "the file"))
		ration_domain_dump(d, f);
}

static inline void
__ration_checked_lcore_stats_get(struct __ration_check_site *site, const struct ration_lcore *lc,
				 struct ration_lcore_stats *stats)
{
	if (stats == NULL)
		__ration_check_pointer(site, stats, "the result");
	else if (__ration_check_area(site, lc))
		ration_lcore_stats_get(lc, stats);
	else
		memset(stats, 0, sizeof(*stats));
}

#ifdef RATION_ALLOW_EXPERIMENTAL

static inline int
__ration_checked_domain_set_qsbr(struct __ration_check_site *site, struct ration_domain *d,
				 struct rte_rcu_qsbr *qsbr)
{
	return __ration_check_domain(site, d) ? ration_domain_set_qsbr(d, qsbr) : -EINVAL;
}

static inline struct ration_lcore *
__ration_checked_lcore_register_extra(struct __ration_check_site *site, struct ration_domain *d)
{
	return d == NULL || __ration_check_domain(site, d) ? ration_lcore_register_extra(d) : NULL;
}

static inline int
__ration_checked_domain_verify(struct __ration_check_site *site, const struct ration_domain *d,
			       int quiet, FILE *f)
{
	return __ration_check_domain(site, d) ? ration_domain_verify(d, quiet, f) : -EINVAL;
}

#endif

/* A macro of its own, so that the name of the variable is not seen by the arguments of the call. */
#define __RATION_SITE(name)                                                                        \
	(__extension__({                                                                           \
		static struct __ration_check_site ration_site = {__FILE__, name, __LINE__, 0};     \
		&ration_site;                                                                      \
	}))

#define ration_charge_force(...)                                                                   \
	__ration_checked_charge_force(__RATION_SITE("ration_charge_force"), __VA_ARGS__)
#define ration_counter_create(...)                                                                 \
	__ration_checked_counter_create(__RATION_SITE("ration_counter_create"), __VA_ARGS__)
#define ration_counter_destroy(...)                                                                \
	__ration_checked_counter_destroy(__RATION_SITE("ration_counter_destroy"), __VA_ARGS__)
#define ration_counter_find(...)                                                                   \
	__ration_checked_counter_find(__RATION_SITE("ration_counter_find"), __VA_ARGS__)
#define ration_counter_get(...)                                                                    \
	__ration_checked_counter_get(__RATION_SITE("ration_counter_get"), __VA_ARGS__)
#define ration_counter_next(...)                                                                   \
	__ration_checked_counter_next(__RATION_SITE("ration_counter_next"), __VA_ARGS__)
#define ration_counter_path(...)                                                                   \
	__ration_checked_counter_path(__RATION_SITE("ration_counter_path"), __VA_ARGS__)
#define ration_counter_reset_watermark(...)                                                        \
	__ration_checked_counter_reset_watermark(__RATION_SITE("ration_counter_reset_watermark"),  \
						 __VA_ARGS__)
#define ration_counter_set_batch(...)                                                              \
	__ration_checked_counter_set_batch(__RATION_SITE("ration_counter_set_batch"), __VA_ARGS__)
#define ration_counter_set_batch_max(...)                                                          \
	__ration_checked_counter_set_batch_max(__RATION_SITE("ration_counter_set_batch_max"),      \
					       __VA_ARGS__)
#define ration_counter_set_low(...)                                                                \
	__ration_checked_counter_set_low(__RATION_SITE("ration_counter_set_low"), __VA_ARGS__)
#define ration_counter_set_min(...)                                                                \
	__ration_checked_counter_set_min(__RATION_SITE("ration_counter_set_min"), __VA_ARGS__)
#define ration_protection(...)                                                                     \
	__ration_checked_protection(__RATION_SITE("ration_protection"), __VA_ARGS__)
#define ration_counter_set_max(...)                                                                \
	__ration_checked_counter_set_max(__RATION_SITE("ration_counter_set_max"), __VA_ARGS__)
#define ration_domain_dump(...)                                                                    \
	__ration_checked_domain_dump(__RATION_SITE("ration_domain_dump"), __VA_ARGS__)
#define ration_domain_free(...)                                                                    \
	__ration_checked_domain_free(__RATION_SITE("ration_domain_free"), __VA_ARGS__)
#define ration_domain_name(...)                                                                    \
	__ration_checked_domain_name(__RATION_SITE("ration_domain_name"), __VA_ARGS__)
#define ration_domain_root(...)                                                                    \
	__ration_checked_domain_root(__RATION_SITE("ration_domain_root"), __VA_ARGS__)
#define ration_drain(...) __ration_checked_drain(__RATION_SITE("ration_drain"), __VA_ARGS__)
#define ration_lcore_get(...)                                                                      \
	__ration_checked_lcore_get(__RATION_SITE("ration_lcore_get"), __VA_ARGS__)
#define ration_lcore_offline(...)                                                                  \
	__ration_checked_lcore_offline(__RATION_SITE("ration_lcore_offline"), __VA_ARGS__)
#define ration_lcore_online(...)                                                                   \
	__ration_checked_lcore_online(__RATION_SITE("ration_lcore_online"), __VA_ARGS__)
#define ration_lcore_register(...)                                                                 \
	__ration_checked_lcore_register(__RATION_SITE("ration_lcore_register"), __VA_ARGS__)
#define ration_lcore_self(...)                                                                     \
	__ration_checked_lcore_self(__RATION_SITE("ration_lcore_self"), __VA_ARGS__)
#define ration_lcore_shared(...)                                                                   \
	__ration_checked_lcore_shared(__RATION_SITE("ration_lcore_shared"), __VA_ARGS__)
#define ration_lcore_stats_get(...)                                                                \
	__ration_checked_lcore_stats_get(__RATION_SITE("ration_lcore_stats_get"), __VA_ARGS__)
#define ration_lcore_unregister(...)                                                               \
	__ration_checked_lcore_unregister(__RATION_SITE("ration_lcore_unregister"), __VA_ARGS__)
#define ration_prefetch(...)                                                                       \
	__ration_checked_prefetch(__RATION_SITE("ration_prefetch"), __VA_ARGS__)
#define ration_quiescent(...)                                                                      \
	__ration_checked_quiescent(__RATION_SITE("ration_quiescent"), __VA_ARGS__)
#define ration_read(...) __ration_checked_read(__RATION_SITE("ration_read"), __VA_ARGS__)
#define ration_read_sum(...)                                                                       \
	__ration_checked_read_sum(__RATION_SITE("ration_read_sum"), __VA_ARGS__)
#define ration_reap(...) __ration_checked_reap(__RATION_SITE("ration_reap"), __VA_ARGS__)
#define ration_try_charge(...)                                                                     \
	__ration_checked_try_charge(__RATION_SITE("ration_try_charge"), __VA_ARGS__)
#define ration_try_charge_burst(...)                                                               \
	__ration_checked_try_charge_burst(__RATION_SITE("ration_try_charge_burst"), __VA_ARGS__)
#define ration_try_charge_sync(...)                                                                \
	__ration_checked_try_charge_sync(__RATION_SITE("ration_try_charge_sync"), __VA_ARGS__)
#define ration_uncharge(...)                                                                       \
	__ration_checked_uncharge(__RATION_SITE("ration_uncharge"), __VA_ARGS__)
#define ration_uncharge_burst(...)                                                                 \
	__ration_checked_uncharge_burst(__RATION_SITE("ration_uncharge_burst"), __VA_ARGS__)
#ifdef RATION_ALLOW_EXPERIMENTAL
#define ration_domain_set_qsbr(...)                                                                \
	__ration_checked_domain_set_qsbr(__RATION_SITE("ration_domain_set_qsbr"), __VA_ARGS__)
#define ration_lcore_register_extra(...)                                                           \
	__ration_checked_lcore_register_extra(__RATION_SITE("ration_lcore_register_extra"),        \
					      __VA_ARGS__)
#define ration_domain_verify(...)                                                                  \
	__ration_checked_domain_verify(__RATION_SITE("ration_domain_verify"), __VA_ARGS__)
#endif

#endif /* RATION_CHECKS */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_CHECKED_H_ */
