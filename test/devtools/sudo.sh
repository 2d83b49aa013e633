#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The scripts of the README start themselves again as root, through a sudo of our own, and go on
# without root where that is not possible or not wanted.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../devtools/common.sh"
# shellcheck source=test/devtools/lib.sh
. "$ROOT/test/devtools/lib.sh"

# Another user, if this is root: one who may be unable to enter the source tree.
make_copy()
{
	COPY=$WORKDIR/copy
	mkdir -p "$COPY/bin" "$COPY/tmp" && cp -r "$ROOT/devtools" "$ROOT/config" "$COPY/" &&
		chmod 755 "$WORKDIR" || return 1
	AS=()
	if is_root; then
		chown -R 65534:65534 "$COPY"
		AS=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fi
	cat >"$COPY/bin/sudo" <<-'END'
		#!/bin/bash
		# With -n and -v: may this user become root? Otherwise tell what should run.
		case $1 in
		-n | -v) exit "$REFUSES" ;;
		esac
		printf '%s\n' "$@" >"$COPY/asked"
		exit 42
	END
	# A script that does not ask must not get far: nothing is built.
	printf '#!/bin/sh\nexit 1\n' >"$COPY/bin/meson"
	chmod 755 "$COPY/bin/sudo" "$COPY/bin/meson"
}

# run REFUSES SCRIPT ARG...: STATUS is its status. The build folder does not exist, so the demo ends
# after it has decided.
run()
{
	local refuses=$1 script=$2

	shift 2
	rm -f "$COPY/asked"
	STATUS=0
	timeout 100 "${AS[@]}" env -u RATION_TAG ${TAG:+"RATION_TAG=$TAG"} COPY="$COPY" \
		REFUSES="$refuses" PATH="$COPY/bin:$PATH" TMPDIR="$COPY/tmp" \
		"$COPY/devtools/$script" "$@" >"$WORKDIR/said" 2>&1 </dev/null || STATUS=$?
	cat "$WORKDIR/said"
	echo "status $STATUS"
}

# The same script with all of its arguments, and with TMPDIR, which sudo does not hand over.
asks_sudo()
{
	run 0 "$@"
	cat "$COPY/asked" && ((STATUS == 42)) &&
		diff <(sed -n '/^TMPDIR=/p; /devtools/,$p' "$COPY/asked") - < <(printf '%s\n' \
			"TMPDIR=$COPY/tmp" "$COPY/devtools/$1" "${@:2}")
}

goes_on_without()
{
	run "$@"
	[[ ! -e $COPY/asked ]] && ((STATUS == 1)) && grep -q 'there is no' "$WORKDIR/said"
}

inside_another_script()
{
	TAG=1 goes_on_without "$@"
}

prints_help()
{
	run 0 "$1" --help
	[[ ! -e $COPY/asked ]] && ((STATUS == 0)) && grep -q '^Usage: ' "$WORKDIR/said" &&
		grep -q -- '--plain-user' "$WORKDIR/said"
}

make_workdir
make_copy || die 'cannot copy the scripts'
NONE=$WORKDIR/none
claim 'the demo asks sudo' asks_sudo demo.sh --seconds 3 --build "$NONE"
claim 'the tests ask sudo' asks_sudo test.sh --quick
claim 'the repeated tests ask sudo' asks_sudo repeat.sh --times 2 --quick
claim 'a refusal: the demo goes on' goes_on_without 1 demo.sh --build "$NONE"
claim '--plain-user: the demo goes on' goes_on_without 0 demo.sh --plain-user --build "$NONE"
claim 'started by another script: the demo goes on' inside_another_script 0 demo.sh --build "$NONE"
for script in demo.sh test.sh; do
	claim "$script --help needs no root" prints_help "$script"
done
conclude
