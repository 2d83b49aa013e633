# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Results of planted defects: the list of equivalent ones, lines of JSON, the table of the guide."""

import json

from source import squeeze

FIELDS = ("file", "function", "old", "new", "why", "nth")


class BadList(Exception):
    """An entry of the list that is wrong: one line for the user."""


def read_equivalents(path):
    """Read the list of equivalent defects. @return reasons by key, as Defect.key()"""
    entries, entry, key = [], {}, None
    for number, line in enumerate(path.read_text().splitlines() + [""], 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if entry:
                entries.append(entry)
            entry, key = {}, None
        elif line.startswith("    ") and key:
            entry[key] += " " + line.strip()
        else:
            key, colon, value = line.partition(":")
            if not colon or key not in FIELDS or key in entry:
                raise BadList(f"{path}:{number}: not 'FIELD: TEXT' with one of "
                              f"{', '.join(FIELDS)}, each once")
            entry.setdefault("line", number)
            entry[key] = value.strip()
    listed = {}
    for e in entries:
        missing = [f for f in FIELDS[:5] if not e.get(f)]
        if missing:
            raise BadList(f"{path}:{e['line']}: no '{missing[0]}'")
        nth = e.get("nth", "1")
        if not nth.isdecimal():
            raise BadList(f"{path}:{e['line']}: 'nth' is not a number")
        listed[*(squeeze(e[f]) for f in FIELDS[:4]), int(nth)] = squeeze(e["why"])
    return listed


def check_equivalents(path, listed, defects):
    """An entry that no defect has any more must go: its code has changed."""
    known = {d.key() for d in defects}
    for key in listed:
        if key not in known:
            raise BadList(f"{path}: {key[0]}, {key[1]}(): no defect makes '{key[3]}' of "
                          f"'{key[2]}' now")


def entry_of(row):
    """Return a row as an entry of the list, without the reason."""
    nth = f"nth: {row['nth']}\n" if row["nth"] > 1 else ""
    return "".join(f"{f}: {row[f]}\n" for f in FIELDS[:4]) + nth + "why:\n"


def read_rows(path):
    """Read lines of JSON."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]


class Count:
    """Planted, caught, equivalent."""

    def __init__(self, rows):
        self.planted = len(rows)
        self.caught = sum(r["result"] == "caught" for r in rows)
        self.equivalent = sum(r["result"] == "equivalent" for r in rows)

    @property
    def survived(self):
        return self.planted - self.caught - self.equivalent

    @property
    def percent(self):
        """Caught, of those that can be caught. Without any, nothing has been missed."""
        able = self.planted - self.equivalent
        return 100 * self.caught / able if able else 100.0

    def text(self):
        return (f"{self.planted} planted, {self.caught} caught, {self.equivalent} equivalent, "
                f"{self.survived} not caught: {self.percent:.1f} %")


def planted(rows):
    """Return the rows that count: those whose code differs."""
    return [r for r in rows if r["result"] in ("caught", "survived", "equivalent")]


def rst_table(rows, first, key):
    """Return a table with a row for each value of a key, and a sum."""
    groups = sorted({r[key] for r in rows})
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 40 12 12 12 12 12", ""]

    def line(cells):
        lines.extend(("   * - " if i == 0 else "     - ") + c for i, c in enumerate(cells))

    line([first, "Planted", "Caught", "Equivalent", "Not caught", "Percent"])
    for name in groups + [None]:
        c = Count([r for r in rows if name in (None, r[key])])
        line(["all" if name is None else f"``{name}``" if key == "file" else name,
              str(c.planted), str(c.caught), str(c.equivalent), str(c.survived),
              f"{c.percent:.0f}" if name else f"{c.percent:.1f}"])
    return "\n".join(lines) + "\n"


def rst_page(rows, command):
    """Return the tables of the guide. Nothing in them depends on the day or the machine."""
    rows = planted(rows)
    page = ["..  SPDX-License-Identifier: BSD-3-Clause",
            "    Copyright(c) 2026 The libration authors", "",
            "..  Written by devtools/mutation.sh --table; do not edit.", "",
            f"Made with ``{command}``.", "", rst_table(rows, "File of lib/ration", "file"),
            rst_table(rows, "Kind of defect", "kind")]
    left = sorted((r["file"], r["function"], r["old"], r["new"]) for r in rows
                  if r["result"] == "survived")
    if left:
        page += ["Not caught, and not known to be equivalent::", ""]
        for file, function, old, new in left:
            page += [f"   {file}, {function}()", f"      - {old}", f"      + {new or '(nothing)'}"]
        page.append("")
    return "\n".join(page)
