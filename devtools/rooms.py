#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Check the structure of the library and of a program: no cycles, arrows one way.

A room is a folder. A file is a .c file and the header of the same name together. An arrow goes from
one file to another if the first includes the header of the second, or calls or names a function
that the second defines. So a call shows even where no include does. There must be no cycle among
files and none among rooms, and a room may know only those that its order allows.

Usage: rooms.py lib|bench|pmd [FOLDER]

FOLDER is lib/ration, app/bench or app/pmd, or a copy. One line for each violation; the status is 0
if there is none.
"""

import os
import pathlib
import re
import sys



def in_line(*order):
    """Each room may know the rooms before it in the line, and no others."""
    return {room: list(order[:i]) for i, room in enumerate(order)}


FOLDERS = {'lib': 'lib/ration', 'bench': 'app/bench', 'pmd': 'app/pmd'}
MAY_KNOW = {
    # view is beside the others.
    'lib': in_line('shm', 'tree', 'lcore', 'drain', 'control') | {
        'view': ['shm', 'tree', 'lcore']},
    'bench': in_line('baselines', 'report', 'harness', 'machine', 'tests'),
    'pmd': in_line('options', 'measure', 'budget', 'classify', 'tenants', 'ports', 'forward',
                   'stats', 'report', 'control'),
}


def strip(text):
    """Return C source without comments and without the contents of strings."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
    keep = re.compile(r'#[ \t]*include[^\n]*')
    out, at = '', 0
    for line in keep.finditer(text):
        out += re.sub(pattern, ' ', text[at:line.start()], flags=re.S) + line[0]
        at = line.end()
    return out + re.sub(pattern, ' ', text[at:], flags=re.S)


def unit_of(path):
    """Return the name of a file without its suffix: a .c file and its header are one file."""
    return str(path.with_suffix(''))


def definitions(text):
    """Return the functions that a file defines: names at the start of a line, with a body."""
    found = re.finditer(r'^(static[^\n;{}()]*\n)?^([a-z_]\w*)\(([^;{}]*)\)\n\{', text, re.M)
    return {(m[2], m[1] is not None) for m in found}


