/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PORTS_CAPTURE_H_
#define PORTS_CAPTURE_H_

#include <stdbool.h>
#include <stdint.h>

/** Return whether a port reads its packets from a capture: net_pcap with rx_pcap=FILE. */
bool capture_is_read(const char *driver, const char *name);

/**
 * Warn if the packets of a port are read from a capture that is not one of Ethernet. net_pcap hands
 * them over as frames, so that other bytes stand where the headers are read.
 */
void capture_warn(uint16_t port_id, const char *driver, const char *name);

#endif /* PORTS_CAPTURE_H_ */
