/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_RATION_PVT_H_
#define TEST_RATION_PVT_H_

/**
 * @file All private headers of libration, for tests that look inside. The library itself includes
 * only the headers that a file needs.
 */

#include "shm/abi.h"
#include "shm/arith.h"
#include "shm/clock.h"
#include "shm/eal.h"
#include "shm/layout.h"
#include "shm/liveness.h"
#include "shm/log.h"
#include "shm/name_rule.h"
#include "shm/params.h"
#include "shm/process.h"
#include "shm/sanitizers.h"
#include "shm/trace.h"
#include "shm/tree_lock.h"
#include "shm/violation.h"
#include "shm/zone.h"
#include "tree/counter.h"
#include "tree/gate.h"
#include "tree/gather.h"
#include "tree/hierarchy.h"
#include "tree/index.h"
#include "tree/links.h"
#include "tree/names.h"
#include "tree/path.h"
#include "tree/usage_local.h"
#include "lcore/batch.h"
#include "lcore/checks.h"
#include "lcore/entry.h"
#include "lcore/give_back.h"
#include "lcore/granted.h"
#include "lcore/idle.h"
#include "lcore/idle_mark.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "lcore/recall.h"
#include "lcore/refusal.h"
#include "lcore/refused.h"
#include "lcore/requests.h"
#include "lcore/self.h"
#include "lcore/serve.h"
#include "lcore/share.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/turn.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "lcore/watch_levels.h"
#include "drain/drain.h"
#include "drain/engines.h"
#include "drain/grace.h"
#include "drain/recover.h"
#include "drain/repair.h"
#include "drain/report.h"
#include "control/leave.h"
#include "control/lock.h"
#include "control/offline.h"
#include "view/attach.h"
#include "view/inspect.h"

#endif /* TEST_RATION_PVT_H_ */
