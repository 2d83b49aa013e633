/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include <rte_common.h>

#include "explore.h"
#include "fiber.h"

#define STACK (256 * 1024)

static char stacks[EXPLORE_FIBERS][STACK] __rte_aligned(64);
static void *contexts[EXPLORE_FIBERS];
static void *scheduler;

/* x86-64 only; other machines do not build this test. */
void explore_switch(void **from, void *to);
__asm__(".text\n.globl explore_switch\n.type explore_switch, @function\n"
	"explore_switch:\n"
	"push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"mov %rsp, (%rdi)\nmov %rsi, %rsp\n"
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n"
	".size explore_switch, .-explore_switch\n");

void
fiber_prepare(uint32_t fiber, void (*function)(void))
{
	void **top = (void **)(void *)&stacks[fiber][STACK - 64];

	*--top = NULL; /* The stack is aligned as after a call. */
	*--top = (void *)(uintptr_t)function;
	top -= 6;
	memset(top, 0, 6 * sizeof(*top));
	contexts[fiber] = top;
}

void
fiber_start(uint32_t fiber)
{
	explore_switch(&scheduler, contexts[fiber]);
}

void
fiber_switch(uint32_t from, uint32_t to)
{
	explore_switch(&contexts[from], contexts[to]);
}

void
fiber_stop(uint32_t fiber)
{
	explore_switch(&contexts[fiber], scheduler);
}
