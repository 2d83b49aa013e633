# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""What a build folder of meson knows: how each object is compiled and each program is linked."""

import json
import os
import pathlib
import re
import shlex
import subprocess

import source

LIBRARY = "lib/ration/libration.a"
# Suites whose tests are quick, and folders that they are in.
SUITES = {"unit", "mp"}
FOLDERS = ("test/unit/", "test/mp/")
EXPLORER = "test/explore/test_explore"
# Tests that say something else after a change of the source than that it is wrong.
LEFT_OUT = {"quiet"}
# Less of what is long, as the sanitizer builds have it.
ENVIRONMENT = {"RATION_TEST_KILLS": "2", "RATION_TEST_EFFORT": "40", "CMOCKA_TEST_ABORT": "1"}


class Failure(Exception):
    """Something without which no defect can be planted: one line for the user."""


def ask(command):
    """Return the output of a command."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command[:4]))}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class Program:
    """A test program: its objects, the rest of its command line, and how it is run."""

    def __init__(self, target, objects, rest, test):
        self.name = test["name"] if test else pathlib.Path(target).name
        self.target = target
        self.objects = objects
        self.rest = rest
        self.args = test["cmd"][1:] if test else []
        self.env = dict(test["env"], **ENVIRONMENT) if test else {}


class Build:
    """A build folder. Paths of objects are relative to it, those of sources to the root."""

    def __init__(self, root, folder):
        self.root = pathlib.Path(root).resolve()
        self.folder = pathlib.Path(folder).resolve()
        if not (self.folder / "build.ninja").is_file():
            raise Failure(f"{folder}: not a build folder of meson")
        self.tests = [t for t in json.loads(ask(["meson", "introspect", "--tests",
                                                 str(self.folder)])) if self.is_quick(t)]
        if not self.tests:
            raise Failure(f"{folder}: it has no quick tests")
        targets = [self.target(t) for t in self.tests]
        known = self.ninja("-t", "targets", "all")
        self.explorer_target = EXPLORER if f"\n{EXPLORER}: " in known else None
        self.targets = targets + ([EXPLORER] if self.explorer_target else [])
        self.commands = {}
        self.libraries = set()

    def ninja(self, *args):
        """Run ninja in the folder and return its output."""
        return ask(["ninja", "-C", str(self.folder), "--quiet", *args])

    def target(self, test):
        """Return the program of a test, relative to the folder."""
        return os.path.relpath(test["cmd"][0], self.folder)

    def is_quick(self, test):
        """Whether a test is one of those that are run for each defect."""
        suites = {s.split(":")[-1] for s in test["suite"]}
        return bool(suites & SUITES) and test["name"] not in LEFT_OUT and \
            self.target(test).startswith(FOLDERS)

    def load(self):
        """Bring the programs up to date, and read how they are made."""
        self.ninja(*self.targets)
        for entry in json.loads((self.folder / "compile_commands.json").read_text()):
            self.commands[entry["output"]] = entry
        archives, links = {}, {}
        for line in self.ninja("-t", "commands", *self.targets).splitlines():
            words = shlex.split(line)
            if "-c" in words:
                continue
            if "gcc-ar" in words or "ar" in words:
                at = next(i for i, w in enumerate(words) if w.endswith(".a") and i > 3)
                archives[words[at]] = words[at + 1:]
            elif "-o" in words:
                links[words[words.index("-o") + 1]] = words
        self.library = archives.get(LIBRARY)
        if not self.library:
            raise Failure(f"{self.folder}: it has no {LIBRARY}")
        self.programs = [self.program(links[self.target(t)], archives, t) for t in self.tests]
        self.explorer = self.program(links[EXPLORER], archives, None) \
            if self.explorer_target else None
        self.dependencies = self.read_dependencies()

    def program(self, words, archives, test):
        """Return a program from its command line; shared libraries that it does not need go."""
        target = words[words.index("-o") + 1]
        needed = set(re.findall(r"NEEDED.*\[(.*?)\.so", ask(["readelf", "-d",
                                                            str(self.folder / target)])))
        objects, rest = [], []
        for word in words:
            if word.endswith(".o"):
                objects.append(word)
            elif word in archives:
                objects += archives[word]
            elif word.endswith(".so") and pathlib.Path(word).stem not in needed:
                continue
            elif word not in ("-o", target):
                rest.append(word)
        return Program(target, objects, rest, test)

    def read_dependencies(self):
        """Return for each object the files of this project that it is made of."""
        found, name = {}, None
        for line in self.ninja("-t", "deps").splitlines():
            if line.startswith(" "):
                path = os.path.normpath(self.folder / line.strip())
                if path.startswith(f"{self.root}/") and not path.startswith(f"{self.folder}/"):
                    found[name].add(os.path.relpath(path, self.root))
            elif ":" in line:
                name = line.split(":")[0]
                found[name] = set()
        return found

    def source_of(self, obj):
        """Return the source of an object, relative to the root."""
        return os.path.relpath(os.path.normpath(self.folder / self.commands[obj]["file"]),
                               self.root)

    def compile_command(self, obj, tree, output):
        """Return the command that compiles an object from a copy of the tree: no debug data."""
        words = shlex.split(self.commands[obj]["command"])
        out, skip = [], False
        for word in words:
            if skip or word in ("-MD", "-g") or word.startswith("-fdiagnostics-color"):
                skip = False
            elif word in ("-MQ", "-MF", "-o"):
                skip = True
            elif word.startswith("-I"):
                out.append("-I" + self.moved(word[2:], tree))
            elif word.endswith((".c", ".h")):
                out.append(self.moved(word, tree))
            else:
                out.append(word)
        # Two objects are compared: nothing in them may come from the folder.
        return out + [f"-ffile-prefix-map={tree}=.", "-Werror=int-conversion",
                      "-Werror=incompatible-pointer-types", "-o", str(output)]

    def moved(self, path, tree):
        """Return a path of the command, in the copy of the tree if it is of this project."""
        whole = os.path.normpath(self.folder / path)
        if not os.path.exists(whole):  # rte_config.h, found in the include path
            return path
        if whole.startswith(f"{self.root}/") and not whole.startswith(f"{self.folder}/"):
            return str(tree / os.path.relpath(whole, self.root))
        return whole


class Users:
    """Which objects may change with a function of a header."""

    def __init__(self, build):
        self.build = build
        self.words = {}
        self.inline = {}
        headers = {f for files in build.dependencies.values() for f in files if f.endswith(".h")}
        for path in headers:
            self.read_inline(build.root / path)

    def read_inline(self, path):
        """Remember for each function and macro of a header the names that it uses."""
        text = path.read_text()
        s = source.Source(text)
        for f in s.functions:
            names = {t.text for t in s.tokens[f.first:f.last + 1] if t.kind == "name"}
            self.inline.setdefault(f.name, set()).update(names)
        for found in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)((?:[^\n\\]|\\.)*)", text,
                                 re.MULTILINE | re.DOTALL):
            self.inline.setdefault(found[1], set()).update(re.findall(r"[A-Za-z_]\w*", found[2]))

    def names_that_use(self, function):
        """Return the function and all that use it by way of headers."""
        names = {function}
        while True:
            more = {n for n, used in self.inline.items() if used & names} - names
            if not more:
                return names
            names |= more

    def words_of(self, path):
        """Return the names in a source."""
        if path not in self.words:
            text = (self.build.root / path).read_text()
            self.words[path] = {t.text for t in source.tokenize(text) if t.kind == "name"}
            # Macros of the same file.
            self.words[path] |= set(re.findall(r"[A-Za-z_]\w*", "\n".join(
                re.findall(r"^[ \t]*#[^\n]*", text, re.MULTILINE))))
        return self.words[path]

    def objects(self, file, function):
        """Return the objects that a change of a function in a file can change."""
        b = self.build
        if file.endswith(".c"):
            return {o for o in b.dependencies if o in b.commands and b.source_of(o) == file}
        names = self.names_that_use(function)
        return {o for o, files in b.dependencies.items() if o in b.commands and file in files
                and names & self.words_of(b.source_of(o))}
