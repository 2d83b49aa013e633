# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

from pathlib import Path

project = 'libration'
copyright = '2026, The libration authors'
version = '0.1'
release = '0.1.0'

master_doc = 'index'
exclude_patterns = ['_build']
html_theme = 'alabaster'
highlight_language = 'c'

# The archive of a release has no page of results; the pages that refer to it do without the link.
if not (Path(__file__).parent / 'results.rst').exists():
    suppress_warnings = ['toc.not_readable', 'ref.doc']
