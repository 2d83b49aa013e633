#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The archive of a release: without the results of one machine, and still complete: it configures,
# and its guide has no warning.

# shellcheck source=test/install/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# "meson dist" packs what git archives. The attributes come from the directory, so that a change of
# them can be tried before it is committed.
in_git()
{
	git -c safe.directory='*' -C "$ROOT" "$@"
}

archives()
{
	mkdir "$TREE" && in_git archive --worktree-attributes HEAD | tar -x -C "$TREE" &&
		[[ -s $TREE/meson.build ]]
}

carries_no_results()
{
	local found

	found=$(find "$TREE" -path "$TREE/.ci*" -o -path '*/results*' -not -name 'results*.sh' \
		-not -name 'results.[ch]' -not -name 'test_results.c' \
		-not -name 'results.py' | grep -v '^.*/app/')
	echo "$found"
	[[ -z $found ]]
}

configures()
{
	env CFLAGS= LDFLAGS= meson setup "$WORKDIR/build" "$TREE"
}

# Sphinx reads all pages and resolves all references, but writes nothing.
guide_has_no_warning()
{
	command -v sphinx-build >/dev/null || { echo 'Sphinx is not installed'; return 0; }
	sphinx-build -q -W -b dummy "$TREE/doc/guide" "$WORKDIR/html"
}

command -v git >/dev/null || skip_all 'git is not installed'
in_git rev-parse --verify -q HEAD >/dev/null || skip_all 'this is no repository'
make_workdir
TREE=$WORKDIR/tree
claim 'git archives it' archives
claim 'it carries neither results nor what is for the repository only' carries_no_results
claim 'it configures' configures
claim 'its guide has no warning' guide_has_no_warning
finish
