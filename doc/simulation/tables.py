#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
"""Write the tables of doc/guide/internals/at_limit_simulation.rst, from the model in lines.py.

Usage: tables.py [--lcores N,...] >doc/guide/internals/at_limit_simulation.inc
       tables.py --fit

  --lcores N,...  only these rows of the predictions; their figures are those of the whole tables
  --fit           fit the times of lines.py to the measured figures and print them, no tables
"""

import argparse
import itertools
import math

import lines

LCORES = (2, 16, 64, 128, 256, 1024)
WORK = (0, 50, 100)  # ns of other work per packet
OTHER = 50  # the same where there is only one column
# The design per packet is there to compare: other work changes it little, and it takes long.
COLUMNS = [(design, work) for design in lines.DESIGNS
           for work in (WORK if design != 'per packet' else (OTHER,))]
# ns per packet of the design per packet, without other work: case: lcores: measured.
MEASURED = {
    'all refused': {1: 77.76, 2: 322.04, 4: 490.61, 8: 715.47, 15: 1061.33},
    'half refused': {1: 53.19, 2: 130.43, 4: 243.37, 8: 349.97, 15: 533.57},
    'limit 75 %': {1: 50.74, 2: 153.69, 4: 323.73, 8: 606.67, 15: 1265.94},
    'limit 99 %': {1: 30.85, 2: 87.37, 4: 181.55, 8: 327.90, 15: 685.13},
    'limit 150 %': {1: 11.78, 2: 6.78, 4: 31.26, 8: 81.17, 15: 210.13},
}
HEAD = """\
..  SPDX-License-Identifier: BSD-3-Clause
    Copyright(c) 2026 The libration authors

..  Written by doc/simulation/tables.py; do not edit."""


def calibration(times, wanted=lambda lcores: True):
    """Yield (case, lcores, measured, simulated) of the measured figures for wanted lcores."""
    for case, row in MEASURED.items():
        for lcores, measured in row.items():
            if not wanted(lcores):
                continue
            simulated = lines.simulate(case, 'per packet', lcores, times=times, bursts=(8, 16))[0]
            yield case, lcores, measured, simulated


def deviation(rows):
    """Return the root mean square of the logarithms of simulated / measured."""
    squares = [math.log(simulated / measured) ** 2 for _, _, measured, simulated in rows]
    return math.sqrt(math.fsum(squares) / len(squares))


def fit():
    """Print the times that fit best: those of one lcore first, then those of transfers."""
    times = dict(lines.TIMES)

    def search(wanted, **candidates):
        best = math.inf, ()
        for values in itertools.product(*candidates.values()):
            times.update(zip(candidates, values))
            best = min(best, (deviation(list(calibration(times, wanted))), values))
        times.update(zip(candidates, best[1]))
        found = ', '.join(f'{name} {value:.0f} ns' for name, value in zip(candidates, best[1]))
        print(f'{found}: deviation {best[0]:.3f}')

    search(lambda lcores: lcores == 1, slow=[float(ns) for ns in range(50, 92, 2)],
           local=[10.0, 15.0, 20.0, 25.0])
    search(lambda lcores: lcores > 1, service=[float(ns) for ns in range(60, 115, 5)],
           flight=[float(ns) for ns in range(0, 120, 20)])


def heading(text, character):
    print(f'\n{text}\n{character * len(text)}\n')


def table(header, rows):
    """Print a table of the guide."""
    print('.. csv-table::')
    print('   :header: ' + ', '.join(f'"{cell}"' for cell in header))
    print()
    for row in rows:
        print('   ' + ', '.join(row))


def print_calibration():
    """Print measured and simulated figures side by side."""
    rows = list(calibration(lines.TIMES))
    heading('Calibration', '-')
    print(', '.join(f'{name} {value:.0f} ns' for name, value in lines.TIMES.items()) + '.\n')
    table(('case', 'lcores', 'measured', 'simulated', 'difference'),
          [(case, str(lcores), f'{measured:.1f}', f'{simulated:.1f}',
            f'{100 * (simulated / measured - 1):+.0f} %')
           for case, lcores, measured, simulated in rows])
    several = [row for row in rows if row[1] > 1]
    factor = math.exp(deviation(several))
    worst = max(several, key=lambda row: abs(math.log(row[3] / row[2])))
    print(f'\nWith 2 lcores and more, simulated and measured figures differ by a factor of '
          f'{factor:.2f} (root mean\nsquare of the logarithms); the largest difference is that of '
          f'{worst[0]} with {worst[1]} lcores.')


def print_predictions(numbers):
    """Print time and granted share of each case."""
    header = ['lcores'] + [f'{design}, {work}' for design, work in COLUMNS]
    for case in lines.CASES:
        results = {lcores: [lines.simulate(case, design, lcores, work,
                                           bursts=length(design, lcores))
                            for design, work in COLUMNS] for lcores in numbers}
        heading(f'Predicted: {case}', '-')
        print('ns per packet and lcore, without the other work:\n')
        table(header, [[str(lcores)] + [nanoseconds(result[0] - work) for result, (_, work)
                                        in zip(row, COLUMNS)]
                       for lcores, row in results.items()])
        if any(result[2] < 0.995 for row in results.values() for result in row) and (
                case.endswith('%')):
            print('\nGranted, % of the packets of all lcores:\n')
            table(header, [[str(lcores)] + [f'{100 * result[2]:.0f}' for result in row]
                           for lcores, row in results.items()])


def print_bystanders(numbers):
    """Print what bystanders pay while as many other lcores are at a limit."""
    columns = [(case, design) for case in ('half refused', 'limit 75 %')
               for design in lines.DESIGNS]
    heading('Predicted: bystanders', '-')
    print(f'ns per packet of a bystander, without {OTHER} ns of other work; half of the lcores are '
          'bystanders, *alone*\nwithout the other half:\n')
    table(['lcores', 'alone'] + [f'{case}, {design}' for case, design in columns],
          [[str(lcores)] + [nanoseconds(bystander(case, design, active, lcores // 2))
                            for active, (case, design) in
                            [(0, columns[0])] + [(lcores // 2, column) for column in columns]]
           for lcores in numbers])


def bystander(case, design, active, bystanders):
    """Return ns per packet of a bystander, without its other work."""
    result = lines.simulate(case, design, active, OTHER, bursts=length(design, bystanders),
                            bystanders=bystanders)
    return result[1] - OTHER


def length(design, lcores):
    """Return how many bursts each lcore does before the measurement and in it.

    The design in use needs some time until all lcores have their share.
    """
    if design == 'in use':
        return (64, 8) if lcores <= 256 else (128, 2)
    return (4, 8) if lcores <= 64 else (2, 4) if lcores <= 256 else (2, 2)


def nanoseconds(value):
    return f'{value:.1f}' if value < 99.95 else f'{value:.0f}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--lcores', metavar='N,...', default=','.join(map(str, LCORES)))
    parser.add_argument('--fit', action='store_true')
    options = parser.parse_args()
    if options.fit:
        fit()
        return
    numbers = [int(number) for number in options.lcores.split(',')]
    print(HEAD)
    print_calibration()
    print_predictions(numbers)
    print_bystanders(numbers)


if __name__ == '__main__':
    main()
