/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Store buffers, for the models that look at what a processor may reorder: included by them.
 *
 * Every process has a buffer. ST() puts a store there; LD() finds the youngest store to that word in
 * the own buffer, or else reads memory; the process flusher moves stores to memory at any time
 * later. An atomic read-modify-write, and a fence, wait until the own buffer is empty: write
 * atomic { DRAINED -> ... mem[] ... }. With NWORDS words and NPROCS processes.
 *
 * TSO (x86-64): one first-in first-out buffer. With PSO each word has its place of its own, so
 * stores to different words reach memory in any order, as on processors with weaker orders;
 * ST_RELEASE() then waits for all that is before it. With SC stores go to memory at once.
 */

short mem[NWORDS];

#ifdef SC
#define ST(word, value) mem[word] = value
#define ST_RELEASE(word, value) mem[word] = value
#define LD(var, word) var = mem[word]
#define DRAINED true
#define VISIBLE(proc, word) mem[word]
#else

#ifndef SLOTS
#define SLOTS 3
#endif
typedef buffer {
	byte nb;
	byte word[SLOTS];
	short value[SLOTS]
};
buffer buf[NPROCS];
short last[NPROCS * NWORDS];	/* youngest buffered value of a word */
byte pending[NPROCS * NWORDS];	/* how many of it are buffered */

#define DRAINED (buf[id].nb == 0)
#define VISIBLE(proc, at) \
	(pending[(proc) * NWORDS + (at)] > 0 -> last[(proc) * NWORDS + (at)] : mem[at])
#define LD(var, at) var = VISIBLE(id, at)
#define ST(at, v) \
	atomic { buf[id].nb < SLOTS -> d_step { \
		buf[id].word[buf[id].nb] = at; buf[id].value[buf[id].nb] = v; \
		buf[id].nb = buf[id].nb + 1; \
		pending[id * NWORDS + (at)] = pending[id * NWORDS + (at)] + 1; \
		last[id * NWORDS + (at)] = v } }
#ifdef PSO
#define ST_RELEASE(at, v) atomic { DRAINED -> mem[at] = v }
#else
#define ST_RELEASE(at, v) ST(at, v)
#endif

/* Store `k` of a buffer reaches memory; the others move up. */
#define LEAVE(k) \
	d_step { \
		w = buf[id].word[k]; mem[w] = buf[id].value[k]; \
		pending[id * NWORDS + w] = pending[id * NWORDS + w] - 1; \
		if \
		:: pending[id * NWORDS + w] == 0 -> last[id * NWORDS + w] = 0 \
		:: else \
		fi; \
		j = k; \
		do \
		:: j + 1 < buf[id].nb -> \
			buf[id].word[j] = buf[id].word[j + 1]; \
			buf[id].value[j] = buf[id].value[j + 1]; \
			j++ \
		:: else -> break \
		od; \
		buf[id].nb = buf[id].nb - 1; \
		buf[id].word[buf[id].nb] = 0; buf[id].value[buf[id].nb] = 0; \
		w = 0; j = 0 \
	}

proctype flusher(byte id)
{
	byte w, j;

end:	do
	:: atomic { buf[id].nb > 0 -> LEAVE(0) }
#ifdef PSO
	/* The oldest of its word only. */
	:: atomic { buf[id].nb > 1 && buf[id].word[1] != buf[id].word[0] -> LEAVE(1) }
	:: atomic { buf[id].nb > 2 && buf[id].word[2] != buf[id].word[0] &&
		buf[id].word[2] != buf[id].word[1] -> LEAVE(2) }
#endif
	od
}
#endif
