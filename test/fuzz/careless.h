/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A planted error: packets seem longer than they are, so that a classifier which includes this file
 * reads headers that do not exist. The fuzzer must find it; otherwise it would prove nothing.
 */

#include <rte_mbuf.h>

static inline uint16_t
careless_data_len(const struct rte_mbuf *m)
{
	return (uint16_t)(rte_pktmbuf_data_len(m) + 1);
}

#undef rte_pktmbuf_data_len
#define rte_pktmbuf_data_len(m) careless_data_len(m)
