/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Linked into the test programs: a test with a defect may end without removing its folders, so each
 * is noted in the file that RATION_MUTATION_FOLDERS names.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

char *
mkdtemp(char *template)
{
	char *(*make)(char *) = (char *(*)(char *))dlsym(RTLD_NEXT, "mkdtemp");
	const char *note = getenv("RATION_MUTATION_FOLDERS");
	char *made = make != NULL ? make(template) : NULL;
	FILE *f = made != NULL && note != NULL ? fopen(note, "a") : NULL;

	if (f != NULL) {
		fprintf(f, "%s\n", made);
		fclose(f);
	}
	return made;
}
