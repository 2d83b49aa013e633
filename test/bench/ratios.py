#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Compute all ratios, verdicts and their counts anew, from the rows of a report of ration-bench.

The names of the ratios are read here as a reader would read them: which rows they mean is not taken
from the program. A ratio that is not understood is an error, and so is one that is missing.

Usage: ratios.py REPORT
"""

import json
import math
import re
import sys

# The report has six digits.
PRECISION = 3e-5


class Rows:
    """The rows of a report."""

    def __init__(self, rows):
        self.rows = rows

    def all(self, impl, case, **params):
        """Return the medians of all rows that match."""
        return [row['median'] for row in self.rows
                if row['impl'] == impl and row['case'] == case
                and all(row['params'].get(key) == value for key, value in params.items())]

    def one(self, impl, case, **params):
        """Return the median of the first row that matches, or None."""
        return next(iter(self.all(impl, case, **params)), None)

    def most_lcores(self):
        """Return the largest number of lcores of a row."""
        return max(row['params'].get('lcores', 1) for row in self.rows)


def quotient(over, under):
    """Return a quotient, or None if there is none."""
    return None if over is None or not under else over / under


def worst_of_few(rows, case, slots):
    """Return the smallest ratio over the numbers of counters that fit into seven slots."""
    pairs = [quotient(rows.one(slots, case, counters=n, depth=2),
                      rows.one('ration', case, counters=n, depth=2)) for n in range(1, 8)]
    pairs = [pair for pair in pairs if pair is not None]
    return min(pairs) if pairs else None


def spread(rows):
    """Return slowest / fastest of ration over 1 to 256 counters in turn."""
    medians = rows.all('ration', 'round robin')
    return quotient(max(medians), min(medians)) if medians else None


def against(rows, over, under, case, **params):
    """Return the quotient of two implementations in the same case."""
    return quotient(rows.one(over, case, **params), rows.one(under, case, **params))


def number(text):
    """Read a number of counters."""
    return 1048576 if text == '1 Mi' else int(text)


# Value of a ratio from the match of its name.
RULES = [
    (r'round robin over 1 to 256 counters: ration, slowest / fastest', lambda r, m: spread(r)),
    (r'(round robin|passes) over 1 to 7 counters, the worst: (\S+) / ration, at least',
     lambda r, m: worst_of_few(r, m[1], m[2])),
    (r'(round robin|passes) over (\d+) counters?: (\S+) / (ration|limit)(, at least)?',
     lambda r, m: against(r, m[3], m[4], m[1], counters=int(m[2]), depth=2)),
    (r'round robin: ration over 8 counters / 7',
     lambda r, m: quotient(r.one('ration', 'round robin', counters=8, depth=2),
                           r.one('ration', 'round robin', counters=7, depth=2))),
    (r'pair: ration at depth 8 / depth 1',
     lambda r, m: quotient(r.one('ration', 'pair', depth=8), r.one('ration', 'pair', depth=1))),
    (r'pair: atomic-tree of 3 levels / ration, at least',
     lambda r, m: against(r, 'atomic-tree', 'ration', 'pair', depth=2)),
    (r'pair: (stock-v\d) / ration, at least',
     lambda r, m: against(r, m[1], 'ration', 'pair', depth=2)),
    (r'pair: ([\w-]+) / (ration|limit)(, at least)?',
     lambda r, m: against(r, m[1], m[2], 'pair', depth=1)),
    (r'pair, out of line: ration / limit',
     lambda r, m: against(r, 'ration', 'limit', 'out-of-line pair')),
    (r'burst of 32 over (\d+|1 Mi) counters: ration / limit',
     lambda r, m: against(r, 'ration', 'limit', 'burst', counters=number(m[1]))),
    (r'burst of 32 over 1 Mi counters, prefetched: ration / limit',
     lambda r, m: against(r, 'ration', 'limit', 'burst, prefetched', counters=1048576)),
    (r'burst of 32 over 1 Mi counters: prefetched / not, ration',
     lambda r, m: quotient(r.one('ration', 'burst, prefetched', counters=1048576),
                           r.one('ration', 'burst', counters=1048576))),
    (r'burst of 32, one counter: mempool-cache / ration',
     lambda r, m: against(r, 'mempool-cache', 'ration', 'burst', counters=1)),
    (r'random over 1024 counters: ration / limit',
     lambda r, m: against(r, 'ration', 'limit', 'random')),
    (r'seeds, groups (\d+): (\S+) / slots-7-rr',
     lambda r, m: against(r, m[2], 'slots-7-rr', 'seeds', counters=int(m[1]))),
    (r'seeds on the real kernel, groups (\d+): memory cgroups / root cgroup',
     lambda r, m: against(r, 'kernel, memory cgroups', 'kernel, root cgroup',
                          'seeds, real kernel', counters=int(m[1]))),
    (r'walk of 3 levels: ration / (\S+)', lambda r, m: against(r, 'ration', m[1], 'walk', depth=2)),
    (r'refusal by the root, 3 levels: ration / (\S+)',
     lambda r, m: against(r, 'ration', m[1], 'walk refused at the root', depth=2)),
    (r'slow paths of a random walk by 1: %', lambda r, m: r.one('ration', 'random walk by 1')),
    (r'slow paths of charges only: %', lambda r, m: r.one('ration', 'charge only')),
    (r'slow paths of bursts up and down: %',
     lambda r, m: r.one('ration', '32 charges, 32 uncharges')),
    (r'slow paths of a random walk by bursts: %',
     lambda r, m: r.one('ration', 'random walk by bursts of 32')),
    (r'slow paths of producer and consumer: %',
     lambda r, m: r.one('ration', 'one lcore charges, another uncharges')),
    (r'drain of each further counter, polling lcore: ns',
     lambda r, m: r.one('ration', 'polling lcore, each further counter')),
    (r'reap of a dead thread with 1024 counters / 1 counter',
     lambda r, m: quotient(r.one('ration', 'dead thread, reaped', counters=1024),
                           r.one('ration', 'dead thread, reaped', counters=1))),
    (r'iteration of a polling lcore: drained all the time / undisturbed',
     lambda r, m: quotient(r.one('ration', 'iteration while drained all the time'),
                           r.one('ration', 'iteration of a polling lcore'))),
    (r'drain of a polling lcore: ration / ring round trip',
     lambda r, m: against(r, 'ration', 'ring', 'polling lcore', counters=1)),
    (r'drain of a worker in WAIT: ration / launch and wait',
     lambda r, m: against(r, 'ration', 'launch', 'worker in WAIT')),
    (r'drain of 1024 counters / 1 counter, polling lcore',
     lambda r, m: quotient(r.one('ration', 'polling lcore', counters=1024),
                           r.one('ration', 'polling lcore', counters=1))),
    (r'drain of the caller itself: ration / ring round trip',
     lambda r, m: quotient(r.one('ration', 'caller itself'), r.one('ring', 'polling lcore'))),
    (r'pause of an owner for each of 1024 drained counters: ns',
     lambda r, m: r.one('ration', 'many: pause of owner per counter', counters=1024)),
    (r'(largest gap, .+): isolated / as it is',
     lambda r, m: quotient(r.one('ration', m[1] + ', isolated'), r.one('ration', m[1]))),
    (r'(.+, worst): isolated / as it is',
     lambda r, m: quotient(r.one('ration', m[1] + ', isolated'), r.one('ration', m[1]))),
    (r'exact reading, 1 lcore: ration / atomic-tree',
     lambda r, m: against(r, 'ration', 'atomic-tree', 'exact', lcores=1)),
    (r'pair, 3 levels, 2 lcores sharing: atomic-tree / ration, at least',
     lambda r, m: against(r, 'atomic-tree', 'ration', 'same counter', lcores=2)),
    (r'producer and consumer, 2 lcores: ration / ration-growing',
     lambda r, m: against(r, 'ration', 'ration-growing', 'producer and consumer', lcores=2)),
    (r'producer and consumer, 2 lcores: (\S+) / ration(, at least)?',
     lambda r, m: against(r, m[1], 'ration', 'producer and consumer', lcores=2)),
    (r'pair of ration: 2 lcores sharing / 1 lcore',
     lambda r, m: quotient(r.one('ration', 'same counter', lcores=2),
                           r.one('ration', 'same counter', lcores=1))),
    (r'pair, shared ancestors, 2 lcores: slots-7-rr / ration',
     lambda r, m: against(r, 'slots-7-rr', 'ration', 'shared ancestors', lcores=2)),
    (r'grants at the hard limit, all lcores: ration / cas-tree, at least',
     lambda r, m: quotient(r.one('ration', 'at the limit, batch adapts'),
                           r.one('cas-tree', 'at the limit'))),
    (r'grants at the hard limit: ration without batch / cas-tree',
     lambda r, m: quotient(r.one('ration', 'at the limit, no batch'),
                           r.one('cas-tree', 'at the limit'))),
    (r'grants at the hard limit: ration / ([\w-]+)(, batch does not adapt)?',
     lambda r, m: quotient(r.one('ration', 'at the limit, batch adapts'),
                           r.one(m[1], 'at the limit, batch of 64'))),
    (r'at the limit, all lcores, (.+): ration / (\S+)',
     lambda r, m: against(r, 'ration', m[2], m[1], lcores=r.most_lcores())),
    (r'hidden at a refusal, ration: units',
     lambda r, m: r.one('ration', 'hidden at a refusal, batch adapts')),
    (r'hidden at a refusal, (\S+): units',
     lambda r, m: r.one(m[1], 'hidden at a refusal, batch of 64')),
    (r'memory of a counter on an lcore: bytes',
     lambda r, m: r.one('ration', 'memory of a counter on an lcore')),
    (r'memory of a counter on an lcore: ration / stock-v3',
     lambda r, m: against(r, 'ration', 'stock-v3', 'memory of a counter on an lcore')),
    (r'(create|find|destroy|create, find, destroy) 1 Mi counters: ration / rte_hash',
     lambda r, m: against(r, 'ration', 'rte_hash', m[1])),
    # Last, because it matches much.
    (r'(.+): (atomic-tree|spinlock-tree|slots-7-rr|stock-v4) / ration',
     lambda r, m: against(r, m[2], 'ration', m[1])),
]
# Ratios of a run of all tests, without those of an isolated CPU and of the real kernel.
ALL = 125


def computed(rows, name):
    """Return (understood, value) of a ratio."""
    for pattern, value in RULES:
        match = re.fullmatch(pattern, name)
        if match:
            return True, value(rows, match)
    return False, None


def same(one, two):
    """Compare two figures of a report; None is no figure."""
    if one is None or two is None:
        return one is two
    return math.isclose(one, two, rel_tol=PRECISION, abs_tol=1e-9)


def shares_cpu(report):
    """Do the lcores of any row share a CPU? Then some ratios have no verdict."""
    return any(row['params'].get('one_cpu') for row in report['rows'])


def faults(report):
    """Yield what is wrong."""
    rows, counts = Rows(report['rows']), {'met': 0, 'missed': 0, 'not_judged': 0}
    for ratio in report['ratios']:
        name, value, target = ratio['name'], ratio['value'], ratio['target']
        understood, expected = computed(rows, name)
        if not understood:
            yield f'{name}: which rows are meant?'
        elif not same(value, expected):
            yield f'{name}: {value} in the report, {expected} from the rows'
        if target is None or value is None:
            verdict = None
        else:
            verdict = value >= target if name.endswith('at least') else value <= target
        if ratio['ok'] != verdict and not (ratio['ok'] is None and shares_cpu(report)):
            yield f'{name}: the verdict is {ratio["ok"]}, and {value} with target {target}'
        if target is not None:
            counts[{True: 'met', False: 'missed', None: 'not_judged'}[ratio['ok']]] += 1
    if counts != report['verdicts']:
        yield f'verdicts: {report["verdicts"]} in the report, {counts} counted'
    plain = [ratio for ratio in report['ratios']
             if 'isolated' not in ratio['name'] and 'kernel' not in ratio['name']]
    if report['test'] == 'all' and len(plain) != ALL:
        yield f'{len(plain)} ratios, {ALL} expected'
    yield from large_numbers(report, 'report')


def large_numbers(value, place):
    """Yield integers that readers with double precision would round."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from large_numbers(member, f'{place}.{key}')
    elif isinstance(value, list):
        for i, member in enumerate(value):
            yield from large_numbers(member, f'{place}[{i}]')
    elif isinstance(value, int) and abs(value) >= 2 ** 53:
        yield f'{place}: {value} is too large for a double'


def main():
    """Print all faults. Status 1 if there is one."""
    with open(sys.argv[1], encoding='utf-8') as file:
        report = json.load(file)
    found = list(faults(report))
    print('\n'.join(found))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
