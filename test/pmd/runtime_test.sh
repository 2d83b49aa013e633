#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Where ration-pmd lets EAL keep its files: nowhere that others can write to.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# A user id that nobody has, and the folder that the program makes for it.
NOBODY=64999
OWN=/tmp/ration-$NOBODY
HOLD=("${EAL[@]}" "${NULLS[@]}" --)

# fresh: a new place for the runtime directory; RUN is its name.
fresh()
{
	RUN=$WORK/run
	rm -rf "$RUN"
	mkdir -m 700 "$RUN"
	export RUNTIME_DIRECTORY=$RUN
}

# refused TEXT: at once, with one line; nothing is made there.
refused()
{
	pmd "${HOLD[@]}" --max-packets=64
	expect_status 1 && expect_message "$1" || return 1
	! grep -q EAL: "$WORK/err"
}

runs()
{
	pmd "${HOLD[@]}" --max-packets=64
	expect_status 0
}

absent_is_made()
{
	fresh
	runs || return 1
	[[ $(stat -c '%a %u' "$RUN/dpdk") == "700 $EUID" ]] || { stat "$RUN/dpdk"; return 1; }
}

own_is_taken()
{
	fresh
	mkdir -m 755 "$RUN/dpdk"
	runs
}

symlink_is_refused()
{
	fresh
	mkdir -m 700 "$WORK/elsewhere"
	ln -s "$WORK/elsewhere" "$RUN/dpdk"
	refused "$RUN/dpdk is a symbolic link" || return 1
	[[ -z $(ls "$WORK/elsewhere") ]]
}

file_is_refused()
{
	fresh
	: >"$RUN/dpdk"
	refused "$RUN/dpdk is not a directory"
}

# writable_is_refused MODE
writable_is_refused()
{
	fresh
	mkdir "$RUN/dpdk"
	chmod "$1" "$RUN/dpdk"
	refused "$RUN/dpdk can be written to by others"
}

writable_above_is_refused()
{
	fresh
	chmod 777 "$RUN"
	refused "$RUN can be written to by others"
}

sticky_above_is_taken()
{
	fresh
	chmod 1777 "$RUN"
	runs
}

of_another_is_refused()
{
	fresh
	mkdir -m 700 "$RUN/dpdk"
	chown "$NOBODY" "$RUN/dpdk"
	refused "$RUN/dpdk belongs to another user"
}

# open_to_others TYPE: what of that type others could open.
open_to_others()
{
	find "$RUN/dpdk" -type "$1" -perm /077
}

made()
{
	[[ -n $(find "$RUN/dpdk" -type "$1" 2>/dev/null) ]]
}

# With shared files and sockets, and a umask that keeps nobody out.
files_are_private()
{
	local shared=() word i open

	fresh
	for word in "${HOLD[@]}"; do
		[[ $word == --no-shconf ]] || shared+=("$word")
	done
	(umask 0 && exec "$PMD" "${shared[@]}" --duration="$DEADLINE") >"$WORK/out" 2>"$WORK/err" \
		</dev/null &
	CHILD=$!
	# Sockets are there only while it runs.
	for ((i = 0; i < DEADLINE * 10; i++)); do
		! made s || ! made f || break
		sleep 0.1
	done
	if ! made s || ! made f; then
		echo 'no sockets, no files'
		return 1
	fi
	open=$(open_to_others s && open_to_others f && open_to_others d)
	kill -INT "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	[[ -z $open ]] || { echo "open to others: $open"; return 1; }
	expect_status 0
}

# as_nobody ARG...: runs the program as a plain user without a runtime directory.
as_nobody()
{
	env -u RUNTIME_DIRECTORY -u XDG_RUNTIME_DIR HOME="$WORK" \
		setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups \
		timeout -k 5 "$DEADLINE" "$WORK/bin/ration-pmd" "${HOLD[@]}" --max-packets=64 \
		>"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
	cat "$WORK/err"
}

plain_user_gets_own_folder()
{
	rm -rf "$OWN"
	as_nobody
	expect_status 0 && expect_message "EAL keeps its files in $OWN" || return 1
	[[ $(stat -c '%a %u' "$OWN") == "700 $NOBODY" ]]
}

planted_folder_is_refused()
{
	rm -rf "$OWN"
	mkdir -m 777 "$OWN"
	as_nobody
	expect_status 1 && expect_message "$OWN belongs to another user"
}

planted_link_is_refused()
{
	rm -rf "$OWN"
	mkdir -p "$WORK/planted"
	chown "$NOBODY" "$WORK/planted"
	ln -s "$WORK/planted" "$OWN"
	as_nobody
	expect_status 1 && expect_message "$OWN is a symbolic link"
}

# root_claim TEXT FUNCTION ARG...
root_claim()
{
	if ((EUID == 0)); then
		claim "$@"
	else
		TESTS=$((TESTS + 1))
		echo "ok $TESTS - $1 # SKIP only root can make what belongs to others"
	fi
}

claim 'a runtime directory that is not there is made, for its user only' absent_is_made
claim 'one that belongs to the user is taken' own_is_taken
claim 'a symbolic link is refused' symlink_is_refused
claim 'a file is refused' file_is_refused
claim 'one that the group can write to is refused' writable_is_refused 770
claim 'one that all can write to is refused' writable_is_refused 777
claim 'one below a folder that all can write to is refused' writable_above_is_refused
claim 'one below a folder like /tmp is taken' sticky_above_is_taken
claim 'what EAL makes is closed to others, whatever the umask' files_are_private
root_claim 'one of another user is refused' of_another_is_refused
if ((EUID == 0)); then
	chmod 711 "$WORK"
	install -D -m 755 "$PMD" "$WORK/bin/ration-pmd"
	chmod 755 "$WORK/bin"
fi
root_claim 'a plain user without one gets a folder of its own' plain_user_gets_own_folder
root_claim 'not if another user has made it before' planted_folder_is_refused
root_claim 'nor if it is a symbolic link' planted_link_is_refused
((EUID != 0)) || rm -rf "$OWN"

conclude
