/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "message.h"
#include "stats/links.h"

static const char *const names[] = {
	[LINK_UP] = "up",
	[LINK_DOWN] = "down",
	[LINK_GONE] = "gone",
};

const char *
link_name(enum link_state state)
{
	return names[state];
}

/* Ports of net_tap, net_af_packet and others forward for an interface of the kernel. */
static bool
has_interface(const struct port *p)
{
	char name[IF_NAMESIZE];

	return p->info.if_index != 0 && if_indextoname(p->info.if_index, name) != NULL;
}

/*
 * Ask the kernel whether packets can pass. The drivers of packet sockets report the link of their
 * interface as up in any case.
 */
static bool
is_interface_down(const struct port *p)
{
	struct ifreq request = {0};
	int fd, rc;

	if (p->info.if_index == 0 ||
	    strncmp(p->info.driver_name, "net_af_", strlen("net_af_")) != 0 ||
	    if_indextoname(p->info.if_index, request.ifr_name) == NULL)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	rc = ioctl(fd, SIOCGIFFLAGS, &request);
	close(fd);
	return rc == 0 && (request.ifr_flags & (IFF_UP | IFF_RUNNING)) != (IFF_UP | IFF_RUNNING);
}

static enum link_state
state_of(const struct port *p, bool had_interface)
{
	struct rte_eth_link link = {0};

	/* Not all drivers notice: to net_af_packet the link of a deleted interface is up. */
	if (had_interface && !has_interface(p))
		return LINK_GONE;
	if (is_interface_down(p))
		return LINK_DOWN;
	/* If the driver does not report a link state, assume that the link is up. */
	if (rte_eth_link_get_nowait(p->id, &link) < 0 || link.link_status == RTE_ETH_LINK_UP)
		return LINK_UP;
	return LINK_DOWN;
}

void
links_init(struct links *links, const struct ports *ports)
{
	uint16_t i;

	for (i = 0; i < ports->nb; i++) {
		links->had_interface[i] = has_interface(&ports->port[i]);
		links->state[i] = state_of(&ports->port[i], links->had_interface[i]);
	}
}

static void
log_change(const struct port *p, enum link_state state)
{
	if (state == LINK_GONE)
		log_error("port %u (%s): its interface is gone (deleted, or moved to another "
			  "network namespace); what is sent there is lost",
			  p->id, p->name);
	else
		log_error("port %u (%s): link is %s", p->id, p->name,
			  state == LINK_UP ? "up again" : "down");
}

void
links_update(struct links *links, const struct ports *ports)
{
	uint16_t i;

	for (i = 0; i < ports->nb; i++) {
		enum link_state state = state_of(&ports->port[i], links->had_interface[i]);

		if (state != links->state[i])
			log_change(&ports->port[i], state);
		links->state[i] = state;
	}
}
