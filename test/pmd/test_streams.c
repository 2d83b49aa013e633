/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ports/streams.h"

#define PORTS 4
#define QUEUES 3
#define STREAMS (PORTS * QUEUES)

static struct ports ports;
static struct options options;
static struct stream streams[STREAMS];

static void
describe(enum port_topology topology, uint16_t nb_ports)
{
	uint16_t i;

	ports.nb = nb_ports;
	for (i = 0; i < nb_ports; i++) {
		/* Ids with gaps, as with --portmask. */
		ports.port[i].id = 2 * i + 1;
		ports.port[i].mac.addr_bytes[5] = (uint8_t)(0x10 + i);
	}
	options.rxq = QUEUES;
	options.port_topology = topology;
	streams_fill(streams, 0, streams_count(&options, &ports), &options, &ports);
}

static uint16_t
tx_port(unsigned int port)
{
	return streams[port * QUEUES].tx_port;
}

static void
paired_ports_send_for_each_other(void **state)
{
	(void)state;
	describe(TOPOLOGY_PAIRED, 4);
	assert_int_equal(tx_port(0), 3);
	assert_int_equal(tx_port(1), 1);
	assert_int_equal(tx_port(2), 7);
	assert_int_equal(tx_port(3), 5);
}

static void
a_chained_port_sends_for_the_previous_port(void **state)
{
	(void)state;
	describe(TOPOLOGY_CHAINED, 3);
	assert_int_equal(tx_port(0), 3);
	assert_int_equal(tx_port(1), 5);
	assert_int_equal(tx_port(2), 1);
}

static void
looped_ports_send_for_themselves(void **state)
{
	(void)state;
	describe(TOPOLOGY_LOOP, 3);
	assert_int_equal(tx_port(0), 1);
	assert_int_equal(tx_port(2), 5);
}

/* Otherwise two lcores might send on the same queue at the same time. */
static void
no_two_streams_share_a_queue(void **state)
{
	unsigned int topology, i, j, nb;

	(void)state;
	for (topology = TOPOLOGY_PAIRED; topology <= TOPOLOGY_LOOP; topology++) {
		describe(topology, PORTS);
		nb = streams_count(&options, &ports);
		assert_int_equal(nb, STREAMS);
		for (i = 0; i < nb; i++) {
			for (j = 0; j < i; j++) {
				assert_false(streams[i].rx_port == streams[j].rx_port &&
					     streams[i].rx_queue == streams[j].rx_queue);
				assert_false(streams[i].tx_port == streams[j].tx_port &&
					     streams[i].tx_queue == streams[j].tx_queue);
			}
		}
	}
}

static void
a_part_of_the_streams_equals_the_whole(void **state)
{
	struct stream part[5];
	unsigned int i;

	(void)state;
	describe(TOPOLOGY_CHAINED, PORTS);
	streams_fill(part, 4, 5, &options, &ports);
	for (i = 0; i < 5; i++) {
		/* Not the padding. */
		assert_memory_equal(&part[i], &streams[4 + i],
				    offsetof(struct stream, destination) +
					    sizeof(part[i].destination));
		assert_int_equal(part[i].tx_dropped, streams[4 + i].tx_dropped);
	}
}

static void
addresses_belong_to_the_tx_port(void **state)
{
	static const uint8_t peer[] = {0x02, 0, 0, 0, 0, 3};

	(void)state;
	describe(TOPOLOGY_PAIRED, 2);
	assert_int_equal(streams[0].source.addr_bytes[5], 0x11);
	assert_memory_equal(streams[0].destination.addr_bytes, peer, sizeof(peer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paired_ports_send_for_each_other),
		cmocka_unit_test(a_chained_port_sends_for_the_previous_port),
		cmocka_unit_test(looped_ports_send_for_themselves),
		cmocka_unit_test(no_two_streams_share_a_queue),
		cmocka_unit_test(a_part_of_the_streams_equals_the_whole),
		cmocka_unit_test(addresses_belong_to_the_tx_port),
	};

	return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
