/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RUNTIME_DIR_H_
#define RUNTIME_DIR_H_

/**
 * @file
 * The directory in which EAL keeps its sockets and shared files. EAL creates the directory "dpdk"
 * there and uses an existing one regardless of its owner. Another user who created it first could
 * read and replace all files in it, and connect to the sockets.
 */

/**
 * Check that the directory that EAL is about to use belongs to this user alone. For a user without
 * XDG_RUNTIME_DIR, EAL would use /tmp. Such a user gets a directory of their own below /tmp
 * instead: RUNTIME_DIRECTORY is set to it, and one line on stderr says so.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int runtime_dir_check(void);

#endif /* RUNTIME_DIR_H_ */
