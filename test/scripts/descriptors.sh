#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# No script runs with a closed standard descriptor, however it was started: another file would get
# its number.

set -u
ROOT=${1:?usage: $0 path of the sources}
TMP=$(mktemp -d) || exit 1
trap 'rm -rf "$TMP"' EXIT
NUMBER=0
BAD=0

# bash runs this before a script, and then the trap before each command of the script. What it
# wrote last is how the script ended.
cat >"$TMP/watch.sh" <<'END'
watch()
{
	local fd state=

	for fd in 0 1 2; do
		[[ -e /proc/self/fd/$fd && ! /proc/self/fd/$fd -ef $0 ]] || state+=" $fd"
	done
	echo "closed:$state" >"$WATCHED"
}
trap watch DEBUG
END

cat >"$TMP/watch.py" <<'END'
import os, runpy, sys
watched = sys.argv[1]
sys.argv = sys.argv[2:]
try:
    runpy.run_path(sys.argv[0], run_name='__main__')
except BaseException:
    pass
closed = [fd for fd in range(3) if not os.path.exists(f'/proc/self/fd/{fd}')]
with open(watched, 'w') as file:
    file.write('closed:' + ''.join(f' {fd}' for fd in closed))
END

# run CLOSED COMMAND...: run a command with these descriptors closed.
run()
{
	case $1 in
	0) "${@:2}" 0<&- ;;
	1) "${@:2}" 1>&- ;;
	2) "${@:2}" 2>&- ;;
	012) "${@:2}" 0<&- 1>&- 2>&- ;;
	esac
}

# claim TEXT CLOSED COMMAND...
claim()
{
	NUMBER=$((NUMBER + 1))
	rm -f "$TMP/watched"
	(cd "$ROOT" && run "${@:2}") >"$TMP/out" 2>&1 </dev/null
	if [[ -e $TMP/watched && $(<"$TMP/watched") == closed: ]]; then
		echo "ok $NUMBER - $1 with descriptors $2 closed"
	else
		echo "not ok $NUMBER - $1 with descriptors $2 closed"
		echo "# $(cat "$TMP/watched" 2>&1)"
		BAD=1
	fi
}

for script in "$ROOT"/devtools/*.sh "$ROOT"/devtools/*.py "$ROOT"/config/isolation/*.sh; do
	name=${script#"$ROOT"/}
	for closed in 0 1 2 012; do
		if [[ $name == *.py ]]; then
			claim "$name" "$closed" python3 "$TMP/watch.py" "$TMP/watched" \
				"$script" none
		elif [[ -x $script ]]; then
			claim "$name" "$closed" env "BASH_ENV=$TMP/watch.sh" \
				"WATCHED=$TMP/watched" "$script" --help
		fi
	done
done

# A script that does nothing about it is noticed.
printf '#!/bin/bash\n:\n' >"$TMP/bare.sh"
chmod +x "$TMP/bare.sh"
for closed in 0 1 2; do
	NUMBER=$((NUMBER + 1))
	BASH_ENV=$TMP/watch.sh WATCHED=$TMP/watched run "$closed" "$TMP/bare.sh"
	if [[ $(<"$TMP/watched") == "closed: $closed" ]]; then
		echo "ok $NUMBER - a script that leaves descriptor $closed closed is noticed"
	else
		echo "not ok $NUMBER - a script that leaves descriptor $closed closed is noticed"
		BAD=1
	fi
done
echo "1..$NUMBER"
exit "$BAD"
