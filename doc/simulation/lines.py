#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Simulate the cache lines that lcores share when they charge a counter at or near its limit.

The model, its assumptions and its blind spots: doc/guide/internals/at_limit_simulation.rst.

A line serves one lcore after the other, in the order in which their requests arrive. An lcore is a
generator: it yields a line for its next read-modify-write, the read of a line, or a time in ns in
which it uses no shared line, and goes on when that is done. Words change at that moment.

The random numbers are seeded with the case, the other work and the number of the lcore. So each
figure is the same in every run and in every table.
"""

import heapq
import itertools
import math
import random

BURST = 32
BATCH = 64
PERIOD = 16  # bursts of a bystander from one slow path to the next
START = 2000.0  # ns after which all lcores have started
TRIES = 4  # partial walks of one burst that may fail because another lcore was faster
ASKED = 8  # lcores that one refusal asks to return stock
WATCH = 256  # bursts that an lcore watches its stock after the last refusal
WINDOW = 8  # bursts in which what is in use is measured

# ns. Fitted by tables.py --fit, except hit.
TIMES = {
    'service': 85.0,  # a line is busy with one transfer
    'flight': 20.0,  # further delay of a transfer, in which the line serves others
    'slow': 84.0,  # instructions of one slow path, without read-modify-writes
    'local': 10.0,  # read-modify-write of a line that the lcore owns
    'hit': 3.0,  # charge and uncharge of one packet that is in stock
}

CASES = {
    'all refused': None,
    'half refused': None,
    'limit 75 %': 75,
    'limit 99 %': 99,
    'limit 150 %': 150,
}
# Design: whether a burst walks once, partially, and refusals are counted per lcore; the shares that
# an uncharge leaves in stock if it walks; the shares up to which it does not walk; whether an lcore
# watches what it uses.
DESIGNS = {'per packet': (False, 0, 0, False), 'per burst': (True, 0, 0, False),
           'by share': (True, 1, 1, False), 'two shares': (True, 1, 2, False),
           'in use': (True, 1, 1, True)}


def limit_of(case, lcores):
    """Return max of the counter: a percentage of what all lcores together want to hold."""
    percent = CASES[case]
    if percent is None:
        return 0  # It was filled before: there is no room.
    return BURST * lcores - 1 if percent == 99 else BURST * lcores * percent // 100


class Line:
    """A cache line: the lcores that have a copy, and the time from which on it can be moved."""

    def __init__(self):
        self.free = 0.0
        self.owner = None  # writes without a transfer
        self.copies = set()  # read without a transfer
        self.read = Read(self)

    def access(self, lcore, now, times):
        """Return the time at which a read-modify-write is done that an lcore starts now."""
        if self.owner is lcore and self.free <= now:
            self.free = now + times['local']
            return self.free
        self.owner = lcore
        self.copies = {lcore}
        return self.transfer(now, times)

    def transfer(self, now, times):
        """Wait for the transfers that were requested before, then move the line."""
        self.free = max(self.free, now) + times['service']
        return self.free + times['flight']


class Read:
    """The read of a line."""

    def __init__(self, line):
        self.line = line

    def access(self, lcore, now, times):
        """Return the time at which a read is done that an lcore starts now."""
        line = self.line
        if lcore in line.copies:
            return now
        line.copies.add(lcore)
        line.owner = None
        return line.transfer(now, times)


class Level:
    """A counter on the way to the root: its usage, and the line of usage and usage_local."""

    def __init__(self, limit):
        self.limit = limit
        self.usage = 0
        self.line = Line()

    def room(self):
        """Return the units that can be charged here."""
        return max(0, self.limit - self.usage)


class Tree:
    """Root, edge and the counter, as seen by its lcores."""

    def __init__(self, case, design, lcores):
        self.partial, self.share, self.cap_shares, self.watch = DESIGNS[design]
        self.limit = limit_of(case, lcores)
        self.levels = [Level(math.inf), Level(math.inf), Level(self.limit)]
        self.failures = Line()
        self.nb_failures = 0
        self.lcores = []

    def margin(self):
        """Read all levels. Return the smallest room."""
        margin = math.inf
        for level in self.levels:
            yield level.line.read
            margin = min(margin, level.room())
        return margin


class Lcore:
    """An lcore that charges a burst, works, and gives back what it was granted."""

    def __init__(self, tree, case, work, number):
        self.tree, self.work, self.number = tree, work, number
        self.random = random.Random(f'{case} {work} {number}')
        self.half = case == 'half refused'
        self.mailbox = Line()
        self.asked = False
        self.stock = self.cap = 0
        self.watching = 0  # Bursts until the lcore does not watch what it uses.
        self.unused = 0  # Fewest units in stock since the last quiescent point.
        self.burst = 0
        self.starving = WINDOW  # Bursts since one that was granted a packet.
        self.asked_all = False
        self.packets = self.granted = 0

    def decide(self, packets, granted):
        """Count packets that were granted or refused."""
        self.packets += packets
        self.granted += granted

    def slow(self, times):
        """Return the time of the instructions of a slow path: never exactly the same."""
        return times['slow'] * self.random.uniform(0.9, 1.1)

    def ahead(self, margin):
        """Return how many units a slow path takes or leaves ahead."""
        return min(BATCH, margin // (2 * len(self.tree.lcores)))

    def share(self):
        """Return how many units an lcore may keep near the limit, by design."""
        share = min(BATCH, -(-self.tree.limit // len(self.tree.lcores)) if self.tree.watch
                    else self.tree.limit // len(self.tree.lcores))
        return self.tree.share * share

    def walk_up(self, units):
        """Charge the tree, from the root to the counter. Return whether there was room."""
        for i, level in enumerate(self.tree.levels):
            yield level.line
            if level.room() >= units:
                level.usage += units
                continue
            for above in reversed(self.tree.levels[:i]):
                yield above.line
                above.usage -= units
            return False
        return True

    def walk_down(self, units):
        """Uncharge the tree, from the counter to the root."""
        for level in reversed(self.tree.levels):
            yield level.line
            level.usage -= units

    def refuse(self):
        """Count a refusal, and ask lcores in turn to return their stock."""
        tree = self.tree
        every = self.starving >= WINDOW
        if tree.watch and self.cap > 0:
            self.begin_watch()
        if not tree.partial:
            yield tree.failures
        nb = len(tree.lcores)
        first = tree.nb_failures % nb * ASKED % nb
        tree.nb_failures += 1
        for i in range(min(nb, ASKED)):
            other = tree.lcores[(first + i) % nb]
            if tree.watch and (other is self or (other.watching > 0 and not every)):
                continue
            if other.cap > 0 and not other.asked:
                other.asked = True
                other.asked_all = every
                yield other.mailbox

    def charge_one(self, times):
        """Charge one packet as the design per packet does. Return 1 if it is granted, or 0."""
        if self.stock >= 1:
            self.stock -= 1
            return 1
        yield self.slow(times)
        ahead = self.ahead(max(0, (yield from self.tree.margin()) - 1))
        for units in (1 + ahead, 1) if ahead > 0 else (1,):
            if (yield from self.tree.margin()) < units:
                continue
            if (yield from self.walk_up(units)):
                yield self.tree.failures.read  # The watermark is on this line.
                self.stock, self.cap = units - 1, 2 * (units - 1)
                return 1
        yield from self.refuse()
        return 0

    def charge_partly(self, times, want):
        """Charge many packets in one walk that takes what there is room for. Return how many."""
        got = min(self.stock, want)
        self.stock -= got
        if got == want and self.watching == 0:
            return got
        yield self.slow(times)
        self.unused = min(self.unused, self.stock)
        if got == want:
            return got
        for _ in range(TRIES):
            margin = yield from self.tree.margin()
            units = min(want - got, margin)
            if units == 0:
                break
            ahead = self.ahead(margin - units)
            if (yield from self.walk_up(units + ahead)):
                self.stock = ahead
                self.cap = max(2 * ahead, self.tree.cap_shares * self.share())
                got += units
                break
        self.unused = min(self.unused, self.stock)
        self.starving = 0 if got > 0 else self.starving + 1
        if got < want:
            yield from self.refuse()
        return got

    def uncharge(self, times, units):
        """Uncharge a burst: the stock keeps some, and one walk gives back the others."""
        if self.stock + units <= self.cap:
            self.stock += units
            return
        yield self.slow(times)
        ahead = self.ahead((yield from self.tree.margin()))
        keep = max(ahead, self.share())
        back = max(0, self.stock + units - keep)
        self.stock += units - back
        self.cap = max(2 * ahead, self.tree.cap_shares * self.share())
        if back > 0:
            yield from self.walk_down(back)

    def quiesce(self, times):
        """Serve a return request: give back all stock, or half of it if it is kept by share."""
        if self.tree.watch:
            yield from self.quiesce_watching(times)
            return
        if not self.asked:
            return
        yield self.mailbox
        self.asked = False
        back = (self.stock + 1) // 2 if self.tree.share else self.stock
        self.stock -= back
        self.cap = self.stock
        if back > 0:
            yield self.slow(times)
            yield from self.walk_down(back)

    def begin_watch(self):
        """Watch the stock, or watch it longer."""
        if self.watching == 0:
            self.unused = self.stock
        self.watching = WATCH

    def quiesce_watching(self, times):
        """Give back what was not used for some time, and what a request takes."""
        self.burst += 1
        ends = self.watching > 0 and self.burst % WINDOW == 0
        keep = self.stock - (self.unused if ends else 0)
        if self.asked:
            yield self.mailbox
            self.asked = False
            watched = self.watching > 0 and not self.asked_all
            keep = min(self.stock - self.unused, self.share()) if watched else 0
            if not self.asked_all:
                self.begin_watch()
            self.unused = 0
        back = self.stock - keep
        self.stock = keep
        if back > 0:
            yield self.slow(times)
            yield from self.walk_down(back)
        if ends:
            self.unused = self.stock
        self.watching = max(0, self.watching - 1)

    def run(self, times):
        """Charge and uncharge bursts for ever."""
        want = BURST // 2 if self.half else BURST
        around = BURST * self.work / 2.0
        yield self.random.uniform(0, START)
        while True:
            yield around + (BURST - want) * times['hit']
            self.decide(BURST - want, BURST - want)
            got = 0
            if self.tree.partial:
                got = yield from self.charge_partly(times, want)
                self.decide(want, got)
            else:
                for _ in range(want):
                    one = yield from self.charge_one(times)
                    self.decide(1, one)
                    got += one
            yield around + got * times['hit']
            if got > 0:
                yield from self.uncharge(times, got)
            yield from self.quiesce(times)


class Bystander(Lcore):
    """An lcore that charges only a counter of its own below the edge, which is far from full.

    Its stock covers most bursts: one of PERIOD bursts takes a slow path, in turn up and down.
    """

    def run(self, times):
        yield self.random.uniform(0, START)
        for burst in itertools.count(self.random.randrange(2 * PERIOD)):
            yield BURST * (self.work + times['hit'])
            self.packets += BURST
            if burst % PERIOD == 0:
                up = burst % (2 * PERIOD) == 0
                yield self.slow(times)
                for level in self.tree.levels[:2] if up else reversed(self.tree.levels[:2]):
                    yield level.line


class Run:
    """Lcores of one case and design, and the time of the next step of each."""

    def __init__(self, case, design, lcores, work, times, bystanders):
        self.times = times
        self.tree = tree = Tree(case, design, lcores)
        tree.lcores = [Lcore(tree, case, work, i) for i in range(lcores)]
        self.others = [Bystander(tree, case, work, lcores + i) for i in range(bystanders)]
        # As after a long time without a charge.
        for line in [tree.failures] + [level.line for level in tree.levels]:
            line.copies = set(tree.lcores)
        self.queue = [(0.0, lcore.number, lcore, lcore.run(times))
                      for lcore in tree.lcores + self.others]
        self.now = 0.0

    def advance(self, bursts):
        """Run until each lcore has decided so many bursts more, and each bystander 16."""
        goals = {lcore: lcore.packets + bursts * BURST for lcore in self.tree.lcores}
        goals.update((lcore, lcore.packets + PERIOD * BURST) for lcore in self.others)
        queue, times = self.queue, self.times
        while goals:
            self.now, number, lcore, steps = queue[0]
            step = next(steps)
            done = (self.now + step if isinstance(step, float)
                    else step.access(lcore, self.now, times))
            heapq.heapreplace(queue, (done, number, lcore, steps))
            if lcore in goals and lcore.packets >= goals[lcore]:
                del goals[lcore]

    def measure(self, bursts):
        """Return ns per packet, the mean of all lcores and of bystanders, and share granted.

        The lcores do at least so many bursts meanwhile.
        """
        everyone = self.tree.lcores + self.others
        start = self.now
        before = {lcore: (lcore.packets, lcore.granted) for lcore in everyone}
        self.advance(bursts)
        done = {lcore: lcore.packets - before[lcore][0] for lcore in everyone}
        granted = sum(lcore.granted - before[lcore][1] for lcore in self.tree.lcores)

        def mean(lcores):
            rates = [(self.now - start) / done[lcore] for lcore in lcores]
            return math.fsum(rates) / len(rates) if rates else math.nan

        return (mean(self.tree.lcores), mean(self.others),
                granted / max(1, sum(done[lcore] for lcore in self.tree.lcores)))


def simulate(case, design, lcores, work=0, times=None, bursts=(4, 8), bystanders=0):
    """Return (ns per packet, ns per packet of bystanders, granted share).

    bursts: how many each lcore does at least before the measurement and in it.
    """
    run = Run(case, design, lcores, work, times or TIMES, bystanders)
    run.advance(bursts[0])
    return run.measure(bursts[1])
