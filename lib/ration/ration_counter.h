/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_COUNTER_H_
#define RATION_COUNTER_H_

/**
 * @file
 * Counters: create, find, change, destroy.
 */

#include <stddef.h>
#include <stdint.h>

#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is compiled with hidden symbols. */
#pragma GCC visibility push(default)

/**
 * @addtogroup ration_counter
 * @{
 */

/**
 * Check the name of a counter. This is the only rule for names; ration_counter_create() uses it.
 *
 * A name is valid UTF-8 of 1 to RATION_COUNTER_NAMESIZE - 1 bytes. It has no '/', no control
 * character, no line or paragraph separator, and no character that cannot be seen: no text
 * direction mark, no character without width or with an empty glyph, no byte order mark. It does
 * not start or end with a blank of any kind, and the only blank in it is the plain space, one at a
 * time. So two different names also look different, with these exceptions: letters of several
 * scripts that look alike, two encodings of an accented letter, and characters that a font lacks.
 *
 * Any process, any thread. Does not wait.
 *
 * @param name
 *   The name, or NULL.
 * @return
 *   NULL if the name is good, or else a constant text that completes the sentence "The name ...",
 *   for example "contains '/' (which separates the names of a path)".
 */
const char *ration_name_error(const char *name);

/**
 * Copy a text for a message or a report. Each byte that is not UTF-8, and each character that
 * ration_name_error() refuses because it cannot be printed, is written as an escape: a backslash,
 * then x and the byte in 2 hexadecimal digits, or u and the code point in 4, or U and the code
 * point in 8. All other characters stay as they are, '/' and the backslash included. The library
 * writes names in this form to logs and to ration_domain_dump().
 *
 * Any process, any thread. Does not wait.
 *
 * @param[out] out
 *   Buffer for the text and its terminating NUL. The text is cut between two characters if it does
 *   not fit. 6 times the size of the text is always enough.
 * @param size
 *   Size of the buffer in bytes. 0: nothing is written.
 * @param text
 *   The text.
 * @return
 *   Length of the whole text after escaping, without the NUL, like snprintf().
 */
size_t ration_name_escape(char *out, size_t size, const char *text);

/** Flag: the counter is charged directly, so it keeps its stock when it gets children. */
#define RATION_COUNTER_DIRECT (1u << 0)
/**
 * Flag in ration_counter_info::flags: the counter was destroyed with RATION_DESTROY_KEEP_UNITS, and
 * some of its units are still granted.
 */
#define RATION_COUNTER_OFFLINE (1u << 1)
/**
 * Flag: near a limit, lcores keep no share of it in stock, of this counter and of those below it.
 * They keep what a refill may take ahead, at most margin / (2 x members) and nothing without
 * margin, and stock that they took before the limit was near, until another lcore is refused. So
 * fewer charges are refused because of units in stock; but each call walks the tree there. With a
 * batch of 0 nothing is ever in stock.
 */
#define RATION_COUNTER_EXACT (1u << 2)
/** All flags that ration_counter_create() accepts. */
#define RATION_COUNTER_FLAGS (RATION_COUNTER_DIRECT | RATION_COUNTER_EXACT)

/** Value of ration_counter_params::batch for no stock: every charge walks the tree. */
#define RATION_BATCH_ZERO UINT32_MAX

/** Value of ration_counter_params::batch for a batch of `units`, which may be 0. */
static inline uint32_t
ration_params_batch(uint32_t units)
{
	return units != 0 ? units : RATION_BATCH_ZERO;
}

/**
 * Parameters of a counter. A member that is 0 selects its default, as in struct
 * ration_domain_params. Where 0 units would make sense, a constant ending in _ZERO stands for them.
 */
struct ration_counter_params {
	/**
	 * Hard limit in units, 1 to RATION_UNLIMITED, or RATION_MAX_ZERO. Default
	 * RATION_UNLIMITED. Use ration_params_max() for a limit that is computed and may be 0.
	 */
	uint64_t max;
	/**
	 * Maximum number of units that a refill takes ahead, 1 to RATION_BATCH_MAX, or
	 * RATION_BATCH_ZERO. Default RATION_BATCH_DEFAULT.
	 */
	uint32_t batch;
	uint32_t flags; /**< RATION_COUNTER_DIRECT, RATION_COUNTER_EXACT, or both. Default 0. */
	/**
	 * Units to which the batch of a busy lcore may grow, at most RATION_BATCH_MAX. Default 0:
	 * it does not grow, as with any value below `batch`. Each walk to the tree doubles the
	 * batch of that lcore, and it is halved twice in each ration_domain_params::idle_us: set
	 * that, too, because without it the batch of an lcore that was busy once stays large. Each
	 * lcore can hide up to 2 x batch_max units. For pipelines, where one lcore charges and
	 * another uncharges, and for bursts that are larger than the batch.
	 */
	uint32_t batch_max;
	/** Units that stay when an ancestor needs room: see ration_protection(). Default 0. */
	uint64_t min;
	/** The same as long as others can give. Default 0. */
	uint64_t low;
};

