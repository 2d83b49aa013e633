/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <string.h>

#include "machine/proc.h"

json_t *
file_line(const char *path)
{
	char line[LINE_SIZE];
	FILE *f = fopen(path, "r");
	bool got;

	if (f == NULL)
		return json_null();
	got = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	if (!got)
		return json_null();
	line[strcspn(line, "\n")] = '\0';
	return json_string(line);
}

bool
file_value(const char *path, const char *key, char *value, size_t size)
{
	char line[LINE_SIZE], *colon;
	FILE *f = fopen(path, "r");
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		colon = strchr(line, ':');
		if (colon == NULL || strncmp(line, key, strlen(key)) != 0)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(value, size, "%s", colon);
		found = true;
	}
	if (f != NULL)
		fclose(f);
	return found;
}

json_t *
file_value_json(const char *path, const char *key)
{
	char value[LINE_SIZE];

	return file_value(path, key, value, sizeof(value)) ? json_string(value) : json_null();
}
