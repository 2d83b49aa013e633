/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Fibers, the order in which they run, and the services of DPDK as they see them. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_memzone.h>

#include "explore.h"
#include "explore_fakes.h"

#define STACK (256 * 1024)
#define ARENA (256 * 1024)
#define ZONES 8
#define FIRST_TID 100
/* Microseconds that a turn of a wait takes. */
#define PAUSE_US 1000

char explore_arena[ARENA] __rte_aligned(64);
static size_t arena_used;

static char stacks[EXPLORE_FIBERS][STACK] __rte_aligned(64);
static void *contexts[EXPLORE_FIBERS];
static void *scheduler;
static struct explore_locals locals[EXPLORE_FIBERS], locals_kept[EXPLORE_FIBERS];
static bool ended[EXPLORE_FIBERS], waiting[EXPLORE_FIBERS];
static uint32_t priority[EXPLORE_FIBERS];
static uint32_t current;
static struct explore_run *running;
static uint64_t clock_us, prng, actions;
static uint32_t next_change;

/* ------------------------------------------------------------------ switch */

/* x86-64 only; other machines do not build this test. */
void explore_switch(void **from, void *to);
__asm__(".text\n.globl explore_switch\n.type explore_switch, @function\n"
	"explore_switch:\n"
	"push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"mov %rsp, (%rdi)\nmov %rsi, %rsp\n"
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");

static void
fiber_main(void)
{
	running->fiber[current]();
	ended[current] = true;
	explore_switch(&contexts[current], scheduler);
}

static void
prepare(uint32_t fiber)
{
	void **top = (void **)(void *)&stacks[fiber][STACK - 64];

	*--top = NULL; /* So that the stack is aligned as after a call. */
	*--top = (void *)(uintptr_t)fiber_main;
	top -= 6;
	memset(top, 0, 6 * sizeof(*top));
	contexts[fiber] = top;
	ended[fiber] = false;
	waiting[fiber] = false;
}

/* ---------------------------------------------------------------- services */

void *
explore_alloc(size_t size)
{
	void *at = &explore_arena[arena_used];

	arena_used += RTE_ALIGN_CEIL(size, (size_t)64);
	return arena_used <= ARENA ? at : NULL;
}

size_t
explore_arena_used(void)
{
	return arena_used;
}

static struct rte_memzone zones[ZONES];
static uint32_t nb_zones;

const struct rte_memzone *
explore_zone_reserve(const char *name, size_t size)
{
	struct rte_memzone *mz = &zones[nb_zones++];

	snprintf(mz->name, sizeof(mz->name), "%s", name);
	mz->len = size;
	mz->addr = explore_alloc(size);
	return mz;
}

const struct rte_memzone *
explore_zone_lookup(const char *name)
{
	uint32_t i;

	for (i = 0; i < nb_zones; i++) {
		if (strcmp(zones[i].name, name) == 0)
			return &zones[i];
	}
	return NULL;
}

uint64_t
explore_cycles(void)
{
	return clock_us;
}

int
explore_tid(void)
{
	return FIRST_TID + (int)current;
}

/* ------------------------------------------------------------------- order */

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

uint32_t
explore_below(uint32_t bound)
{
	return (uint32_t)(draw(&actions) % bound);
}

/* Any fiber that has not ended, rather one that does not wait. */
static uint32_t
any_fiber(void)
{
	uint32_t able[EXPLORE_FIBERS], nb = 0, pass, i;

	for (pass = 0; pass < 2 && nb == 0; pass++) {
		for (i = 0; i < running->nb_fibers; i++) {
			if (!ended[i] && (pass == 1 || !waiting[i]))
				able[nb++] = i;
		}
	}
	return able[draw(&prng) % nb];
}

static uint32_t
highest_fiber(void)
{
	uint32_t i, best = any_fiber();

	for (i = 0; i < running->nb_fibers; i++) {
		if (!ended[i] && !waiting[i] && (waiting[best] || priority[i] > priority[best]))
			best = i;
	}
	return best;
}

static uint32_t
choose(void)
{
	if (running->mode == EXPLORE_PCT) {
		if (running->steps >= next_change) {
			priority[draw(&prng) % running->nb_fibers] = (uint32_t)draw(&prng);
			next_change += 1 + (uint32_t)(draw(&prng) % 100);
		}
		return highest_fiber();
	}
	if (!ended[current] && !waiting[current] && draw(&prng) % 4 != 0)
		return current;
	return any_fiber();
}

void
explore_step(const char *op, const volatile void *at)
{
	ptrdiff_t offset = (const volatile char *)at - explore_arena;

	if (running == NULL)
		return;
	explore_switch(&contexts[current], scheduler);
	if (running->trace)
		printf("# %6" PRIu64 " fiber %u %-8s +%td\n", running->steps, current, op, offset);
}

void
explore_pause(void)
{
	clock_us += PAUSE_US;
	if (running == NULL)
		return;
	/* Out of turn until somebody else has had one; with PCT it gets out of the way as well. */
	waiting[current] = true;
	priority[current] /= 2;
	explore_switch(&contexts[current], scheduler);
}

static void
resume(uint32_t fiber)
{
	uint32_t i;

	if (fiber != current) {
		explore_locals_save(&locals[current]);
		explore_locals_load(&locals[fiber]);
	}
	current = fiber;
	for (i = 0; i < running->nb_fibers; i++)
		waiting[i] = waiting[i] && i == fiber ? false : waiting[i];
	running->steps++;
	explore_switch(&scheduler, contexts[fiber]);
	for (i = 0; i < running->nb_fibers; i++) {
		if (i != fiber)
			waiting[i] = false;
	}
}

void
explore_be(uint32_t fiber)
{
	explore_locals_save(&locals[current]);
	explore_locals_load(&locals[fiber]);
	current = fiber;
}

void
explore_locals_keep(void)
{
	explore_locals_save(&locals[current]);
	memcpy(locals_kept, locals, sizeof(locals));
}

void
explore_fail(const char *what)
{
	if (running != NULL && running->failed == NULL)
		running->failed = what;
}

static bool
all_ended(void)
{
	uint32_t i;

	for (i = 0; i < running->nb_fibers; i++) {
		if (!ended[i])
			return false;
	}
	return true;
}

static void
begin(struct explore_run *run)
{
	uint32_t i;

	memcpy(locals, locals_kept, sizeof(locals));
	current = 0;
	explore_locals_load(&locals[0]);
	prng = (run->seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	actions = prng ^ UINT64_C(0x5851f42d4c957f2d);
	clock_us = 0;
	run->steps = 0;
	run->failed = NULL;
	running = run;
	for (i = 0; i < run->nb_fibers; i++) {
		prepare(i);
		priority[i] = (uint32_t)draw(&prng);
	}
	next_change = (uint32_t)(draw(&prng) % 100);
}

void
explore_run(struct explore_run *run)
{
	begin(run);
	while (run->failed == NULL && !all_ended()) {
		resume(choose());
		running = NULL; /* What the auditor does is no step. */
		run->audit();
		running = run;
		if (run->steps > EXPLORE_STEPS_MAX)
			explore_fail("it does not end");
	}
	running = NULL;
}
