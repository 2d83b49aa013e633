/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef DESCRIPTORS_H_
#define DESCRIPTORS_H_

/**
 * @file
 * The standard descriptors 0, 1 and 2.
 */

/**
 * Open /dev/null on each of the descriptors 0, 1 and 2 that is closed. Otherwise the next files
 * that the process opens get these numbers: EAL maps its configuration file from descriptor 1, and
 * a report would overwrite it. Call this before anything else in main(), while there is one thread.
 *
 * @return
 *   0, or a negative errno after one line on stderr (if that is open).
 */
int descriptors_open(void);

/**
 * End what was written to stdout. A full disk or a reader that is gone shows only here.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int descriptors_end(void);

#endif /* DESCRIPTORS_H_ */
