#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Check the simulation: the tables in the guide are what it prints, in every run.

Prints TAP. Only some rows of the predictions are simulated again: all of them take half a minute.

Usage: check.py FILE, the tables in the guide
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import lines  # noqa: E402
import tables  # noqa: E402

FEW = (2, 16)


def printed(seed):
    """Return what the command prints for a few rows, with another order of hashes each time."""
    command = [sys.executable, '-B', str(HERE / 'tables.py'), '--lcores', ','.join(map(str, FEW))]
    done = subprocess.run(command, capture_output=True, text=True, check=True,
                          env={**os.environ, 'PYTHONHASHSEED': str(seed)})
    return done.stdout.splitlines()


def lcores_of(line):
    """Return the number of lcores of a row of predictions, or None."""
    match = re.match(r' +(\d+), ', line)
    return int(match[1]) if match else None


def rows_of_few(text):
    """Return the lines of the tables without the rows that are not simulated again."""
    return [line for line in text if lcores_of(line) in (None, *FEW)]


def has_all_rows(text):
    """Return whether each table of predictions has a row for each number of lcores."""
    rows = [lcores for lcores in map(lcores_of, text) if lcores is not None]
    repeated = len(rows) // len(tables.LCORES)
    return repeated > 0 and rows == list(tables.LCORES) * repeated


def one_digit_changed(text):
    """Return the text with another last figure."""
    last = max(i for i, line in enumerate(text) if lcores_of(line) == FEW[-1])
    digit = text[last][-1]
    return text[:last] + [text[last][:-1] + str((int(digit) + 1) % 10)] + text[last + 1:]


def waits_in_turn():
    """Return whether 8 lcores that only add to one word each wait for the 7 others."""
    nanoseconds, _, granted = lines.simulate('all refused', 'per packet', 8)
    return granted == 0 and abs(nanoseconds - 8 * lines.TIMES['service']) < 1


def main():
    """Print a line for each claim. Status 1 if one does not hold."""
    text = pathlib.Path(sys.argv[1]).read_text(encoding='utf-8').splitlines()
    first, second = printed(1), printed(2)
    claims = [
        ('two runs print the same', first == second),
        ('the tables in the guide are those of the simulation', rows_of_few(text) == first),
        ('they have all rows', has_all_rows(text)),
        ('another figure is found', rows_of_few(one_digit_changed(text)) != first),
        ('a missing row is found', not has_all_rows(
            [line for line in text if lcores_of(line) != tables.LCORES[-1]])),
        ('lcores that share one word wait for each other', waits_in_turn()),
    ]
    for number, (claim, holds) in enumerate(claims, 1):
        print(f'{"ok" if holds else "not ok"} {number} - {claim}')
    print(f'1..{len(claims)}')
    return 0 if all(holds for _, holds in claims) else 1


if __name__ == '__main__':
    sys.exit(main())
