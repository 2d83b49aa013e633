#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Check the tool that plants defects: by a small project whose defects are known.

Prints TAP. Usage: check.py FIXTURE
"""

import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOOL = [sys.executable, "-B", str(HERE / "mutation.py")]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import defects  # noqa: E402
import results  # noqa: E402
import source  # noqa: E402

CHECKS = []


def check(what):
    """Make a check of a function, whose text is `what`."""
    def enter(function):
        CHECKS.append((what, function))
        return function
    return enter


def same(one, other):
    assert one == other, f"{one!r} is not {other!r}"


class Fixture:
    """A copy of the small project, its build folder, and all of its defects tried once."""

    def __init__(self, origin, work):
        self.root = work / "root"
        shutil.copytree(origin, self.root)
        self.build = work / "build"
        subprocess.run(["meson", "setup", self.build, self.root], check=True,
                       stdout=subprocess.DEVNULL)
        self.work = work
        self.start = time.time() - 1
        self.temporary = work / "tmp"
        self.temporary.mkdir()
        self.done = self.run("--count", "1000", "--seed", "1", "--jobs", "2",
                             "--output", work / "rows", "--table", work / "table.rst")
        self.rows = results.read_rows(work / "rows")

    def command(self, *args):
        return [*TOOL, "--root", str(self.root), "--slack", "1", "--equivalent",
                str(self.root / "equivalent.txt"), *map(str, args), str(self.build)]

    def options(self):
        return {"env": {"PATH": "/usr/bin:/bin", "TMPDIR": str(self.temporary)}, "text": True}

    def run(self, *args):
        return subprocess.run(self.command(*args), capture_output=True, **self.options())

    def row(self, old, new, function=None):
        """Return the row of a defect."""
        found = [r for r in self.rows if (r["old"], r["new"]) == (old, new)
                 and function in (None, r["function"])]
        assert len(found) >= 1, f"no defect makes {new!r} of {old!r}"
        return found[0]


@check("a defect that a test notices is caught")
def caught(f):
    row = f.row("if (x < low)", "if (!(x < low))")
    same((row["result"], row["test"], row["how"], row["kind"]),
         ("caught", "range", "fails", "condition"))
    same({r["result"] for r in f.rows if r["function"] == "range_clip"} -
         {"caught", "no change", "no build"},
         # <= at a bound clips to the bound, which is the same.
         {"survived"})
    same([r["new"] for r in f.rows if r["function"] == "range_clip" and
          r["result"] == "survived"], ["if (x <= low)"])


@check("a defect that hangs is caught")
def hanging(f):
    row = f.row("n--;", ";", "range_sum")
    same((row["result"], row["how"]), ("caught", "hangs"))


@check("a defect that no test can notice survives")
def survivor(f):
    row = f.row("return TWICE(x) + 7;", "return TWICE(x) + 8;")
    same((row["result"], row["test"]), ("survived", None))
    assert "function: range_untested\nold: return TWICE(x) + 7;" in f.done.stdout, f.done.stdout


@check("a defect that is listed as equivalent is not tried")
def equivalent(f):
    same(f.row("return (bits + 2) % 2;", "return (bits - 2) % 2;")["result"], "equivalent")


@check("a defect that changes no object, or does not compile, does not count")
def dropped(f):
    same(f.row("return y[0] + 9;", "return y[0] + 8;")["result"], "no change")
    same(f.row("int *y = x;", "int +y = x;")["result"], "no build")
    count = len([r for r in f.rows if r["result"] in ("caught", "survived", "equivalent")])
    assert f"seed 1: {count} planted, " in f.done.stdout, f.done.stdout


@check("a defect in an inline function that only tests use is built into them")
def header(f):
    row = f.row("return x >= low && x <= high;", "return x >= low || x <= high;")
    same((row["file"], row["result"]), ("room/range.h", "caught"))


@check("comments, strings and preprocessor lines are not changed")
def code_only(f):
    assert not any("#define" in r["old"] or "/*" in r["old"] for r in f.rows)
    text = 'int f(void)\n{\n\t/* a < b */\n\tg("1 < 2", \'<\'); // 1 < 2\n#if 1 < \\\n 2\n#endif\n}\n'
    same([d.new for d in defects.find_defects("x.c", text)],
         [";"])


@check("each kind of defect is found in a line that has it")
def kinds(_):
    text = """
