/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Store buffers, included by the models of memory accesses that a processor may reorder.
 *
 * Each process has a buffer. ST() puts a store into the buffer of the process. LD() finds the
 * youngest store to the word in that buffer, or else reads memory. The process flusher moves stores
 * to memory at any later time. An atomic read-modify-write, and a fence, wait until the buffer of
 * the process is empty: write atomic { DRAINED -> ... mem[] ... }. The including model defines
 * NWORDS words and NPROCS processes.
 *
 * TSO (x86-64): one first-in first-out buffer. With PSO only stores to the same word keep their
 * order, so stores to different words reach memory in any order, as on processors with a weaker
 * memory model; ST_RELEASE() then waits for all stores before it. With SC stores go to memory at
 * once.
 */

short mem[NWORDS];

#ifdef SC
#define ST(word, value) mem[word] = value
#define ST_RELEASE(word, value) mem[word] = value
#define LD(var, word) var = mem[word]
#define DRAINED true
#define VISIBLE(proc, word) mem[word]
#else

#ifndef BUFFER_SIZE
#define BUFFER_SIZE 3
#endif
typedef buffer {
	byte nb;
	byte word[BUFFER_SIZE];
	short value[BUFFER_SIZE]
};
buffer buf[NPROCS];
short last[NPROCS * NWORDS];	/* youngest buffered value of a word */
byte nb_buffered[NPROCS * NWORDS];	/* buffered stores to a word */

#define DRAINED (buf[id].nb == 0)
#define VISIBLE(proc, at) \
	(nb_buffered[(proc) * NWORDS + (at)] > 0 -> last[(proc) * NWORDS + (at)] : mem[at])
#define LD(var, at) var = VISIBLE(id, at)
#define ST(at, v) \
	atomic { buf[id].nb < BUFFER_SIZE -> d_step { \
		buf[id].word[buf[id].nb] = at; buf[id].value[buf[id].nb] = v; \
		buf[id].nb = buf[id].nb + 1; \
		nb_buffered[id * NWORDS + (at)] = nb_buffered[id * NWORDS + (at)] + 1; \
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
		nb_buffered[id * NWORDS + w] = nb_buffered[id * NWORDS + w] - 1; \
		if \
		:: nb_buffered[id * NWORDS + w] == 0 -> last[id * NWORDS + w] = 0 \
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
	/* Only the oldest store to its word. */
	:: atomic { buf[id].nb > 1 && buf[id].word[1] != buf[id].word[0] -> LEAVE(1) }
	:: atomic { buf[id].nb > 2 && buf[id].word[2] != buf[id].word[0] &&
		buf[id].word[2] != buf[id].word[1] -> LEAVE(2) }
#endif
	od
}
#endif
