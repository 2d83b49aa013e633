/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EAL_FILES_H_
#define EAL_FILES_H_

/**
 * @file
 * The files that EAL leaves in its runtime directory: rte_eal_cleanup() closes its sockets, but the
 * shared configuration and the tables of its memory stay, megabytes for each --file-prefix.
 */

/**
 * Clean EAL up, and remove its runtime directory with the files that EAL made there. Other files
 * stay, and so does everything if another primary process uses the directory. To be called by the
 * primary process before it ends.
 */
void eal_stop(void);

#endif /* EAL_FILES_H_ */
