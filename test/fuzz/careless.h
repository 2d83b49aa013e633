/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A mistake to be found: packets look longer than they are, so that a classifier which includes
 * this reads headers that are not there. The fuzzer must find it, or it would find nothing.
 */

#include <rte_mbuf.h>

static inline uint16_t
careless_data_len(const struct rte_mbuf *m)
{
	return (uint16_t)(rte_pktmbuf_data_len(m) + 1);
}

#undef rte_pktmbuf_data_len
#define rte_pktmbuf_data_len(m) careless_data_len(m)
