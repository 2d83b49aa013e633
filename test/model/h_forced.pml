/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 *
 * Model h_forced: charges that go above the limit, among charges that must not.
 *
 * What is modelled: a leaf below the root, one thread that charges by force, one that charges
 * plainly and gives back, and an observer (ration_domain_verify() while others run). Numbers end at
 * UNLIMITED.
 *
 * Stands for: ration_hier_force() with its overflow and walk_back(), ration_hier_charge(),
 * add_bounded(), has_room(), ration_hier_uncharge() (hierarchy.c); check_limit() (verify.c).
 *
 * Proved: a forced charge is refused by nothing but the end of numbers, and then at the root, with
 * nothing held; usage(parent) >= usage(child) at every instant; a plain charge is granted only
 * within the limits, whatever is forced; usage is above max only when it is excused or a forced walk
 * is at work; the balance.
 *
 * What is not so, shown by a case that must fail: the excuse is noted behind the addition, so an
 * observer may see usage above max an instant before its excuse (CLAIM_EXCUSED).
 *
 * Mutants, each must fail:
 *   FORCELEAF   a forced charge takes the leaf first
 *   NOEXCUSE    what goes above a limit is not noted
 *   WRAPS       the room of a level is max - usage, which wraps when usage is above
 *   NOEND       a forced charge does not look at the end of numbers
 *   GOESON      a walk that met the end of numbers at the root goes on at the leaf
 *   ONELEVEL    a forced charge is not charged to the ancestors
 */

#ifndef OPS
#define OPS 3
#endif
#define FORCED 3
#define UNLIMITED 5
#define MAXROOT 3
#define MAXLEAF 2

byte use[2];			/* 0 root, 1 leaf */
bool excused[2];
byte pool;
bool forcing;			/* ghost: a forced walk is at work */

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
#ifndef NOEXCUSE
	if
	:: ok && u > LIMIT(l) -> excused[l] = true
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
#ifdef CLAIM_EXCUSED
	:: atomic { use[0] > MAXROOT && !excused[0] -> assert(excused[0]) }
#endif
	:: atomic { !forcing && use[0] > MAXROOT && !excused[0] -> assert(forcing) }
	:: atomic { !forcing && use[1] > MAXLEAF && !excused[1] -> assert(forcing) }
	fi
}
