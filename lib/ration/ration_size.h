/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SIZE_H_
#define RATION_SIZE_H_

/**
 * @file
 * Units as text, for budget files, options and prompts. Include ration.h instead.
 */

#include <stddef.h>
#include <stdint.h>

#include <ration_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @addtogroup ration_counter
 * @{
 */

/** Bytes of the longest text of ration_size_format(), including the final NUL. */
#define RATION_SIZE_TEXT_SIZE 20

/**
 * Read a number of units: decimal digits with an optional suffix, or "max" for RATION_UNLIMITED.
 * The suffixes k (or K), M, G, T, P and E stand for powers of 1024: "64k" is 65,536. Signs, blanks,
 * fractions ("1.5M") and any other text are errors. The kernel reads the limits of its memory
 * cgroups in a similar way, but rounds.
 *
 * Any process, any thread.
 *
 * @param text
 *   The text. NULL is not a number.
 * @param[out] units
 *   0 to RATION_UNLIMITED. Set on success only.
 * @return
 *   - 0: done
 *   - -EINVAL: the text is not a number
 *   - -ERANGE: the number is above RATION_UNLIMITED
 */
int ration_size_parse(const char *text, uint64_t *units);

/**
 * Write a number of units so that ration_size_parse() reads the same number: "max", or digits with
 * the largest suffix that leaves an integer ("64k", "1000").
 *
 * Any process, any thread.
 *
 * @param units
 *   0 to RATION_UNLIMITED.
 * @param[out] text
 *   Buffer for the text and its terminating NUL.
 * @param size
 *   Size of the buffer in bytes; RATION_SIZE_TEXT_SIZE is always enough.
 * @return
 *   - Length of the text, without the NUL
 *   - -EINVAL: units is above RATION_UNLIMITED, or text is NULL
 *   - -ENAMETOOLONG: the text does not fit into the buffer; the buffer is unchanged
 */
int ration_size_format(uint64_t units, char *text, size_t size);

/** @} */

#ifdef __cplusplus
}
#endif

#endif /* RATION_SIZE_H_ */
