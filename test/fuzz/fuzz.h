/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FUZZ_H_
#define FUZZ_H_

/**
 * @file
 * What the fuzz targets share. Each target is a function of some bytes that must neither crash nor
 * find its claim broken; libFuzzer, or replay.c with the kept corpus, gives it bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Once, before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/** One input. @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** Ends the program as a crash does, so that the input is kept. */
void fuzz_fail(const char *file, int line, const char *claim) __attribute__((noreturn));

/** A claim about the input. */
#define CLAIM(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_fail(__FILE__, __LINE__, #condition);                                 \
	} while (0)

/** The input as it is used up; behind its end there are zeros. */
struct fuzz_input {
	const uint8_t *bytes;
	size_t left;
};

/** The next byte. */
uint8_t fuzz_byte(struct fuzz_input *in);

/** The next `nb` bytes as a number, at most 8 of them. */
uint64_t fuzz_number(struct fuzz_input *in, unsigned int nb);

/** The input as a string of exactly its size, to be freed. What is behind a NUL in it is lost. */
char *fuzz_text(const uint8_t *bytes, size_t size);

/** Words of a command line. */
#define FUZZ_WORDS 24

/** The input, cut at newlines, as a command line behind the name of a program. */
struct fuzz_words {
	int argc;
	char *argv[FUZZ_WORDS + 2];
	char *text;
};

void fuzz_words_init(struct fuzz_words *w, const uint8_t *bytes, size_t size);

void fuzz_words_free(struct fuzz_words *w);

/** Start EAL with so much memory ("-m200"), without hugepages, devices and shared files. */
int fuzz_eal_start(const char *memory);

#endif /* FUZZ_H_ */
