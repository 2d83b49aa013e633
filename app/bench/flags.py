#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

"""Writes a header with the flags that source files are really compiled with.

    flags.py COMMANDS HEADER DEPFILE NAME=SOURCE...

COMMANDS is the build's compile_commands.json. Paths, warnings, and options that only name input
and output files are left out.
"""

import json
import shlex
import sys

# Options with a separate argument.
WITH_ARGUMENT = ('-I', '-MF', '-MQ', '-MT', '-include', '-isystem', '-o', '-c')
IGNORED = ('-I', '-M', '-W', '-fdiagnostics', '-isystem', '-o', '-pipe')


def flags_of(command):
    words = iter(shlex.split(command)[1:])
    flags = []
    for word in words:
        if word in WITH_ARGUMENT:
            next(words, None)
        elif word.startswith('-') and not word.startswith(IGNORED) and '/' not in word:
            flags.append(word)
    return ' '.join(flags)


def command_of(commands, source):
    for entry in commands:
        if entry['file'].endswith(source):
            return entry['command']
    sys.exit(f'flags.py: {source} is not compiled')


def main():
    commands_path, header, depfile = sys.argv[1:4]
    with open(commands_path, encoding='utf-8') as f:
        commands = json.load(f)
    with open(header, 'w', encoding='utf-8') as f:
        for pair in sys.argv[4:]:
            name, source = pair.split('=')
            # A JSON string is also a C string.
            flags = json.dumps(flags_of(command_of(commands, source)))
            f.write(f'#define {name} {flags}\n')
    # A reconfigured build may have other flags.
    with open(depfile, 'w', encoding='utf-8') as f:
        f.write(f'{header}: {commands_path}\n')


main()
