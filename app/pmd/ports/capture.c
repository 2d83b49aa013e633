/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_devargs.h>

#include "message.h"
#include "ports/capture.h"

#define RX_PCAP "rx_pcap="

/* Head of a file in the format of libpcap: draft-ietf-opsawg-pcap, section 4. */
struct pcap_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t reserved[2];
	uint32_t snap_length;
	uint32_t link_type; /* The upper 16 bits are about the frame check sequence. */
};

#define PCAP_MAGIC_US 0xa1b2c3d4
#define PCAP_MAGIC_NS 0xa1b23c4d
#define PCAP_ETHERNET 1

/* The argument of a device after "rx_pcap=", up to a comma or the end; NULL: none. */
static const char *
rx_pcap_of(const char *driver, const char *name)
{
	struct rte_devargs *vdev;
	const char *file;

	if (strcmp(driver, "net_pcap") != 0)
		return NULL;
	RTE_EAL_DEVARGS_FOREACH("vdev", vdev)
	{
		if (strcmp(vdev->name, name) != 0 || vdev->args == NULL)
			continue;
		file = strstr(vdev->args, RX_PCAP);
		return file != NULL ? file + strlen(RX_PCAP) : NULL;
	}
	return NULL;
}

bool
capture_is_read(const char *driver, const char *name)
{
	return rx_pcap_of(driver, name) != NULL;
}

/* Read the link type of a file. @return false if it is not in the format of libpcap */
static bool
read_link_type(const char *path, uint32_t *type)
{
	struct pcap_head head;
	FILE *f = fopen(path, "re");
	bool whole;

	if (f == NULL)
		return false;
	whole = fread(&head, sizeof(head), 1, f) == 1;
	fclose(f);
	if (!whole)
		return false;
	if (head.magic == rte_bswap32(PCAP_MAGIC_US) || head.magic == rte_bswap32(PCAP_MAGIC_NS))
		head.link_type = rte_bswap32(head.link_type);
	else if (head.magic != PCAP_MAGIC_US && head.magic != PCAP_MAGIC_NS)
		return false;
	*type = head.link_type & UINT16_MAX;
	return true;
}

void
capture_warn(uint16_t port_id, const char *driver, const char *name)
{
	const char *file = rx_pcap_of(driver, name);
	char path[PATH_MAX];
	uint32_t type;

	if (file == NULL)
		return;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(file, ","), file);
	if (read_link_type(path, &type) && type != PCAP_ETHERNET)
		log_error("port %u (%s): the packets of the capture have link type %" PRIu32
			  ", not Ethernet (%d): their headers are not found",
			  port_id, name, type, PCAP_ETHERNET);
}
