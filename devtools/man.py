#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""The options in a manual page are those that the program prints with --help.

Usage: devtools/man.py check|renew PROGRAM PAGE

check: status 1, and the differences, if the page has other options. renew: writes them into the
page, between the two lines that mark them.
"""

import difflib
import os
import re
import subprocess
import sys

START = '.\\" Options of --help, written by devtools/man.py renew.\n'
END = '.\\" End of the options.\n'


def escape(text):
    """Text of the page: no dash is turned into a hyphen, and no line is taken for a request."""
    text = text.replace('\\', '\\e').replace('-', '\\-')
    return '\\&' + text if text[:1] in ('.', "'") else text


def parse(text):
    """[option, [line of its text]] for each option in the text of --help."""
    options = []
    for line in text.splitlines():
        option = re.match(r' {1,6}(-\S(?:[^ ]| (?! ))*)(?: {2,}(.*))?$', line)
        if option:
            options.append([option.group(1), [option.group(2)] if option.group(2) else []])
        elif options and line.startswith(' ' * 8):
            options[-1][1].append(line.strip())
        elif options:
            options.append(None)
    return [option for option in options if option]


def render(options):
    """The options as a list of the man macros; a table in the text keeps its lines."""
    lines = []
    for option, texts in options:
        lines += ['.TP\n', '.B %s\n' % escape(option)]
        for text in texts:
            columns = re.match(r'(\S+) {2,}(.+)', text)
            if columns:
                lines += ['.br\n', '\\fB%s\\fR: %s\n' % tuple(map(escape, columns.groups()))]
            else:
                lines.append(escape(text) + '\n')
    return lines


def restore_columns(option):
    """In a table, a name that fills its column has one blank after it: it gets two."""
    texts = option[1]
    if any(re.match(r'\S+ {2,}', text) for text in texts):
        option[1] = [re.sub(r'^([a-z]{9,}) (?! )', r'\1  ', text) for text in texts]
    return option


def open_descriptors():
    """Open /dev/null on closed standard descriptors, so that no other file gets their numbers."""
    for descriptor in range(3):
        if not os.path.exists(f'/proc/self/fd/{descriptor}'):
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def main():
    open_descriptors()
    if len(sys.argv) != 4 or sys.argv[1] not in ('check', 'renew'):
        sys.exit(__doc__.strip())
    command, program, page = sys.argv[1:]
    text = subprocess.run([program, '--help'], check=True, capture_output=True,
                          text=True).stdout
    options = [restore_columns(option) for option in parse(text)]
    if not options:
        sys.exit('%s --help names no option' % program)
    with open(page, encoding='utf-8') as f:
        old = f.readlines()
    if START not in old or END not in old:
        sys.exit('%s: the lines that mark the options are missing' % page)
    first, last = old.index(START) + 1, old.index(END)
    new = old[:first] + render(options) + old[last:]
    if command == 'renew':
        with open(page, 'w', encoding='utf-8') as f:
            f.writelines(new)
    elif new != old:
        sys.stdout.writelines(difflib.unified_diff(old, new, page, program + ' --help'))
        sys.exit('devtools/man.py renew %s %s' % (program, page))


main()
