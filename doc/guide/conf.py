# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors

project = 'libration'
copyright = '2026, The libration authors'
version = '0.1'
release = '0.1.0'

master_doc = 'index'
exclude_patterns = ['_build']
html_theme = 'alabaster'
highlight_language = 'c'
