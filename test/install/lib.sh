# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Functions of the tests in this directory: TAP. Sourced first.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../devtools/common.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"

NUMBER=0
FAILED=0

# claim NAME COMMAND ARG...: one line of TAP; the output of the command is shown if it fails.
claim()
{
	local name=$1 output

	shift
	NUMBER=$((NUMBER + 1))
	if output=$("$@" 2>&1); then
		echo "ok $NUMBER - $name"
	else
		echo "not ok $NUMBER - $name"
		tail -n 40 <<<"$output" | sed 's/^/# /'
		FAILED=1
	fi
}

# skip_all REASON
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

finish()
{
	echo "1..$NUMBER"
	exit "$FAILED"
}

# lines_of FILE LANGUAGE PATTERN: the first block of Markdown in this language with the pattern.
lines_of()
{
	awk -v start="\`\`\`$2" -v pattern="$3" '
		$0 == start { inside = 1; text = ""; next }
		inside && /^```$/ {
			inside = 0
			if (text ~ pattern) { printf "%s", text; exit }
		}
		inside { text = text $0 "\n" }' "$1"
}

# block_of FILE PATTERN: the same for reStructuredText, blocks of the language console.
block_of()
{
	awk -v pattern="$2" '
		/^\.\. code-block:: console$/ { inside = 1; text = ""; next }
		inside && /^[^ ]/ {
			inside = 0
			if (text ~ pattern) { printf "%s", text; done = 1; exit }
		}
		inside && NF { sub(/^   /, ""); text = text $0 "\n" }
		END { if (inside && !done && text ~ pattern) printf "%s", text }' "$1"
}
