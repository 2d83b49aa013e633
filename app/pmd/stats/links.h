/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STATS_LINKS_H_
#define STATS_LINKS_H_

/**
 * @file
 * The links of the ports during the run: a cable that is pulled, an interface that is deleted.
 *
 * All functions: main lcore only.
 */

#include <stdbool.h>
#include <stdint.h>

#include "ports/ports.h"

/** The state of a link. */
enum link_state {
	LINK_UP, /**< Also if the driver does not report a state. */
	LINK_DOWN,
	/** The kernel interface of the port is not in this network namespace any more. */
	LINK_GONE,
};

/** The last known state of the links of all ports, at the same indexes. */
struct links {
	bool had_interface[RTE_MAX_ETHPORTS]; /**< At the start. */
	enum link_state state[RTE_MAX_ETHPORTS];
};

/** Return the name of a state: "up", "down" or "gone". */
const char *link_name(enum link_state state);

/** Read the state at the start of forwarding. */
void links_init(struct links *links, const struct ports *ports);

/**
 * Read the state again. A port whose state has changed is one line on stderr. The call asks drivers
 * and the kernel, but does not wait.
 */
void links_update(struct links *links, const struct ports *ports);

#endif /* STATS_LINKS_H_ */
