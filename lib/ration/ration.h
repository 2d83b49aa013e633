/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_H_
#define RATION_H_

/**
 * @file
 * libration: hierarchical budgets for DPDK lcores.
 *
 * A *domain* is a tree of *counters*. Each counter has a hard limit (`max`). A charge to a counter
 * also charges all its ancestors, and is refused if one of them lacks room. So no counter exceeds
 * its limit, except after a forced charge, or after the limit was lowered.
 *
 * Each lcore keeps a small *stock* of every counter that it uses: units that are already charged in
 * the tree, but not used yet. A charge takes units from the stock and an uncharge puts units into
 * it, with a few plain instructions on the lcore's own memory. The lcore walks the tree only when
 * its stock is too small (*refill*) or too large (*trim*). A walk makes one compare-and-swap per
 * level.
 *
 * Units in stock are *hidden*: they are charged, but not in use. A *drain* returns the stock of all
 * lcores to the tree, and waits until this is done. Polling lcores serve drains at their *quiescent
 * points*: they call ration_quiescent() once per burst. A drain never interrupts an lcore.
 *
 * Main loop of a worker:
 *
 * @code
 * struct ration_lcore *lc = ration_lcore_register(domain);
 *
 * while (!quit) {
 *         nb = rte_eth_rx_burst(port, queue, pkts, 32);
 *         classify(pkts, nb, counters);
 *         ration_try_charge_burst(lc, counters, NULL, nb, granted);
 *         ...
 *         ration_quiescent(lc);
 * }
 * ration_lcore_unregister(lc);
 * @endcode
 *
 * Functions that return int return 0 or a negative errno value. Functions that return a pointer or
 * a handle return NULL or RATION_COUNTER_NONE on error, and set rte_errno. A pointer argument must
 * not be NULL, unless the description of the function allows NULL.
 *
 * The guide has a glossary, and describes the promises P1 to P9 and the protocols. The design is
 * based on the page counters of the Linux kernel and their per-CPU stock; the code is independent.
 */

#include <ration_charge.h>
#include <ration_checks.h>
#include <ration_core.h>
#include <ration_counter.h>
#include <ration_domain.h>
#include <ration_drain.h>
#include <ration_lcore.h>
#include <ration_protection.h>
#include <ration_read.h>
#include <ration_size.h>

/* Last: its macros have the names of the functions above. */
#ifdef RATION_CHECKS
#include <ration_checked.h>
#endif

/**
 * @defgroup ration_domain Domains
 * A domain is a tree of counters in its own memzone. Processes find it by name.
 *
 * @defgroup ration_counter Counters
 * Create, find, change and destroy counters. These functions are for the control path.
 *
 * @defgroup ration_lcore Members
 * Each lcore or thread that charges registers with the domain, reports quiescent points, and goes
 * offline before it blocks.
 *
 * @defgroup ration_charge Charging
 * The data path: charge and uncharge, one counter or a burst of counters.
 *
 * @defgroup ration_drain Draining
 * Return stock to the tree, and make charges with an exact refusal.
 *
 * @defgroup ration_read Reading
 * Read usage and stock, verify the promises, print a domain.
 *
 * @defgroup ration_checks Checked build
 * Find calls that break the rules: compile the program with RATION_CHECKS.
 */

#endif /* RATION_H_ */
