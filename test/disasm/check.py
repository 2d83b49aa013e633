#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Check the machine code of the data path calls (promise P5).

No path from the entry of a hit_*() function to its return may contain a locked instruction, an
exchange with memory (locked as well) or a call. A jump to a function of the slow path ends the hit
path. The longest hit path has few instructions.

Usage: check.py SOURCE FOLDER-OF-THE-HEADERS
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

SLOW = {'__ration_charge_window', '__ration_force', '__ration_refill', '__ration_serve',
        '__ration_trim', '__ration_uncharge_window'}
# Maximum number of instructions on a hit path, including the return: compilers need 14 to 20.
MOST = 20
# Functions in which the check must find an error.
BAD = {'locked': 'lock', 'exchanged': 'xchg', 'called': 'call'}


def build(compiler, source, headers, folder):
    """Compile as an application would and return objdump's listing."""
    flags = subprocess.run(['pkg-config', '--cflags', 'libdpdk'], check=True, text=True,
                           capture_output=True).stdout.split()
    obj = os.path.join(folder, compiler + '.o')
    subprocess.run([compiler, '-std=gnu11', '-O2', '-fcf-protection=none', '-I' + headers, *flags,
                    '-c', source, '-o', obj], check=True)
    return subprocess.run(['objdump', '-dr', '--no-show-raw-insn', obj], check=True, text=True,
                          capture_output=True).stdout


def parse(listing):
    """Return {function: [(address, text, relocated symbol or None)]}."""
    functions, code = {}, None
    for line in listing.splitlines():
        head = re.match(r'[0-9a-f]+ <([\w.]+)>:$', line)
        insn = re.match(r'\s*([0-9a-f]+):\t(?!R_)(.+)$', line)
        reloc = re.match(r'\s*[0-9a-f]+: R_\w+\t([\w.]+)', line)
        if head:
            code = functions.setdefault(head[1], [])
        elif insn:
            code.append([int(insn[1], 16), insn[2].split('#')[0].strip(), None])
        elif reloc and code:
            code[-1][2] = reloc[1]
    return functions


def fault(text):
    """Return the reason why an instruction must not be on a hit path, or None."""
    words = text.split()
    if 'lock' in words[:2]:
        return 'lock'
    if words[0].startswith('xchg') and '(' in text:
        return 'xchg'
    if words[0].startswith('call'):
        return 'call'
    if words[0] in ('mfence', 'sfence', 'lfence', 'cpuid', 'syscall'):
        return words[0]
    return None


def walk(code):
    """Follow all hit paths. Return (longest path to a return, faults)."""
    place = {insn[0]: i for i, insn in enumerate(code)}
    faults, longest = set(), 0
    ways = [(0, 1, frozenset())]
    while ways:
        i, length, seen = ways.pop()
        if i >= len(code):
            faults.add('runs off its end')
            continue
        address, text, symbol = code[i]
        if address in seen:
            faults.add('loop')
            continue
        if fault(text):
            faults.add(fault(text))
        seen = seen | {address}
        operation = text.split()[0]
        if operation.startswith('ret'):
            longest = max(longest, length)
            continue
        if operation.startswith('j'):
            if symbol is None:
                target = int(text.split()[1], 16)
                if target in place:
                    ways.append((place[target], length + 1, seen))
                else:
                    faults.add('jump out')
            elif symbol not in SLOW:
                faults.add('jump to ' + symbol)
            if operation == 'jmp':
                continue
        ways.append((i + 1, length + 1, seen))
    return longest, faults


def check(compiler, functions):
    """Yield (passed, description) for each function."""
    for name, code in functions.items():
        base = name.split('.')[0]
        longest, faults = walk(code)
        if base in BAD:
            yield BAD[base] in faults, f'{compiler}: {name}() is found to have a {BAD[base]}'
        elif name.startswith('hit_'):
            found = ', '.join(sorted(faults)) or 'nothing that waits'
            yield (not faults and 0 < longest <= MOST,
                   f'{compiler}: {name}() hits in {longest} instructions, {found}')


def main():
    """Print the results as TAP."""
    source, headers = sys.argv[1:]
    if os.uname().machine != 'x86_64':
        print('1..0 # SKIP knows the instructions of x86-64 only')
        return 0
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for compiler in ('gcc', 'clang'):
            if shutil.which(compiler) is None:
                results.append((True, f'{compiler} # SKIP there is no {compiler}'))
                continue
            functions = parse(build(compiler, source, headers, folder))
            checked = list(check(compiler, functions))
            results += checked
            results.append((len(checked) == 9, f'{compiler}: all functions are there'))
    for i, (passed, what) in enumerate(results, 1):
        print('ok' if passed else 'not ok', i, '-', what)
    print(f'1..{len(results)}')
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == '__main__':
    sys.exit(main())
