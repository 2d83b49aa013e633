# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Plant one defect into a copy of the tree, build what it changes, and run tests until one fails."""

import glob
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import threading
import time

import build

HERE = pathlib.Path(__file__).resolve().parent
# Tests that find most, first; then those that have found something in the same file or room.
FIRST = ["stock", "random", "charge", "counter", "limits", "drain", "domain", "burst"]
COMPILE_SECONDS = 300
# A test without the defect has this time; with the defect, FACTOR times what it took, and a slack.
TEST_SECONDS = 300
FACTOR = 3
# Processor time for each scenario of the explorer.
EXPLORE_SECONDS = 0.2
# No file that a defect makes grow without end fills the disk.
FILE_BYTES = 1 << 30


class Children:
    """The processes that run, each with a group of its own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ended = False

    @staticmethod
    def limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))

    def run(self, command, seconds, **options):
        """Run a command. @return its status, None if it hangs"""
        with self.lock:
            if self.ended:
                raise KeyboardInterrupt
            child = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                     start_new_session=True, preexec_fn=self.limits, **options)
            self.running.add(child)
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.end(child)

    def end(self, child):
        """End a process with all that it has started, and remove its hugepages."""
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        if "RATION_HUGE_DIR" in os.environ:
            for path in glob.glob(f"{os.environ['RATION_HUGE_DIR']}/ration*[-_]{child.pid}map_*"):
                pathlib.Path(path).unlink(missing_ok=True)
        self.running.discard(child)

    def end_all(self):
        """End all processes, and let none start."""
        with self.lock:
            self.ended = True
            for child in list(self.running):
                try:
                    os.killpg(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


class Order:
    """Which test is run first: the one that has found most in this file and room, for its time."""

    def __init__(self):
        self.found = {}
        self.seconds = {}

    def learn(self, name, file):
        """A test has found a defect."""
        for place in (file, pathlib.Path(file).parent.name):
            self.found[name, place] = self.found.get((name, place), 0) + 1

    def sort(self, names, file):
        """Return the names in order."""
        def gain(name):
            likely = 0.15 if name in FIRST else 0.1
            likely += 0.2 * self.found.get((name, file), 0)
            likely += 0.1 * self.found.get((name, pathlib.Path(file).parent.name), 0)
            return -likely / max(self.seconds.get(name, 0.5), 0.3)
        return sorted(names, key=gain)


class Verdicts:
    """Whether each test passes without a defect, and how long it takes: run once, when needed."""

    def __init__(self, build, children, order):
        self.build = build
        self.children = children
        self.order = order
        self.lock = threading.Lock()
        self.known = {}

    def ask(self, name, command, env, cwd):
        """Return the time that a test takes, or None if it fails without a defect."""
        with self.lock:
            if name not in self.known:
                start = time.monotonic()
                status = self.children.run(command, TEST_SECONDS, cwd=cwd, env=env,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.order.seconds[name] = time.monotonic() - start
                # 77: skipped
                self.known[name] = self.order.seconds[name] if status in (0, 77) else None
            return self.known[name]


class Bench:
    """A copy of the tree in which one defect at a time is planted."""

    def __init__(self, build, users, folder, shared):
        self.build = build
        self.users = users
        self.children, self.order, self.verdicts, self.reference, self.slack = shared
        self.tree = folder / "tree"
        self.out = folder / "out"
        self.cwd = folder / "cwd"
        for path in (self.out, self.cwd):
            path.mkdir(parents=True)
        for name in ("lib", "test"):
            shutil.copytree(build.root / name, self.tree / name, symlinks=True)
        self.made = {}
        self.folders = folder / "folders"
        self.note_folders()

    def note_folders(self):
        """Compile what notes the folders that tests make."""
        self.noting = self.out / "mkdtemp.o"
        if self.children.run(["gcc", "-D_GNU_SOURCE", "-O2", "-fPIE", "-c", HERE / "mkdtemp.c",
                              "-o", self.noting], COMPILE_SECONDS) != 0:
            raise build.Failure("test/mutation/mkdtemp.c does not compile")

    def remove_folders(self):
        """Remove the folders that a test has left."""
        if self.folders.exists():
            for path in self.folders.read_text().splitlines():
                shutil.rmtree(path, ignore_errors=True)
            self.folders.unlink()

    def compile(self, obj):
        """Compile an object from the copy. @return its bytes, or None"""
        output = self.out / obj.replace("/", "_")
        command = self.build.compile_command(obj, self.tree, output)
        status = self.children.run(command, COMPILE_SECONDS, cwd=self.cwd,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return output.read_bytes() if status == 0 else None

    def rebuild(self, objects, path, text):
        """Compile objects with the text of a file. @return those that changed, None if an error"""
        whole = (self.build.root / path).read_text()
        missing = [o for o in sorted(objects) if o not in self.reference]
        for obj in missing:
            self.reference[obj] = self.compile(obj)
        (self.tree / path).write_text(text)
        try:
            for obj in sorted(objects):
                code = self.compile(obj)
                if code is None:
                    return None
                if code != self.reference[obj]:
                    self.made[obj] = self.out / obj.replace("/", "_")
        finally:
            (self.tree / path).write_text(whole)
        return [o for o in objects if o in self.made]

    def link(self, program):
        """Link a program with the objects that changed. @return its path, None if an error"""
        output = self.out / pathlib.Path(program.target).name
        objects = [str(self.made.get(o, self.build.folder / o)) for o in program.objects]
        command = [program.rest[0], "-o", output, *objects, self.noting, *program.rest[1:]]
        status = self.children.run(command, COMPILE_SECONDS, cwd=self.build.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return output if status == 0 else None

    def fails(self, name, program, path, args, env):
        """Run a test. @return how it fails, or None"""
        env = dict(os.environ, **env)
        base = self.verdicts.ask(name, [self.build.folder / program.target, *args], env, self.cwd)
        if base is None:
            return None
        status = self.run_test(path, args, env, self.slack + FACTOR * base)
        if status is None:
            # The machine may have become busy: how long does it take without the defect now?
            start = time.monotonic()
            self.run_test(self.build.folder / program.target, args, env, TEST_SECONDS)
            now = max(time.monotonic() - start, base)
            status = self.run_test(path, args, env, self.slack + FACTOR * now)
            if status is None:
                return "hangs"
        return None if status in (0, 77) else "crashes" if status < 0 and \
            status != -signal.SIGABRT else "fails"

    def run_test(self, path, args, env, seconds):
        """Run a test program. @return its status, None if it hangs"""
        try:
            return self.children.run([path, *args], seconds, cwd=self.cwd,
                                     env=dict(env, RATION_MUTATION_FOLDERS=str(self.folders)),
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            self.remove_folders()

    def run_programs(self, objects, path, text, file):
        """Run the test programs that change. @return (name, how) of the first that fails"""
        programs = {p.name: p for p in self.build.programs}
        for name in self.order.sort(programs, file):
            program = programs[name]
            todo = [o for o in program.objects if o in objects and o not in self.seen]
            self.seen.update(todo)
            if self.rebuild(todo, path, text) is None:
                raise CompileError
            if not any(o in self.made for o in program.objects):
                continue
            output = self.link(program)
            if output is None:
                raise CompileError
            how = self.fails(name, program, output, program.args, program.env)
            if how:
                self.order.learn(name, file)
                return name, how
        return None

    def run_explorer(self, objects, path, text, file):
        """Let the explorer look for the defect in all its scenarios, as run_programs()."""
        program = self.build.explorer
        todo = [o for o in program.objects if o in objects]
        if self.rebuild(todo, path, text) is None or \
                not any(o in self.made for o in program.objects):
            return None
        output = self.link(program)
        if output is None:
            return None
        for name in self.order.sort(self.scenarios(), file):
            args = ["--scenario", name.split(":")[1], "--seconds", str(EXPLORE_SECONDS),
                    "--save", str(self.cwd)]
            how = self.fails(name, program, output, args, {})
            if how:
                self.order.learn(name, file)
                return name, how
        return None

    def scenarios(self):
        """Return the names of the scenarios."""
        text = subprocess.run([self.build.folder / self.build.explorer.target, "--list"],
                              capture_output=True, text=True).stdout
        return ["explore:" + line.split()[0] for line in text.splitlines()
                if line and not line.startswith("defect ")]

    def try_defect(self, defect, text):
        """Plant a defect. @return (result, the test that found it, how)"""
        path = f"lib/ration/{defect.file}"
        objects = self.users.objects(path, defect.function)
        changed = defect.change(text)
        self.made, self.seen = {}, set()
        try:
            # The library first: most defects that do not compile are found there.
            lib = [o for o in objects if o in self.build.library]
            if self.rebuild(lib, path, changed) is None:
                return "no build", None, None
            self.seen.update(lib)
            found = self.run_programs(objects, path, changed, defect.file)
            # Another order of memory that compiles to the same instructions is no defect here.
            if not found and self.build.explorer and (self.made or defect.kind != "order"):
                found = self.run_explorer(objects, path, changed, defect.file)
        except CompileError:
            return "no build", None, None
        if found:
            return "caught", *found
        return ("survived" if self.made else "no change"), None, None


class CompileError(Exception):
    """A defect that does not compile."""
