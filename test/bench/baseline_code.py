#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Hold the machine code of the baselines to its size and its atomic instructions.

A baseline that is made slower or faster, even by mistake, changes all ratios. The numbers below are
those of the code that was reviewed. Whoever changes a baseline on purpose checks the new numbers
(--print) against the original that it stands for, and enters them.

Usage: baseline_code.py ROOT-OF-THE-SOURCES [--print]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

# Functions that are measured: operations, the loops with both inlined, and what they call. For each
# of them: instructions, and locked instructions or exchanges with memory among them.
FUNCTIONS = ('charge_call', 'uncharge_call', 'loop_same', 'loop_round_robin', 'loop_passes', 'refill',
             'empty', 'install', 'charge_random', 'charge_in_turn', 'trim', 'flat_add', 'flat_sub')
EXPECTED = {
    ('atomic_tree', 'atomic_charge_call'): (28, 2),
    ('atomic_tree', 'atomic_loop_passes'): (81, 3),
    ('atomic_tree', 'atomic_loop_round_robin'): (58, 3),
    ('atomic_tree', 'atomic_loop_same'): (51, 3),
    ('atomic_tree', 'atomic_uncharge_call'): (8, 1),
    ('cas_tree', 'cas_charge_call'): (37, 2),
    ('cas_tree', 'cas_loop_passes'): (91, 3),
    ('cas_tree', 'cas_loop_round_robin'): (64, 3),
    ('cas_tree', 'cas_loop_same'): (57, 3),
    ('cas_tree', 'cas_uncharge_call'): (8, 1),
    ('limit', 'limit_charge_call'): (12, 0),
    ('limit', 'limit_loop_passes'): (65, 0),
    ('limit', 'limit_loop_round_robin'): (39, 0),
    ('limit', 'limit_loop_same'): (31, 0),
    ('limit', 'limit_uncharge_call'): (12, 0),
    ('limit_counter', 'flat_add'): (66, 2),
    ('limit_counter', 'flat_charge_call'): (13, 0),
    ('limit_counter', 'flat_loop_passes'): (93, 0),
    ('limit_counter', 'flat_loop_round_robin'): (66, 0),
    ('limit_counter', 'flat_loop_same'): (62, 0),
    ('limit_counter', 'flat_sub'): (66, 2),
    ('limit_counter', 'flat_uncharge_call'): (11, 0),
    ('mempool', 'pool_loop_round_robin'): (153, 0),
    ('mempool', 'pool_loop_same'): (176, 0),
    ('meter', 'meter_charge_call'): (43, 0),
    ('meter', 'meter_loop_passes'): (107, 0),
    ('meter', 'meter_loop_round_robin'): (90, 0),
    ('meter', 'meter_loop_same'): (89, 0),
    ('meter', 'meter_uncharge_call'): (4, 0),
    ('shared_meter', 'bucket_refill'): (19, 2),
    ('shared_meter', 'shared_charge_call'): (34, 1),
    ('shared_meter', 'shared_loop_passes'): (71, 1),
    ('shared_meter', 'shared_loop_round_robin'): (57, 1),
    ('shared_meter', 'shared_loop_same'): (54, 1),
    ('shared_meter', 'shared_uncharge_call'): (2, 0),
    ('slots_7', 'random_charge_call'): (22, 0),
    ('slots_7', 'random_loop_passes'): (121, 1),
    ('slots_7', 'random_loop_round_robin'): (96, 1),
    ('slots_7', 'random_loop_same'): (95, 1),
    ('slots_7', 'random_uncharge_call'): (32, 1),
    ('slots_7', 'rr_charge_call'): (22, 0),
    ('slots_7', 'rr_loop_passes'): (121, 1),
    ('slots_7', 'rr_loop_round_robin'): (96, 1),
    ('slots_7', 'rr_loop_same'): (95, 1),
    ('slots_7', 'rr_uncharge_call'): (32, 1),
    ('slots_7', 'slots_charge_in_turn'): (102, 4),
    ('slots_7', 'slots_charge_random'): (102, 4),
    ('slots_7', 'slots_empty'): (19, 1),
    ('slots_7', 'slots_install'): (46, 0),
    ('spinlock_tree', 'spin_charge_call'): (61, 6),
    ('spinlock_tree', 'spin_loop_passes'): (139, 8),
    ('spinlock_tree', 'spin_loop_round_robin'): (103, 8),
    ('spinlock_tree', 'spin_loop_same'): (89, 8),
    ('spinlock_tree', 'spin_uncharge_call'): (22, 2),
    ('stock_fixed', 'fixed_charge_call'): (10, 0),
    ('stock_fixed', 'fixed_loop_passes'): (88, 0),
    ('stock_fixed', 'fixed_loop_round_robin'): (69, 0),
    ('stock_fixed', 'fixed_loop_same'): (55, 0),
    ('stock_fixed', 'fixed_refill'): (85, 4),
    ('stock_fixed', 'fixed_trim'): (14, 1),
    ('stock_fixed', 'fixed_uncharge_call'): (10, 0),
    ('stock_v3', 'v3_charge_call'): (11, 0),
    ('stock_v3', 'v3_loop_passes'): (89, 1),
    ('stock_v3', 'v3_loop_round_robin'): (64, 1),
    ('stock_v3', 'v3_loop_same'): (63, 1),
    ('stock_v3', 'v3_refill'): (82, 4),
    ('stock_v3', 'v3_uncharge_call'): (10, 1),
    ('stock_v4', 'v4_charge_call'): (13, 1),
    ('stock_v4', 'v4_loop_passes'): (91, 2),
    ('stock_v4', 'v4_loop_round_robin'): (66, 2),
    ('stock_v4', 'v4_loop_same'): (64, 2),
    ('stock_v4', 'v4_refill'): (83, 5),
    ('stock_v4', 'v4_uncharge_call'): (10, 1),
}
# The numbers are those of this compiler. Others differ by a larger part.
COMPILER = '12'
SHARE, SHARE_OTHERS = 0.05, 0.4