/**
 * Create a counter.
 *
 * If lcores have stock of the parent itself, the call first drains that stock and disables it. A
 * parent with RATION_COUNTER_DIRECT keeps its stock.
 *
 * Primary process only, any thread, not on the data path. May wait up to the domain's timeout;
 * while it waits, it serves the mailbox of the calling thread.
 *
 * @param d
 *   The domain.
 * @param parent
 *   The counter above the new one, for example ration_domain_root().
 * @param name
 *   Name, unique among the children of the parent. ration_name_error() is the rule.
 * @param params
 *   Limit, batch and flags, or NULL for the defaults.
 * @return
 *   Handle of the counter, or RATION_COUNTER_NONE with rte_errno set:
 *   - EINVAL: the name or a parameter is out of range; a log message says which
 *   - ENAMETOOLONG: the name is too long
 *   - ESTALE: the parent does not exist
 *   - EEXIST: the parent has a child of this name
 *   - ENOSPC: the domain is full
 *   - E2BIG: the counter would be more than RATION_DEPTH_MAX levels below the root
 *   - ETIMEDOUT: the parent's stock could not be drained in time
 *   - E_RTE_SECONDARY: the process is not the primary process
 */
ration_counter_t ration_counter_create(struct ration_domain *d, ration_counter_t parent,
				       const char *name,
				       const struct ration_counter_params *params);

/**
 * Find a counter by its path from the root, for example "edge/gold/voice".
 *
 * Any process, any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @param path
 *   Names of the counters below the root, separated by '/'. The path of the root is "".
 * @return
 *   Handle of the counter, or RATION_COUNTER_NONE with rte_errno set:
 *   - ENOENT: no counter has this path
 *   - EINVAL: d or path is NULL, or an element of the path is empty or too long
 */
ration_counter_t ration_counter_find(const struct ration_domain *d, const char *path);

/**
 * Flag of ration_counter_destroy(): allow destroying a counter with granted units. The units stay
 * charged to the ancestors, and the old handle stays valid for uncharging them. The name can be
 * used again immediately. Until the last unit is uncharged, ration_counter_next() still returns the
 * counter, and ration_counter_get() reports it with the flag RATION_COUNTER_OFFLINE. A later
 * control call releases its index. The kernel treats offline cgroups in the same way.
 */
#define RATION_DESTROY_KEEP_UNITS (1u << 0)
/**
 * Flag of ration_counter_destroy(): destroy also all counters below the counter. They are destroyed
 * as a whole or, if the call fails, not at all. The number of waits does not depend on the number
 * of counters. With RATION_DESTROY_KEEP_UNITS, each counter with granted units, and each counter
 * above one, goes offline, and the others are destroyed.
 */
#define RATION_DESTROY_RECURSIVE (1u << 1)

/**
 * Destroy a counter that has no children, or a counter and all counters below it. Their stock is
 * drained first. During the call, charges of them are refused with -ENOENT, and uncharges still
 * work.
 *
 * Primary process only, any thread, not on the data path. May wait up to a few times the domain's
 * timeout; while it waits, it serves the mailbox of the calling thread.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param flags
 *   0, RATION_DESTROY_KEEP_UNITS, RATION_DESTROY_RECURSIVE, or both.
 * @return
 *   - 0: the counter is destroyed and its handles are stale; with RATION_DESTROY_KEEP_UNITS, the
 *     handles become stale when a control call releases the index, after the last unit is
 *     uncharged
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: unknown flags; a log message names them
 *   - -EPERM: the counter is the root
 *   - -EBUSY: the counter has children and RATION_DESTROY_RECURSIVE is not set, or units are
 *     granted and RATION_DESTROY_KEEP_UNITS is not set; nothing is changed
 *   - -ETIMEDOUT: an lcore did not answer in time; nothing is changed
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_counter_destroy(struct ration_domain *d, ration_counter_t c, uint32_t flags);

/**
 * Name of a flag in ration_counter_info::flags, for messages.
 *
 * Any process, any thread. Does not wait.
 *
 * @param flag
 *   One flag, for example RATION_COUNTER_DIRECT.
 * @return
 *   A constant text such as "direct"; "unknown" if it is not exactly one known flag. Never NULL.
 */
const char *ration_counter_flag_name(uint32_t flag);