class House:
    """The files of the library, and the arrows between them."""

    def __init__(self, which, folder):
        self.may_know = MAY_KNOW[which]
        self.is_library = which == 'lib'
        self.root = pathlib.Path(folder)
        self.text = {}
        self.inline = {}
        for path in sorted(self.root.rglob('*.[ch]')):
            unit = unit_of(path.relative_to(self.root))
            text = strip(path.read_text())
            self.text[unit] = self.text.get(unit, '') + text
            if path.suffix == '.h':
                self.inline[unit] = set(re.findall(
                    r'^(?:static[^\n;]*inline[^\n;]*)\n([a-z_]\w*)\(', text, re.M))
        self.headers = {str(p.relative_to(self.root)) for p in self.root.rglob('*.h')}
        self.arrows = {unit: {} for unit in self.text}
        self.follow_includes()
        self.follow_names()

    def follow_includes(self):
        """Add the arrows by include."""
        for unit, text in self.text.items():
            for name in re.findall(r'#[ \t]*include[ \t]*["<]([^">]+)[">]', text):
                if name in self.headers:
                    self.add(unit, unit_of(pathlib.Path(name)), f'includes {name}')

    def follow_names(self):
        """Add the arrows by the names of functions that are not local to a file."""
        owner = {}
        for unit, text in self.text.items():
            for name, is_static in definitions(text):
                if not is_static or name in self.inline.get(unit, ()):
                    owner.setdefault(name, unit)
        behind = self.behind_inline(owner)
        for unit, text in self.text.items():
            local = {name for name, is_static in definitions(text) if is_static}
            # To declare a function is not to use it.
            used = re.sub(r'^[A-Za-z_][^;{}#]*\([^;{}]*\)[^;{}]*;', '', text, flags=re.M)
            for name in set(re.findall(r'\b[a-z_]\w*\b', used)) & owner.keys() - local:
                self.add(unit, owner[name], f'names {name}()')
                for slow in behind.get(name, ()) if self.room(unit) else ():
                    self.add(unit, owner[slow], f'names {name}(), which calls {slow}()')

    def behind_inline(self, owner):
        """Add the calls of inline functions of the public headers to functions in the rooms."""
        calls = {}
        for unit, text in self.text.items():
            if self.room(unit) is None:
                for m in re.finditer(r'^([a-z_]\w*)\([^;{}]*\)\n\{\n(.*?)^\}', text, re.M | re.S):
                    calls[m[1]] = set(re.findall(r'\b([a-z_]\w*)\(', m[2]))
        for _ in calls:
            for name in calls:
                calls[name] |= set().union(*(calls[c] for c in calls[name] if c in calls))
        return {name: [c for c in sorted(called) if c in owner and self.room(owner[c])]
                for name, called in calls.items()}

    def add(self, start, end, why):
        """Add an arrow, with the first reason for it."""
        if start != end:
            self.arrows[start].setdefault(end, why)

    @staticmethod
    def room(unit):
        """The room of a file; None for the public headers."""
        return unit.split('/')[0] if '/' in unit else None

    def forbidden(self):
        """Return the arrows that the order of the rooms does not allow."""
        for start, ends in sorted(self.arrows.items()):
            for end, why in sorted(ends.items()):
                a, b = self.room(start), self.room(end)
                if a is not None and a not in self.may_know:
                    yield f'{start}: {a} is no room'
                elif b is not None and a != b and (a is None or b not in self.may_know[a]):
                    # A program's main() knows all rooms. A public inline function ends in the
                    # room that has its slow path.
                    if a is None and (not self.is_library or why.startswith('names ')):
                        continue
                    yield f'{start} -> {end}: {a or "a public header"} must not know {b} ({why})'

    def cycles(self, arrows):
        """Strongly connected sets of more than one element (Tarjan)."""
        index, low, stack, found = {}, {}, [], []

        def visit(v):
            index[v] = low[v] = len(index)
            stack.append(v)
            for w in arrows[v]:
                if w not in index:
                    visit(w)
                    low[v] = min(low[v], low[w])
                elif w in stack:
                    low[v] = min(low[v], index[w])
            if low[v] == index[v]:
                at = stack.index(v)
                if len(stack) - at > 1:
                    found.append(sorted(stack[at:]))
                del stack[at:]

        for v in sorted(arrows):
            if v not in index:
                visit(v)
        return found

    def file_cycles(self):
        """Cycles among files. Public headers are left out: they declare for all rooms."""
        inside = {u: [e for e in ends if self.room(e) or not self.is_library]
                  for u, ends in self.arrows.items() if self.room(u) or not self.is_library}
        for cycle in self.cycles(inside):
            yield 'cycle of files: ' + ', '.join(cycle) + ''.join(
                f'\n  {a} -> {b}: {self.arrows[a][b]}' for a in cycle for b in inside[a]
                if b in cycle)

    def room_cycles(self):
        """Cycles among rooms."""
        rooms = {}
        for start, ends in self.arrows.items():
            if self.room(start):
                rooms.setdefault(self.room(start), set()).update(
                    self.room(e) for e in ends if self.room(e) and self.room(e) != self.room(start))
        for cycle in self.cycles(rooms):
            yield 'cycle of rooms: ' + ', '.join(cycle)

    def header_cycles(self):
        """Cycles among the public headers, by include."""
        if not self.is_library:
            return
        public = {u: [e for e, why in ends.items() if not self.room(e) and why.startswith('incl')]
                  for u, ends in self.arrows.items() if not self.room(u)}
        for cycle in self.cycles(public):
            yield 'cycle of public headers: ' + ', '.join(cycle)


def open_descriptors():
    """Open /dev/null on closed standard descriptors, so that no other file gets their numbers."""
    for fd in range(3):
        if not os.path.exists(f'/proc/self/fd/{fd}'):
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def main():
    """Print what is wrong."""
    open_descriptors()
    sys.setrecursionlimit(10000)
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in FOLDERS:
        print('usage: rooms.py lib|bench|pmd [FOLDER]', file=sys.stderr)
        return 2
    which = sys.argv[1]
    house = House(which, sys.argv[2] if len(sys.argv) == 3 else FOLDERS[which])
    wrong = [*house.forbidden(), *house.file_cycles(), *house.room_cycles(),
             *house.header_cycles()]
    for line in wrong:
        print(line)
    inner = [u for u in house.text if house.room(u)]
    if len(inner) < 6:
        print(f'only {len(inner)} files in rooms: is this the right folder?')
        return 1
    print(f'# {which}: {len(inner)} files in {len({house.room(u) for u in inner})} rooms, '
          f'{sum(len(e) for e in house.arrows.values())} arrows')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
