/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "classify/kinds.h"

const char *const packet_kind_names[] = {
	[PACKET_IPV4] = "ipv4",	    [PACKET_IPV6] = "ipv6",   [PACKET_OTHER] = "other",
	[PACKET_LENGTH] = "length", [PACKET_SHORT] = "short", [PACKET_TAGS] = "tags",
	[PACKET_HEADER] = "header",
};
