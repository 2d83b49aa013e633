#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Check the layout of shared structures with pahole, from the debug information.

A word that one lcore writes and another one often reads needs a separate cache line. The compiler
does not warn if a field is added in the wrong place.

Usage: layout.py LIBRARY [--control]

With --control each line of the table is wrong, and the check must report each line.
"""

import os
import re
import shutil
import subprocess
import sys

LINE = 64

# Structure: its size, and the fields on its cache lines. Lines with a special writer, reader or
# waiter are listed in full: they must not get another field.
EXPECTED = {
    'ration_stock': (8, {0: 'units limit'}),
    'counter': (3 * LINE, {
        0: 'usage usage_local parent parent_depth walkers walkers_before walks',
        1: 'watermark failures forced rejected refused ledger stock_bound rollbacks over_max_ok',
        2: 'max batch batch_max gen flags depth cap_max ancestors',
    }),
    'member': (LINE, {0: 'state area_offset tid pid start'}),
    'ration_lcore': (6 * LINE, {
        0: 'domain_offset member_id lcore_id nb_stocks flags launch_result next_own',
        1: 'pending requests',
        2: 'seq',
        3: 'ack ack_units',
        4: 'stats',
        5: 'countdown',
        6: 'stocks',
    }),
    'ration_domain': (None, {
        3: 'round targets',
        6: 'drainers',
        10: 'inflight inflight_index',
        11: 'online nb_members',
    }),
}
# Offsets that the data path and the 16-byte exchange rely on.
OFFSETS = {
    ('ration_stock', 'units'): 0,
    ('ration_stock', 'limit'): 4,
    ('counter', 'usage'): 0,
    ('counter', 'usage_local'): 8,
    ('ration_domain', 'magic'): 0,
    ('ration_domain', 'sizes'): 8,
    ('ration_domain', 'layout'): 16,
}


def look(library, name):
    """Return (size, {member: offset}) of a structure."""
    text = subprocess.run(['pahole', '-C', name, library], check=True, text=True,
                          capture_output=True).stdout
    size = re.search(r'/\* size: (\d+),', text)
    if size is None:
        raise SystemExit(f'{library}: no struct {name} in its debug information')
    members = {}
    for line in text.splitlines():
        # Fields of nested structures are indented further.
        found = re.match(r'\t(?:\}|\S.*?)[ *]*\b(\w+)(?:\[\d*\])*(?: __attribute__\(.*\))?;'
                         r'\s*/\*\s*(\d+)\s+\d+ \*/', line)
        if found:
            members[found[1]] = int(found[2])
    return int(size[1]), members


def lines_of(members):
    """Return {line: fields that start on it}."""
    lines = {}
    for name, offset in members.items():
        lines.setdefault(offset // LINE, []).append(name)
    return {line: ' '.join(names) for line, names in lines.items()}


def faults(library, expected, offsets):
    """Yield a message for each difference."""
    found = {name: look(library, name) for name in expected}
    for name, (size, lines) in expected.items():
        if size is not None and found[name][0] != size:
            yield f'struct {name} has {found[name][0]} bytes, not {size}'
        have = lines_of(found[name][1])
        for line, members in lines.items():
            if have.get(line, '') != members:
                yield (f'line {line} of struct {name} holds "{have.get(line, "")}", '
                       f'not "{members}"')
    for (name, member), offset in offsets.items():
        if found[name][1].get(member) != offset:
            yield f'{name}::{member} is at {found[name][1].get(member)}, not at {offset}'


def spoil():
    """Return tables with an error in every line, and the number of errors."""
    expected = {name: (size + 1 if size else None, {line: members + ' more'
                                                    for line, members in lines.items()})
                for name, (size, lines) in EXPECTED.items()}
    number = sum(len(lines) + (size is not None) for size, lines in EXPECTED.values())
    return expected, {key: offset + 4 for key, offset in OFFSETS.items()}, number + len(OFFSETS)


def open_descriptors():
    """Open /dev/null on closed standard descriptors, so that no other file gets their numbers."""
    for fd in range(3):
        if not os.path.exists(f'/proc/self/fd/{fd}'):
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def main():
    """Print the differences. The status is 0 if there are none, 77 if pahole is missing."""
    open_descriptors()
    library = sys.argv[1]
    if shutil.which('pahole') is None:
        print('pahole is not installed (package dwarves)')
        return 77
    if '--control' in sys.argv[2:]:
        expected, offsets, number = spoil()
        found = len(list(faults(library, expected, offsets)))
        if found != number:
            print(f'of {number} wrong expectations {found} are found')
        return 0 if found == number else 1
    found = list(faults(library, EXPECTED, OFFSETS))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
