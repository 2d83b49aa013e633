/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FUZZ_H_
#define FUZZ_H_

/**
 * @file
 * Functions that the fuzz targets share. A target is a function of some bytes that must neither
 * crash nor violate a claim. The bytes come from libFuzzer, or from the corpus by replay.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Called once, before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/** Test one input. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** End the program like a crash, so that the input is kept. */
void fuzz_fail(const char *file, int line, const char *claim) __attribute__((noreturn));

/** A claim about the input. */
#define CLAIM(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition);                                 \
	} while (0)

/** The rest of the input; after its end there are zeros. */
struct fuzz_input {
	const uint8_t *bytes;
	size_t left;
};

/** The next byte. */
uint8_t fuzz_byte(struct fuzz_input *in);

/** The next `nb` bytes as a number, at most 8 of them. */
uint64_t fuzz_number(struct fuzz_input *in, unsigned int nb);

/** The input as a string of exactly its size, to be freed. Bytes after a NUL are lost. */
char *fuzz_text(const uint8_t *bytes, size_t size);

/** Words of a command line. */
#define FUZZ_WORDS 24

/** The input, split at newlines, as a command line after the name of a program. */
struct fuzz_words {
	int argc;
	char *argv[FUZZ_WORDS + 2];
	char *text;
};

void fuzz_words_init(struct fuzz_words *w, const uint8_t *bytes, size_t size);

void fuzz_words_free(struct fuzz_words *w);

/** Start EAL with this much memory ("-m200"), without hugepages, devices and shared files. */
int fuzz_eal_start(const char *memory);

#endif /* FUZZ_H_ */