int f(int a, int b)
{
	uint64_t n = 0;
	if (a < b && n > 3)
		return 1;
	g(a, b);
	n += 2;
	for (;;)
		break;
	ration_store(&x, n, seq_cst);
	return n + 1;
}
"""
    same({d.kind for d in defects.find_defects("x.c", text)},
         {"comparison", "logic", "arithmetic", "constant", "width", "order", "condition",
          "arguments", "forgotten call", "forgotten assignment", "forgotten return",
          "forgotten jump", "order of statements"})


@check("a defect changes the lines that it names, and no number of a line")
def edits(f):
    for path in f.root.rglob("*.[ch]"):
        text = path.read_text()
        for d in defects.find_defects(path.name, text):
            changed = d.change(text)
            assert changed != text, d.new
            same(changed.count("\n"), text.count("\n"))
            assert d.old in source.squeeze(text) and d.new in source.squeeze(changed), d.new


@check("a seed draws the same defects, another seed others, whatever else changes")
def drawn(f):
    text = (f.root / "lib/ration/room/range.c").read_text()

    def draw(text, seed):
        return [d.key() for d in defects.shuffle(defects.find_defects("range.c", text), seed)
                if d.function == "range_sum"]
    same(draw(text, 1), draw("\n" + text.replace("+ 7", "+ 9"), 1))
    assert draw(text, 1) != draw(text, 2)
    assert sorted(draw(text, 1)) == sorted(draw(text, 2))


@check("--count and --file take a part")
def part(f):
    done = f.run("--count", "3", "--seed", "5", "--file", "room/range.h", "--target", "0")
    same(done.returncode, 0)
    assert "seed 5: 3 planted" in done.stdout, done.stdout
    assert "range.c" not in done.stdout, done.stdout
    same(f.run("--file", "room/none.c").returncode, 1)


@check("the table and the last line say what the rows say")
def table(f):
    rows = [r for r in f.rows if r["result"] in ("caught", "survived", "equivalent")]
    page = (f.work / "table.rst").read_text()
    cells = {}
    for found in re.finditer(r"   \* - (.*)\n((?:     - .*\n)+)", page):
        cells.setdefault(found[1], re.findall(r"- (.*)", found[2]))
    for name in ("range.c", "range.h", None):
        of = [r["result"] for r in rows if name is None or r["file"] == f"room/{name}"]
        able = len(of) - of.count("equivalent")
        same(cells[f"``room/{name}``" if name else "all"],
             [str(len(of)), str(of.count("caught")), str(of.count("equivalent")),
              str(of.count("survived")), f"{100 * of.count('caught') / able:.{0 if name else 1}f}"])
    assert "devtools/mutation.sh --count 1000 --seed 1``" in page, page
    assert not re.search(r"20\d\d-|:\d\d|/tmp", page.replace("2026", "")), page


@check("the status is 1 if too few are caught")
def target(f):
    same(f.done.returncode, 1)
    same(results.Count([]).percent, 100)


@check("an entry of the list whose code has changed is an error of one line")
def stale(f):
    path = f.work / "stale.txt"
    text = (f.root / "equivalent.txt").read_text()
    for wrong, words in ((text.replace("bits + 2", "bits + 3"), "no defect makes"),
                         (text.replace("why:", "because:"), "not 'FIELD: TEXT'"),
                         (text.replace("function: range_is_odd\n", ""), "no 'function'")):
        path.write_text(wrong)
        done = subprocess.run([*TOOL, "--root", f.root, "--equivalent", path, f.build],
                              capture_output=True, **f.options())
        same((done.returncode, done.stderr.count("\n")), (1, 1))
        assert words in done.stderr, done.stderr
    done = f.run("--count", "many")
    same((done.returncode, done.stderr.count("\n")), (2, 1))


@check("an interrupt leaves nothing behind, and what is complete is told")
def interrupted(f):
    child = subprocess.Popen(f.command("--count", "1000", "--slack", "60", "--seed", "2"),
                             stdout=subprocess.PIPE, **f.options())
    lines = [child.stdout.readline()]
    child.send_signal(signal.SIGINT)
    lines += child.communicate(timeout=60)[0].splitlines()
    same(child.returncode, 130)
    assert any(re.match(r"seed 2: [1-9]\d* planted", line) for line in lines), lines
    same(list(f.temporary.iterdir()), [])
    deadline = time.monotonic() + 20
    while subprocess.run(["pgrep", "-f", str(f.temporary)], stdout=subprocess.DEVNULL).returncode \
            == 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert time.monotonic() < deadline, "a process is left"


@check("folders that failed tests have left are removed")
def folders(f):
    assert sum(r["result"] == "caught" for r in f.rows) > 5
    same([p.name for p in pathlib.Path("/tmp").glob("ration-mutation-left-*")
          if p.stat().st_ctime >= f.start], [])


@check("the tree is left as it was")
def untouched(f):
    for path in pathlib.Path(sys.argv[1]).rglob("*.[ch]"):
        same((f.root / path.relative_to(sys.argv[1])).read_text(), path.read_text())


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ration-mutation-check-") as work:
        fixture = Fixture(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(work))
        if not fixture.rows:
            print(fixture.done.stdout, fixture.done.stderr, file=sys.stderr)
        print(f"1..{len(CHECKS)}")
        for number, (what, function) in enumerate(CHECKS, 1):
            try:
                function(fixture)
                print(f"ok {number} - {what}")
            except (AssertionError, KeyError) as problem:
                failed = 1
                print(f"not ok {number} - {what}")
                print("\n".join(f"# {line}" for line in str(problem).splitlines()))
    return failed


if __name__ == "__main__":
    sys.exit(main())
