/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model h_forced: charges that may go above the limit, among charges that may not.
 *
 * Modeled: a leaf below the root, one thread with forced charges, one with plain charges that gives
 * units back, and an observer (ration_domain_verify() while others run). Usage can reach UNLIMITED
 * at most.
 *
 * Code: ration_hier_force() with its overflow and walk_back(), ration_hier_charge(), add_bounded(),
 * has_room(), ration_hier_uncharge() (hierarchy.c); check_limit() (verify.c).
 *
 * Proved: a forced charge is refused only when usage would overflow, and then at the root, without
 * units held; usage(parent) >= usage(child) at every instant; a plain charge is granted only within
 * the limits, whatever is forced; usage is above max only while over_max_ok is set or a forced walk
 * is in flight; the balance.
 *
 * Not claimed, as a case that must fail shows: over_max_ok is set after the addition, so an
 * observer may see usage above max a moment before over_max_ok is set (CLAIM_OVERMAX).
 *
 * Mutants, each must fail:
 *   FORCELEAF  a forced charge takes the leaf first
 *   NOOVERMAX  a charge above a limit does not set over_max_ok
 *   WRAPS      the room of a level is max - usage, which wraps when usage is above max
 *   NOEND      a forced charge does not check for overflow
 *   GOESON     a walk that met the overflow at the root continues at the leaf
 *   ONELEVEL   a forced charge is not charged to the ancestors
 */

#ifndef OPS
#define OPS 3
#endif
#define FORCED 3
#define UNLIMITED 5
#define MAXROOT 3
#define MAXLEAF 2

byte use[2];			/* 0 root, 1 leaf */
bool over_max_ok[2];
byte pool;
bool forcing;			/* auxiliary: a forced walk is in flight */

#define LIMIT(l) (l == 0 -> MAXROOT : MAXLEAF)

#ifdef WRAPS
#define ROOM(l) (n <= ((LIMIT(l) - use[l]) & 255))
#else
#define ROOM(l) (n <= LIMIT(l) && use[l] <= LIMIT(l) - n)
#endif

/* One level of a forced charge. */
inline force_level(l)
{
	d_step {
		if
#ifndef NOEND
		:: n > UNLIMITED || use[l] > UNLIMITED - n -> ok = false
#endif
		:: else -> use[l] = use[l] + n; u = use[l]
		fi
	};
#ifndef NOOVERMAX
	if
	:: ok && u > LIMIT(l) -> over_max_ok[l] = true
	:: else
	fi
#endif
}

proctype forcer()
{
	byte i, n, u;
	bool ok;

	do
	:: i < FORCED ->
		i++;
		if
		:: n = 1
		:: n = 2
		fi;
		d_step { forcing = true; ok = true };
#ifdef FORCELEAF
		force_level(1);
		if :: ok -> force_level(0) :: else fi;
#elif defined(ONELEVEL)
		force_level(1);
#elif defined(GOESON)
		force_level(0); force_level(1);
#else
		force_level(0);
		if
		:: ok ->
			force_level(1);
			assert(ok)		/* a child has no more than its parent */
		:: else				/* -EOVERFLOW */
		fi;
#endif
		forcing = false;
		if
		:: ok -> pool = pool + n
		:: else
		fi;
		d_step { n = 0; u = 0; ok = false }
	:: else -> break
	od
}

inline take(l)
{
	d_step {
		if
		:: ROOM(l) ->
			use[l] = use[l] + n;
			assert(use[l] <= LIMIT(l))	/* P1 for a plain charge */
		:: else -> ok = false
		fi
	}
}

proctype plain()
{
	byte i, n;
	bool ok;

	do
	:: i < OPS ->
		i++;
		if
		:: n = 1
		:: n = 2
		fi;
		ok = true;
		if
		:: take(0);
			if
			:: ok ->
				take(1);
				if
				:: ok -> pool = pool + n
				:: else -> use[0] = use[0] - n
				fi
			:: else
			fi
		:: atomic { pool >= n -> pool = pool - n };
			use[1] = use[1] - n; use[0] = use[0] - n
		fi;
		d_step { n = 0; ok = false }
	:: else -> break
	od
}

init {
	atomic { run forcer(); run plain() };
	(_nr_pr == 2);
	assert(use[0] == use[1] && use[1] == pool)
}

active proctype auditor()
{
end:	if
	:: atomic { use[1] > use[0] -> assert(use[1] <= use[0]) }
	:: atomic { use[0] > UNLIMITED -> assert(use[0] <= UNLIMITED) }
#ifdef CLAIM_OVERMAX
	:: atomic { use[0] > MAXROOT && !over_max_ok[0] -> assert(over_max_ok[0]) }
#endif
	:: atomic { !forcing && use[0] > MAXROOT && !over_max_ok[0] -> assert(forcing) }
	:: atomic { !forcing && use[1] > MAXLEAF && !over_max_ok[1] -> assert(forcing) }
	fi
}
