#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The built pages: the guide links the API pages and they link back, the first API page is not
# empty, and no page shows what applications must not call. Run by devtools/test.sh, with a build
# directory in which the pages are built.

# shellcheck source=test/install/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Each link of a page to the other pages leads to a file.
links_lead_somewhere()
{
	local link bad=0

	while read -r link; do
		[[ -s ${1%/*}/$link ]] || { echo "$1: $link leads nowhere"; bad=1; }
	done < <(grep -ohE 'href="[^"#:]*\.html' "$1" | cut -d '"' -f 2 | sort -u)
	return "$bad"
}

links()
{
	grep -qF "href=\"$2" "$1" && [[ -s ${1%/*}/$2 ]]
}

text_of()
{
	sed 's/<[^>]*>//g' "$1"
}

first_page_says_what_there_is()
{
	local word

	for word in ration_try_charge ration_quiescent ration_domain_create \
			group__ration__charge group__ration__drain; do
		grep -q "$word" "$1" || { echo "$1: no $word"; return 1; }
	done
	(($(text_of "$1" | wc -w) > 150))
}

# Names for the inline functions, as links, headings or members.
shows_no_private_name()
{
	local page bad=0

	for page in "$1"/*.html; do
		! grep -E ">(__ration_[a-z_]+|RATION_(ABI|LAYOUT|REQUESTS_MAX)|ration_stock)<" \
			"$page" || { echo "in $page"; bad=1; }
	done
	# The pages would show the headers as they are.
	! compgen -G "$1/*_source.html" && return "$bad"
}

installs_pages()
{
	DESTDIR=$WORKDIR/installed meson install -C "$BUILD" --no-rebuild --tags doc || return 1
	find "$WORKDIR/installed" -name index.html
	[[ -s $(find "$WORKDIR/installed" -path '*/share/doc/libration/html/index.html') &&
		-s $(find "$WORKDIR/installed" -path '*/share/doc/libration/api/index.html') ]]
}

make_workdir
BUILD=${1:?usage: $0 build folder}
GUIDE=$BUILD/doc/html
API=$BUILD/doc/api
claim 'the first page of the guide links the API pages' links "$GUIDE/index.html" ../api/index.html
claim 'so does the API by groups' links "$GUIDE/reference/api.html" ../../api/index.html
claim 'the API pages link the guide' links "$API/index.html" ../html/index.html
claim 'links of the first page lead somewhere' links_lead_somewhere "$GUIDE/index.html"
claim 'links of the first API page lead somewhere' links_lead_somewhere "$API/index.html"
claim 'the first API page says what there is' first_page_says_what_there_is "$API/index.html"
claim 'the API pages show no private name' shows_no_private_name "$API"
claim 'the pages are installed' installs_pages
finish
