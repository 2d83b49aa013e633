/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RUNTIME_DIR_H_
#define RUNTIME_DIR_H_

/**
 * @file
 * Where EAL will keep its sockets and shared files. EAL makes the folder "dpdk" there and takes one
 * that exists, whoever it belongs to: another user who made it before could read, replace and
 * connect to all that is in it.
 */

/**
 * See that the folder which EAL is about to use is ours alone. A plain user without
 * XDG_RUNTIME_DIR, for whom EAL would take /tmp, gets a folder of its own below /tmp instead:
 * RUNTIME_DIRECTORY is set to it, and a line on stderr says so.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int runtime_dir_check(void);

#endif /* RUNTIME_DIR_H_ */
