#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Build deliberate defects into copies of libration's sources.

Usage: mutate.py TABLE SOURCES OUTPUT FILE...

TABLE lists the defects; SOURCES is the folder that FILEs are taken from, OUTPUT the one they are
written to, with each defect at its place behind the question whether it is switched on. FILE is a
path below SOURCES; OUTPUT has no folders, so room/file.h becomes room_file.h, also where it is
included. One more file, mutants.c, says what they are. A defect whose text is not found exactly once is an error, so
the table keeps up with the code.
"""

import pathlib
import re
import sys


class Mutant:
    """A defect: `new` replaces `old` in a file, as an expression or as statements."""

    def __init__(self, number, name, fields):
        self.number = number
        self.name = name
        self.file = fields["file"]
        self.what = " ".join(fields["what"].split())
        self.kind = fields.get("kind", "expr")
        self.old = fields["old"]
        self.new = fields.get("new", "")
        self.scenario = fields.get("scenario", "")

    def find(self, text):
        """Return the start and the end of the old text."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: this text occurs {text.count(self.old)} times in "
                             f"{self.file}, not once:\n{self.old}")
        start = text.index(self.old)
        return start, start + len(self.old)


def read_table(path):
    """Read records: [name], then `key: value` lines; an indented line continues a value."""
    mutants, name, fields, key = [], None, {}, None
    lines = path.read_text().splitlines() + ["[end]"]
    for line in lines:
        header = re.fullmatch(r"\[([a-z0-9-]+)\]", line)
        if header:
            if name:
                mutants.append(Mutant(len(mutants) + 1, name, fields))
            name, fields = header.group(1), {}
        elif line.startswith("#") or not line.strip():
            continue
        elif line.startswith("    ") and key:
            fields[key] += "\n" + line.strip()
        else:
            key, _, value = line.partition(":")
            fields[key] = value.strip()
    return mutants


def squeeze(text):
    """Return C source with one blank for each run of white space, and the old offsets."""
    out, where, blank = [], [], False
    for i, char in enumerate(text):
        if char.isspace():
            blank = True
            continue
        if blank and out:
            out.append(" ")
            where.append(i)
        blank = False
        out.append(char)
        where.append(i)
    return "".join(out), where


def switched(group, old):
    """Return the old text with all defects at this place, each with its check."""
    if group[0].kind == "expr":
        text = f"({old})"
        for m in group:
            text = f"(explore_mutant == {m.number} ? ({m.new}) : {text})"
        return text
    text = "{ " + old + " }"
    for m in group:
        text = f"if (explore_mutant == {m.number}) {{ {m.new} }} else {text}"
    return "{ " + text + " }"


def render(text, low, high, places):
    """Return the text from low to high with its defects; their places may be nested."""
    out, at = "", low
    for (start, end), group in sorted(places.items(), key=lambda p: (p[0][0], -p[0][1])):
        if start < at:
            continue
        inside = {k: v for k, v in places.items() if start <= k[0] and k[1] <= end
                  and k != (start, end)}
        out += text[at:start] + switched(group, render(text, start, end, inside))
        at = end
    return out + text[at:high]


def mutate(text, mutants):
    """Return the text of a file with all its defects."""
    squeezed, where = squeeze(text)
    places = {}
    for m in mutants:
        m.old = squeeze(m.old)[0]
        start, stop = m.find(squeezed)
        places.setdefault((where[start], where[stop - 1] + 1), []).append(m)
    spans = sorted(places)
    for one, other in zip(spans, spans[1:]):
        if one[0] < other[0] < one[1] < other[1]:
            raise ValueError(f"{places[other][0].name}: its place overlaps that of another defect")
    return render(text, 0, len(text), places)


def describe(mutants):
    """Return mutants.c: the names and descriptions of the defects."""
    rows = "".join(f'\t"{m.name}: {m.what}",\n' for m in mutants)
    hints = "".join(f'\t"{m.scenario}",\n' for m in mutants)
    return ('#include "explore.h"\n#include "mutants.h"\n\nunsigned int explore_mutant;\n'
            f"const char *const explore_mutants[] = {{\n{rows}}};\n"
            f"const char *const explore_mutant_scenarios[] = {{\n{hints}}};\n"
            f"const unsigned int explore_nb_mutants = {len(mutants)};\n")


def flat(path):
    """The name of a file in a folder without folders."""
    return path.replace("/", "_")


def flatten_includes(text, files):
    """The text with includes of FILEs by their flat names."""
    def include(found):
        return f'#include "{flat(found[1])}"' if found[1] in files else found[0]
    return re.sub(r'#include "([^"]+)"', include, text)


def main():
    table, sources, output = (pathlib.Path(a) for a in sys.argv[1:4])
    files = sys.argv[4:]
    mutants = read_table(table)
    for m in mutants:
        if m.file not in files:
            sys.exit(f"{table}: {m.name}: {m.file} is not one of the FILEs")
    for name in files:
        text = (sources / name).read_text()
        try:
            text = mutate(text, [m for m in mutants if m.file == name])
        except ValueError as problem:
            sys.exit(f"{table}: {problem}")
        text = flatten_includes(text, files)
        (output / flat(name)).write_text("extern unsigned int explore_mutant;\n" + text)
    (output / "mutants.c").write_text(describe(mutants))


if __name__ == "__main__":
    main()
