#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# ration-pmd lets EAL keep its files only in a directory that other users cannot write to.

# shellcheck source=test/pmd/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

# An unused user id, and the directory that ration-pmd creates for it.
NOBODY=64999
OWN=/tmp/ration-$NOBODY
HOLD=("${EAL[@]}" "${NULLS[@]}" --)

# Create an empty parent for the runtime directory, RUN.
fresh()
{
	RUN=$WORK/run
	rm -rf "$RUN"
	mkdir -m 700 "$RUN"
	export RUNTIME_DIRECTORY=$RUN
}

# refused TEXT: ration-pmd fails with this message before it starts EAL.
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

missing_is_created()
{
	fresh
	runs || return 1
	[[ $(stat -c '%a %u' "$RUN/dpdk") == "700 $EUID" ]] || { stat "$RUN/dpdk"; return 1; }
}

own_is_accepted()
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

writable_parent_is_refused()
{
	fresh
	chmod 777 "$RUN"
	refused "$RUN can be written to by others"
}

sticky_parent_is_accepted()
{
	fresh
	chmod 1777 "$RUN"
	runs
}

of_another_user_is_refused()
{
	fresh
	mkdir -m 700 "$RUN/dpdk"
	chown "$NOBODY" "$RUN/dpdk"
	refused "$RUN/dpdk belongs to another user"
}

# open_to_others TYPE: print the files of this type that other users can access.
open_to_others()
{
	find "$RUN/dpdk" -type "$1" -perm /077
}

created()
{
	[[ -n $(find "$RUN/dpdk" -type "$1" 2>/dev/null) ]]
}

# EAL creates shared files and sockets, with a umask that allows access for all users.
files_are_private()
{
	local shared=() word i open

	fresh
	for word in "${HOLD[@]}"; do
		[[ $word == --no-shconf ]] || shared+=("$word")
	done
	no_output
	(umask 0 && exec "$PMD" "${shared[@]}" --duration="$DEADLINE") >"$WORK/out" 2>"$WORK/err" \
		</dev/null &
	CHILD=$!
	# Sockets exist only while ration-pmd runs.
	for ((i = 0; i < DEADLINE * 10; i++)); do
		! created s || ! created f || break
		sleep 0.1
	done
	if ! created s || ! created f; then
		echo 'EAL did not create sockets and files'
		return 1
	fi
	open=$(open_to_others s && open_to_others f && open_to_others d)
	kill -INT "$CHILD"
	wait "$CHILD"
	STATUS=$?
	CHILD=
	[[ -z $open ]] || { echo "other users can access: $open"; return 1; }
	expect_status 0
}

# Run the program as an unprivileged user without a runtime directory.
as_nobody()
{
	env -u RUNTIME_DIRECTORY -u XDG_RUNTIME_DIR HOME="$WORK" \
		setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups \
		timeout -k 5 "$DEADLINE" "$WORK/bin/ration-pmd" "${HOLD[@]}" --max-packets=64 \
		>"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
	cat "$WORK/err"
}

unprivileged_user_gets_own_directory()
{
	rm -rf "$OWN"
	as_nobody
	expect_status 0 && expect_message "EAL keeps its files in $OWN" || return 1
	[[ $(stat -c '%a %u' "$OWN") == "700 $NOBODY" ]]
}

planted_directory_is_refused()
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

# root_claim TEXT FUNCTION ARG...: like claim, but skipped without root.
root_claim()
{
	if ((EUID == 0)); then
		claim "$@"
	else
		TESTS=$((TESTS + 1))
		echo "ok $TESTS - $1 # SKIP needs root, to create files of another user"
	fi
}

claim 'a missing runtime directory is created, for its user only' missing_is_created
claim 'a directory of the user is accepted' own_is_accepted
claim 'a symbolic link is refused' symlink_is_refused
claim 'a file is refused' file_is_refused
claim 'a directory that the group can write to is refused' writable_is_refused 770
claim 'a directory that all users can write to is refused' writable_is_refused 777
claim 'a directory whose parent all users can write to is refused' writable_parent_is_refused
claim 'a directory whose parent is sticky like /tmp is accepted' sticky_parent_is_accepted
claim 'other users cannot access the files of EAL, with any umask' files_are_private
root_claim 'a directory of another user is refused' of_another_user_is_refused
if ((EUID == 0)); then
	chmod 711 "$WORK"
	install -D -m 755 "$PMD" "$WORK/bin/ration-pmd"
	chmod 755 "$WORK/bin"
fi
root_claim 'an unprivileged user without a runtime directory gets one in /tmp' \
	unprivileged_user_gets_own_directory
root_claim 'the directory in /tmp is refused if another user created it' \
	planted_directory_is_refused
root_claim 'the directory in /tmp is refused if it is a symbolic link' planted_link_is_refused
((EUID != 0)) || rm -rf "$OWN"

conclude
