#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Plant small defects at random into lib/ration, one at a time, and see which are caught.

Each is planted into a copy of the tree, what it changes is compiled and linked with the objects of
a build folder, and the quick tests run until one fails; then the schedule explorer. Defects that do
not compile, and those that do not change an object, do not count: others are drawn for them.
"""

import argparse
import json
import pathlib
import shlex
import signal
import sys
import tempfile
import threading
import time

import build
import defects
import engine
import results

HERE = pathlib.Path(__file__).resolve().parent


class Parser(argparse.ArgumentParser):
    """A wrong argument is one line."""

    def error(self, message):
        sys.stderr.write(f"{self.prog}: {message}\n")
        sys.exit(2)


def arguments():
    p = Parser(prog="mutation.sh", description=__doc__.split("\n", 1)[0])
    p.add_argument("build", help="build folder, of gcc and without sanitizers")
    p.add_argument("--count", type=int, default=200, help="defects to plant (default 200)")
    p.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    p.add_argument("--file", action="append", default=[],
                   help="only in this file of lib/ration, such as tree/gate.c; more than once")
    p.add_argument("--jobs", type=int, default=1, help="defects at one time (default 1)")
    p.add_argument("--target", type=float, default=95,
                   help="percentage that must be caught, or the status is 1 (default 95)")
    p.add_argument("--output", type=pathlib.Path, help="write a line of JSON for each defect")
    p.add_argument("--table", type=pathlib.Path, help="write the tables of the guide")
    p.add_argument("--list", action="store_true", help="print the defects in order, plant none")
    p.add_argument("--slack", type=float, default=5, help=argparse.SUPPRESS)
    p.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent, help=argparse.SUPPRESS)
    p.add_argument("--equivalent", type=pathlib.Path, help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.count < 1 or o.jobs < 1:
        p.error("--count and --jobs must be at least 1")
    o.equivalent = o.equivalent or o.root / "test/mutation/equivalent.txt"
    return o


def command_of(o):
    """Return the command that gives the same result."""
    words = ["devtools/mutation.sh", "--count", str(o.count), "--seed", str(o.seed)]
    for file in o.file:
        words += ["--file", file]
    return shlex.join(words)


class Session:
    """Defects that are planted, in the order of the seed, by several threads."""

    def __init__(self, o, texts, drawn, listed):
        self.options = o
        self.texts = texts
        self.drawn = drawn
        self.listed = listed
        self.lock = threading.Lock()
        self.next = 0
        self.rows = {}
        self.children = engine.Children()
        self.problem = None
        self.ended = []

    def nb_planted(self):
        return len(results.planted(list(self.rows.values())))

    def take(self):
        """Return the number of the next defect, or None."""
        with self.lock:
            if self.problem or self.nb_planted() >= self.options.count or \
                    self.next >= len(self.drawn):
                return None
            self.next += 1
            return self.next - 1

    def try_one(self, bench, number):
        """Plant a defect, unless it is known to be equivalent."""
        d = self.drawn[number]
        start = time.monotonic()
        if d.key() in self.listed:
            result = "equivalent", None, None
        else:
            result = bench.try_defect(d, self.texts[d.file])
        row = {"file": d.file, "function": d.function, "line": d.line, "kind": d.kind,
               "old": d.old, "new": d.new, "nth": d.nth, "result": result[0], "test": result[1],
               "how": result[2], "seconds": round(time.monotonic() - start, 1)}
        with self.lock:
            self.rows[number] = row
            self.tell(row)

    def tell(self, row):
        """Print a line for a defect, and write its JSON."""
        if self.options.output:
            with self.options.output.open("a") as f:
                f.write(json.dumps(row) + "\n")
        if row["result"] in ("no build", "no change"):
            return
        by = f" by {row['test']} ({row['how']})" if row["test"] else ""
        print(f"{self.nb_planted():4} {row['result']}{by}, {row['seconds']} s: "
              f"{row['file']}:{row['line']} {row['function']}(): {row['kind']}\n"
              f"       - {row['old']}\n       + {row['new']}", flush=True)

    def work(self, bench):
        """Plant defects until there are enough."""
        try:
            while (number := self.take()) is not None:
                self.try_one(bench, number)
        except KeyboardInterrupt:
            pass
        except Exception as problem:  # The other threads must end, too.
            self.problem = self.problem or problem
        finally:
            self.ended.append(bench)

    def wait(self, nb_threads):
        """Wait until all threads have ended. A join() that is interrupted would lose its thread."""
        while len(self.ended) < nb_threads:
            time.sleep(0.05)

    def counted(self):
        """Return the rows up to the wanted number; threads may have planted a few more."""
        rows = [self.rows[n] for n in sorted(self.rows)]
        return results.planted(rows)[:self.options.count]


def run(o, session, built):
    """Plant the defects. @return whether it was not interrupted"""
    order = engine.Order()
    shared = (session.children, order, engine.Verdicts(built, session.children, order), {},
              o.slack)
    users = build.Users(built)
    with tempfile.TemporaryDirectory(prefix="ration-mutation-") as folder:
        threads = []
        try:
            for i in range(o.jobs):
                bench = engine.Bench(built, users, pathlib.Path(folder) / str(i), shared)
                thread = threading.Thread(target=session.work, args=(bench,))
                thread.start()
                threads.append(thread)
            session.wait(len(threads))
            return True
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            return False
        finally:
            session.children.end_all()
            session.wait(len(threads))
            bad = sorted(n for n, s in shared[2].known.items() if s is None)
            if bad and not session.problem:
                print(f"left out, because they fail without a defect: {', '.join(bad)}")


def finish(o, session, complete):
    """Print the figures and write the tables. @return exit status"""
    rows = session.counted()
    for row in rows:
        if row["result"] == "survived":
            print(f"\nnot caught, {row['file']}:{row['line']}:\n{results.entry_of(row)}", end="")
    dropped = [r["result"] for r in session.rows.values()]
    count = results.Count(rows)
    print(f"\nseed {o.seed}: {count.text()}\n({dropped.count('no build')} that did not compile "
          f"and {dropped.count('no change')} without a change of an object do not count)")
    if not complete:
        print("interrupted: these are the defects until then")
        return 130
    if o.table:
        o.table.write_text(results.rst_page(rows, command_of(o)))
    return 0 if count.percent >= o.target else 1


def stop(_signal, _frame):
    raise KeyboardInterrupt


def main():
    o = arguments()
    folder = o.root / "lib/ration"
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*.[ch]"))
    for name in o.file:
        if name not in files:
            raise build.Failure(f"{name}: no such file in {folder}")
    texts = {f: (folder / f).read_text() for f in files}
    found = {f: defects.find_defects(f, t) for f, t in texts.items()}
    every = [d for ds in found.values() for d in ds]
    listed = results.read_equivalents(o.equivalent)
    results.check_equivalents(o.equivalent, listed, every)
    drawn = defects.shuffle([d for f in (o.file or files) for d in found[f]], o.seed)
    if o.list:
        for d in drawn:
            print(f"{d.file}:{d.line} {d.function}(): {d.kind}\n  - {d.old}\n  + {d.new}")
        return 0
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    built = build.Build(o.root, o.build)
    built.load()
    if o.output:
        o.output.write_text("")
    session = Session(o, texts, drawn, listed)
    complete = run(o, session, built)
    if session.problem:
        raise session.problem
    return finish(o, session, complete)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (build.Failure, results.BadList, OSError) as problem:
        sys.exit(f"mutation.sh: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
