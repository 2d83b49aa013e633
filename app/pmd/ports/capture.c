/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <pcap/pcap.h>

#include <rte_devargs.h>

#include "message.h"
#include "ports/capture.h"

#define RX_PCAP "rx_pcap="

/* The arguments of a device after the first "rx_pcap=", NULL: none. */
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

/* The driver has refused what cannot be opened. */
static void
warn_of_file(uint16_t port_id, const char *name, const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	const char *type;
	struct stat st;
	pcap_t *capture;

	/* A pipe would wait for another writer. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	capture = pcap_open_offline(path, error);
	if (capture == NULL)
		return;
	if (pcap_datalink(capture) != DLT_EN10MB) {
		type = pcap_datalink_val_to_name(pcap_datalink(capture));
		log_error("port %u (%s): the packets of %s have link type %s, not Ethernet: their "
			  "headers are not found",
			  port_id, name, path, type != NULL ? type : "unknown");
	}
	pcap_close(capture);
}

void
capture_warn(uint16_t port_id, const char *driver, const char *name)
{
	const char *file = rx_pcap_of(driver, name);
	char path[PATH_MAX];

	/* One for each queue. */
	while (file != NULL) {
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(file, ","), file);
		warn_of_file(port_id, name, path);
		file = strstr(file, RX_PCAP);
		if (file != NULL)
			file += strlen(RX_PCAP);
	}
}
