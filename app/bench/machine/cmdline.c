/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <ctype.h>
#include <string.h>

#include "machine/cmdline.h"

#define BLANK " \t\n"

/*
 * Parameters that say what is started, from where, and where output goes. A name that ends in '.'
 * is a prefix.
 */
static const char *const private_names[] = {
	"BOOT_IMAGE", "console", "cryptdevice", "earlycon",  "earlyprintk",  "hostname",
	"init",	      "initrd",	 "ip",		"mac",	     "netconsole",   "nfsaddrs",
	"nfsroot",    "rdinit",	 "resume",	"root",	     "rootflags",    "rootfstype",
	"ds",	      "rd.",	 "systemd.",	"vconsole.", "virtio_mmio.",
};

static bool
has_private_name(const char *parameter)
{
	size_t length = strcspn(parameter, "="), nb, i;
	const char *name;

	for (i = 0; i < sizeof(private_names) / sizeof(private_names[0]); i++) {
		name = private_names[i];
		nb = strlen(name);
		if (strncmp(parameter, name, nb) == 0 && (name[nb - 1] == '.' || nb == length))
			return true;
	}
	return false;
}

/*
 * Does the text start with the pattern? 'x' is a hexadecimal digit, '9' stands for one to three
 * decimal digits.
 */
static bool
looks_like(const char *text, const char *pattern)
{
	int digits;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '9') {
			for (digits = 0; digits < 3 && isdigit((unsigned char)*text); digits++)
				text++;
			if (digits == 0)
				return false;
		} else if (*pattern == 'x' ? !isxdigit((unsigned char)*text) : *text != *pattern) {
			return false;
		} else {
			text++;
		}
	}
	return true;
}

/* Does an address or an identifier start here? */
static bool
names_something(const char *text)
{
	return looks_like(text, "9.9.9.9") || looks_like(text, "xx:xx:xx:xx:xx:xx") ||
	       looks_like(text, "xxxx:xx:xx.x") || strncmp(text, "::", 2) == 0 ||
	       looks_like(text, "xxxx:xxxx:") ||
	       looks_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") ||
	       strncmp(text, "://", 3) == 0 || strncmp(text, "/dev/", 5) == 0;
}

bool
cmdline_is_public(const char *parameter)
{
	const char *value = strchr(parameter, '='), *at;

	value = value == NULL ? parameter : value + 1;
	/* A list of CPUs such as 0-31:1/2 is not a path. */
	if (has_private_name(parameter) || *value == '/')
		return false;
	for (at = value; *at != '\0'; at++) {
		if (names_something(at))
			return false;
	}
	return true;
}

static void
append(char *list, const char *word, size_t length)
{
	if (*list != '\0')
		strcat(list, " ");
	strncat(list, word, length);
}

void
cmdline_split(char *line, char *kept, char *left_out)
{
	char *word, *rest;

	*kept = '\0';
	*left_out = '\0';
	for (word = strtok_r(line, BLANK, &rest); word != NULL;
	     word = strtok_r(NULL, BLANK, &rest)) {
		if (strcmp(word, "--") == 0) {
			append(left_out, word, strlen(word));
			return;
		}
		if (cmdline_is_public(word))
			append(kept, word, strlen(word));
		else
			append(left_out, word, strcspn(word, "="));
	}
}
