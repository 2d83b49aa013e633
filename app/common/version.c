/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include <rte_version.h>

#include "version.h"

void
version_print(const char *program)
{
	printf("%s %s (%s)\n", program, APP_VERSION, rte_version());
}
