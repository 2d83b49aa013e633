#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# The README's own lines, as root: install, compile and start the first program. In a mount
# namespace with /usr/local, /etc and the linker's cache of its own, so that nothing stays on the
# machine.
# RATION_BUILD is the build directory that is installed, with the programs.

# shellcheck source=test/install/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Let changes below a directory go to memory. This namespace only sees them.
overlay()
{
	local name=${1//\//_}

	[[ -d $1 ]] || return 0
	mkdir -p "$LAYERS/$name/upper" "$LAYERS/$name/work" && mount -t overlay overlay \
		-o "lowerdir=$1,upperdir=$LAYERS/$name/upper,workdir=$LAYERS/$name/work" "$1"
}

# /usr/local and what ldconfig writes.
make_layers()
{
	local dir

	LAYERS=$WORKDIR/layers
	mkdir "$LAYERS" && mount -t tmpfs none "$LAYERS" || return 1
	for dir in /usr/local /etc /var/cache; do
		overlay "$dir" || return 1
	done
}

# An earlier installation on this machine must not help.
forget_libration()
{
	find /usr/local \( -name 'libration*' -o -name 'ration*' \) -prune -exec rm -rf {} + &&
		ldconfig && ! ldconfig -p | grep libration
}

# run_lines PATTERN: those lines of the README with the pattern. The block's first line configures
# a build directory; here the one under test has its place.
run_lines()
{
	local line

	while read -r line; do
		[[ $line =~ $1 ]] || continue
		echo "+ $line"
		eval "$line" || return 1
	done <<<"$LINES_OF_README"
}

# The options that the README names are options of the project.
readme_configures()
{
	local line option

	line=$(grep '^meson setup build' <<<"$LINES_OF_README") || return 1
	while read -r option; do
		grep -q "^option('${option#-D}'" "$ROOT/meson_options.txt" ||
			{ echo "no option: $option"; return 1; }
	done < <(grep -o -- '-D[a-z]*' <<<"$line")
}

installs()
{
	run_lines '^ninja .* install$'
}

example_runs()
{
	rm -f example
	run_lines '^cc ' && run_lines '^\./example ' >"$WORKDIR/said" || return 1
	cat "$WORKDIR/said"
	grep -q 'holds 100 packets, the next one was refused' "$WORKDIR/said"
}

static_example_runs()
{
	LINES_OF_README=$(lines_of "$ROOT/README.md" sh 'libration-static'; grep '^\./example ' \
		<<<"$LINES_OF_README") example_runs && ! readelf -d example | grep libration
}

# has FILE...: installed below the prefix.
has()
{
	local file

	for file; do
		[[ -s /usr/local/$file ]] || { echo "not installed: $file"; return 1; }
	done
}

manual_pages_are_found()
{
	local page

	command -v man >/dev/null || return 0
	for page in 'ration-pmd' 'ration-bench' 'libration'; do
		MANPATH=/usr/local/share/man man -w "$page" || return 1
	done
}

# The manual page's example, with the installed files.
pmd_replays_capture()
{
	eal_args readme no-huge
	(cd /usr/local/share/libration && timeout 60 ration-pmd "${EAL_ARGS[@]}" \
		--vdev=net_pcap0,rx_pcap=demo.pcap,infinite_rx=1 --vdev=net_null0,no-rx=1 -- \
		--forward-mode=hold --service-rate=20000 --budget=tenants.yaml --duration=1)
}

if [[ -z ${RATION_NAMESPACE:-} ]]; then
	is_root || skip_all 'needs root'
	unshare --mount --propagation private true 2>/dev/null ||
		skip_all 'cannot make a mount namespace'
	BUILD=$(cd "${RATION_BUILD:-$ROOT/build}" && pwd) || die 'RATION_BUILD: no build folder'
	PREFIX=$(meson introspect --buildoptions "$BUILD" |
		jq -r '.[] | select(.name == "prefix").value') || skip_all 'needs jq'
	[[ $PREFIX == /usr/local ]] || skip_all "the build folder is for $PREFIX"
	export RATION_NAMESPACE=1 RATION_BUILD=$BUILD
	exec unshare --mount --propagation private "$BASH" "$0"
fi

make_workdir
make_layers || skip_all 'cannot mount overlays'
unset LD_LIBRARY_PATH PKG_CONFIG_PATH
PATH=/usr/local/bin:$PATH
cd "$WORKDIR" || exit 1
cp "$ROOT/test/install/example.c" .
ln -s "$RATION_BUILD" build
LINES_OF_README=$(lines_of "$ROOT/README.md" sh 'ninja -C build install')

claim 'no earlier installation is in the way' forget_libration
claim 'the README configures with options that there are' readme_configures
claim 'the README installs' installs
claim 'the first program of the README compiles and starts' example_runs
claim 'so it does with the static library' static_example_runs
claim 'the programs and their files are installed' has bin/ration-pmd bin/ration-bench \
	share/libration/tenants.yaml share/libration/demo.pcap \
	share/libration/isolation/isolate.sh share/doc/libration/examples/example.c \
	share/doc/libration/examples/two_lcores.c share/doc/libration/examples/Makefile \
	share/man/man1/ration-pmd.1 share/man/man1/ration-bench.1 share/man/man3/libration.3
claim 'the manual pages are found' manual_pages_are_found
claim 'ration-pmd replays the installed capture with the installed budgets' pmd_replays_capture
finish
