#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Renders the figures of the guide from their sources in doc/guide/figures.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

FIGURES=$ROOT/doc/guide/figures
CHECK=

usage()
{
	cat <<-'END'
		Usage: devtools/figures.sh [--check]

		Renders doc/guide/figures/*.{gp,dot} to SVG files of the same name, with
		gnuplot and dot.

		  --check  write nothing: every source renders and has its SVG, and every SVG
		           has a source. The bytes are not compared, since versions of a
		           renderer differ. Status 77 if a renderer is not installed.
		  --help   this text
	END
}

# render SOURCE SVG
render()
{
	case $1 in
	*.gp) gnuplot -e "set output '$2'" "$1" ;;
	*.dot) dot -T svg -o "$2" "$1" ;;
	esac
}

# svg_is_sound FILE: it has been written to its end.
svg_is_sound()
{
	grep -q '<svg' "$1" && tail -n 3 "$1" | grep -q '</svg>'
}

check_figure()
{
	local source=$1 name

	name=$(basename "${source%.*}")
	if ! render "$source" "$WORKDIR/$name.svg" || ! svg_is_sound "$WORKDIR/$name.svg"; then
		echo "$source: does not render"
		return 1
	fi
	[[ -f ${source%.*}.svg ]] && return 0
	echo "$source: not rendered: run devtools/figures.sh"
	return 1
}

has_source()
{
	local extension

	for extension in gp dot; do
		[[ ! -f ${1%.svg}.$extension ]] || return 0
	done
	echo "$1: no source"
	return 1
}

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--check) CHECK=1 ;;
	*) usage >&2; die "unknown option '$1'" ;;
	esac
	shift
done

for renderer in gnuplot dot; do
	command -v "$renderer" >/dev/null || { echo "$renderer is not installed"; exit 77; }
done
make_workdir
FAILED=0
for source in "$FIGURES"/*.gp "$FIGURES"/*.dot; do
	if [[ -n $CHECK ]]; then
		check_figure "$source" || FAILED=1
	else
		render "$source" "${source%.*}.svg" || FAILED=1
	fi
done
for svg in "$FIGURES"/*.svg; do
	has_source "$svg" || FAILED=1
done
exit "$FAILED"