/** State of a counter, see ration_counter_get(). */
struct ration_counter_info {
	uint64_t usage; /**< Charged units, including the stock of all lcores. */
	uint64_t max; /**< Hard limit in units. */
	uint64_t watermark; /**< Largest usage since creation or the last reset. */
	/**
	 * Number of charges, of this counter or one below it, that were refused because this
	 * counter lacked room. If several levels did, the lowest of them counts, and for packets of
	 * a burst the lowest of those with the least room.
	 */
	uint64_t failures;
	/**
	 * Number of charges of this counter itself that were refused, because it or a counter above
	 * it lacked room. So `refused` tells which tenant was refused, and `failures` by which
	 * limit. Charges refused because the counter is being destroyed do not count.
	 */
	uint64_t refused;
	uint64_t forced; /**< Number of forced charges that exceeded this counter's limit. */
	uint64_t rejected; /**< Number of uncharges that exceeded the charged units. */
	uint64_t min; /**< Protected units, see ration_protection(). */
	uint64_t low; /**< Units that are protected as long as others can give. */
	uint32_t batch; /**< Number of units that a refill takes ahead. */
	uint32_t batch_max; /**< Units to which the batch of a busy lcore grows, if more. */
	uint32_t depth; /**< Number of levels above the counter; 0 for the root. */
	uint32_t nb_children; /**< Number of children. */
	uint32_t flags; /**< RATION_COUNTER_DIRECT, RATION_COUNTER_EXACT, RATION_COUNTER_OFFLINE. */
	ration_counter_t parent; /**< Handle of the parent; RATION_COUNTER_NONE for the root. */
	char name[RATION_COUNTER_NAMESIZE]; /**< Name; "" for the root. */
};

/**
 * Read the state of a counter. The call is cheap: it reads each field once, and for `refused` a few
 * words of each member. While lcores run, the fields may be from different points in time.
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param[out] info
 *   State of the counter.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: info is NULL
 *   - -EPROTO: the tree is corrupted at this counter
 */
int ration_counter_get(const struct ration_domain *d, ration_counter_t c,
		       struct ration_counter_info *info);

/**
 * Write the path of a counter, see ration_counter_find().
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param[out] path
 *   Buffer for the path and its terminating NUL.
 * @param size
 *   Size of the buffer in bytes.
 * @return
 *   - Length of the path, without the NUL
 *   - -ESTALE: the counter does not exist
 *   - -ENAMETOOLONG: the path does not fit into the buffer
 *   - -EPROTO: the tree is corrupted at this counter
 */
int ration_counter_path(const struct ration_domain *d, ration_counter_t c, char *path, size_t size);

/** Flag of ration_counter_set_max(): fail if usage exceeds the new limit even after one drain. */
#define RATION_MAX_STRICT (1u << 0)

/**
 * Change the limit of a counter. After the call returns, no charge that would raise usage above the
 * new limit is granted. A concurrent charge that read the old limit may raise usage above the new
 * limit for an instant; that charge is rolled back and refused. Stock is not affected, because it
 * is charged already.
 *
 * Without RATION_MAX_STRICT the new limit may be below usage. Charges are then refused until usage
 * has fallen below the limit. The kernel has the same two forms: memory.max and
 * page_counter_set_max().
 *
 * Primary process only, any thread. Calls for the same domain are serialized. With
 * RATION_MAX_STRICT the call may wait up to the domain's timeout.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param max
 *   New limit in units, 0 to RATION_UNLIMITED.
 * @param flags
 *   0, or RATION_MAX_STRICT.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: max or flags are out of range; a log message says which
 *   - -EBUSY: RATION_MAX_STRICT is set and usage exceeds max; the old limit stays. Stock that could
 *     not be drained in time counts as usage
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_counter_set_max(struct ration_domain *d, ration_counter_t c, uint64_t max,
			   uint32_t flags);

/**
 * Change the batch of a counter. Each lcore uses the new batch from its next refill or trim on.
 *
 * Primary process only, any thread. Calls for the same domain are serialized.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param batch
 *   New batch in units, 0 (no stock) to RATION_BATCH_MAX.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: batch is above RATION_BATCH_MAX; a log message says so
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_counter_set_batch(struct ration_domain *d, ration_counter_t c, uint32_t batch);

/**
 * Change ration_counter_params::batch_max of a counter. Each lcore uses the new value from its next
 * refill or trim on.
 *
 * Primary process only, any thread. Calls for the same domain are serialized.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @param batch_max
 *   Units to which the batch of a busy lcore may grow, up to RATION_BATCH_MAX. 0 to the batch of
 *   the counter: it does not grow.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 *   - -EINVAL: batch_max is above RATION_BATCH_MAX; a log message says so
 *   - -E_RTE_SECONDARY: the process is not the primary process
 */
int ration_counter_set_batch_max(struct ration_domain *d, ration_counter_t c, uint32_t batch_max);

/**
 * Set the watermark of a counter to its current usage.
 *
 * Any process that may write the domain, any thread. Does not wait.
 *
 * @param d
 *   The domain.
 * @param c
 *   The counter.
 * @return
 *   - 0: done
 *   - -ESTALE: the counter does not exist
 */
int ration_counter_reset_watermark(struct ration_domain *d, ration_counter_t c);

/**
 * Step through all counters of a domain. A parent comes before its children, and siblings come in
 * the order of their creation.
 *
 * Any process, any thread. Does not wait for lcores.
 *
 * @param d
 *   The domain.
 * @param c
 *   The current counter, or RATION_COUNTER_NONE to start with the root.
 * @return
 *   Handle of the next counter. RATION_COUNTER_NONE at the end, if c does not exist any more, or if
 *   the tree is corrupted at c.
 */
ration_counter_t ration_counter_next(const struct ration_domain *d, ration_counter_t c);

/** @} */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* RATION_COUNTER_H_ */