def version():
    """Return the major version of gcc."""
    return subprocess.run(['gcc', '-dumpversion'], check=True, text=True,
                          capture_output=True).stdout.split('.')[0].strip()


def listing(root, source, folder):
    """Compile a baseline as a release does and return objdump's listing."""
    flags = subprocess.run(['pkg-config', '--cflags', 'libdpdk'], check=True, text=True,
                           capture_output=True).stdout.split()
    obj = os.path.join(folder, source + '.o')
    subprocess.run(['gcc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-fcf-protection=none',
                    '-I' + os.path.join(root, 'app/bench'), '-I' + os.path.join(root, 'lib/ration'),
                    *flags, '-c', os.path.join(root, 'app/bench/baselines', source + '.c'),
                    '-o', obj], check=True)
    return subprocess.run(['objdump', '-d', '--no-show-raw-insn', obj], check=True, text=True,
                          capture_output=True).stdout


def counts(text):
    """Return {function: (instructions, locked ones)}; padding does not count."""
    found, name = {}, None
    for line in text.splitlines():
        head = re.match(r'[0-9a-f]+ <([\w.]+)>:$', line)
        insn = re.match(r'\s*[0-9a-f]+:\t(.+)$', line)
        if head:
            # Parts that the compiler has moved away belong to the function.
            name = re.sub(r'\.(cold|part|isra|constprop|lto_priv)(\.\d+)?', '', head[1])
            found.setdefault(name, [0, 0])
        elif insn and name:
            words = insn[1].split()
            if 'nop' in insn[1] or words[0] in ('data16', 'cs') or insn[1] == 'xchg   %ax,%ax':
                continue
            found[name][0] += 1
            found[name][1] += words[0] == 'lock' or (words[0].startswith('xchg')
                                                     and '(' in insn[1])
    return found


def measured(root):
    """Return {(source, function): [instructions, locked]} for all baselines."""
    sources = sorted({source for source, _ in EXPECTED})
    with tempfile.TemporaryDirectory() as folder:
        texts = [listing(root, source, folder) for source in sources]
        return {(source, name): tuple(number) for source, text in zip(sources, texts)
                for name, number in counts(text).items()
                if any(('_' + name).endswith('_' + function) for function in FUNCTIONS)}


def main():
    """Print the results as TAP."""
    root = sys.argv[1]
    if os.uname().machine != 'x86_64' or not shutil.which('gcc') or not shutil.which('objdump'):
        print('1..0 # SKIP needs gcc and objdump on x86_64')
        return 0
    found = measured(root)
    if '--print' in sys.argv:
        for key, value in sorted(found.items()):
            print(f'    {key!r}: {value!r},')
        return 0
    share = SHARE if version() == COMPILER else SHARE_OTHERS
    bad = 0
    for number, (key, (instructions, locked)) in enumerate(sorted(EXPECTED.items()), 1):
        now = found.get(key, (0, 0))
        # Other compilers may split a function in another way, but do not add locked instructions.
        good = now[1] == locked and abs(now[0] - instructions) <= max(1, share * instructions)
        bad += not good
        print(f'{"ok" if good else "not ok"} {number} - {key[0]}.c, {key[1]}(): {now[0]} '
              f'instructions, {now[1]} locked; reviewed: {instructions}, {locked}')
    unknown = sorted(set(found) - set(EXPECTED))
    print(f'{"not ok" if unknown else "ok"} {len(EXPECTED) + 1} - every function was reviewed'
          + ''.join(f' ({source}.c, {name})' for source, name in unknown))
    print(f'1..{len(EXPECTED) + 1}')
    return 1 if bad or unknown else 0


if __name__ == '__main__':
    sys.exit(main())
