/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Names of the values of public enumerations and flags.
 */

#include <rte_common.h>

#include <ration.h>

/* A number from a report may be out of range, because the application may have changed it. */
#define NAME_OF(names, value)                                                                      \
	((uint32_t)(value) < RTE_DIM(names) && (names)[(uint32_t)(value)] != NULL                  \
		 ? (names)[(uint32_t)(value)]                                                      \
		 : "unknown")

const char *
ration_drain_engine_name(enum ration_drain_engine engine)
{
	static const char *const names[] = {
		[RATION_DRAIN_NONE] = "none",	      [RATION_DRAIN_SELF] = "self",
		[RATION_DRAIN_MAILBOX] = "mailbox",   [RATION_DRAIN_LAUNCH] = "launch",
		[RATION_DRAIN_TAKEOVER] = "takeover", [RATION_DRAIN_DEAD] = "dead",
	};

	return NAME_OF(names, engine);
}

const char *
ration_drain_status_name(enum ration_drain_status status)
{
	static const char *const names[] = {
		[RATION_DRAIN_DONE] = "done",
		[RATION_DRAIN_EMPTY] = "empty",
		[RATION_DRAIN_TIMEDOUT] = "timedout",
	};

	return NAME_OF(names, status);
}

const char *
ration_drain_reason_name(enum ration_drain_reason reason)
{
	static const char *const names[] = {
		[RATION_DRAIN_REASON_NONE] = "none", [RATION_DRAIN_REASON_SILENT] = "silent",
		[RATION_DRAIN_REASON_WAIT] = "wait", [RATION_DRAIN_REASON_TAKEN] = "taken",
		[RATION_DRAIN_REASON_WALK] = "walk",
	};

	return NAME_OF(names, reason);
}

const char *
ration_member_state_name(enum ration_member_state state)
{
	static const char *const names[] = {
		[RATION_MEMBER_FREE] = "free",	   [RATION_MEMBER_CLAIMED] = "claimed",
		[RATION_MEMBER_ONLINE] = "online", [RATION_MEMBER_OFFLINE] = "offline",
		[RATION_MEMBER_TAKEN] = "taken",   [RATION_MEMBER_UNREAPED] = "unreaped",
		[RATION_MEMBER_DEAD] = "dead",
	};

	return NAME_OF(names, state);
}

const char *
ration_counter_flag_name(uint32_t flag)
{
	switch (flag) {
	case RATION_COUNTER_DIRECT:
		return "direct";
	case RATION_COUNTER_EXACT:
		return "exact";
	case RATION_COUNTER_OFFLINE:
		return "offline";
	default:
		return "unknown";
	}
}
