# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Debian packages that the scripts need. Sourced after common.sh.

# shellcheck disable=SC2034 # used by the scripts that source this file
PACKAGES_BUILD=(gcc libc6-dev meson ninja-build pkg-config libdpdk-dev libyaml-dev
	libjansson-dev libpcap-dev jq)
# shellcheck disable=SC2034
PACKAGES_TRAFFIC=(ethtool iperf iperf3 iproute2 iputils-ping procps)
# shellcheck disable=SC2034
PACKAGES_TEST=(g++ libcmocka-dev dpdk-dev clang clang-format clang-tidy clang-tools
	cppcheck shellcheck codespell spin tcc pyflakes3 abigail-tools dwarves binutils gcovr
	libclang-rt-dev stress-ng util-linux valgrind gnuplot-nox man-db make
	git)
# shellcheck disable=SC2034
PACKAGES_DOCS=(python3-sphinx doxygen graphviz gnuplot-nox)
# shellcheck disable=SC2034
PACKAGES_VM=(qemu-system-x86 cpio gcc libc6-dev bash util-linux)

is_installed()
{
	# shellcheck disable=SC2016 # dpkg's variable, not ours
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Print the given packages that are not installed.
missing_packages()
{
	local package

	for package; do
		is_installed "$package" || printf '%s\n' "$package"
	done
}

# apt LABEL ARG...: without questions; waits for the lock of another apt.
apt()
{
	local label=$1 log=$WORKDIR/apt.log

	shift
	step "$label" 900 "$log" env DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none \
		apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"
}

# An installation is not interrupted, so that no package is left half configured.
apt_install()
{
	apt 'apt-get update' update || echo '  continuing with the old package lists'
	apt 'downloading packages' install --no-install-recommends --download-only "$@" || return 1
	STEP_PATIENT=apt-get apt 'installing packages' install --no-install-recommends "$@"
}

# install_packages PACKAGE...: install missing packages. An ordinary user gets a message with the
# missing packages and the command; then the status is 1.
install_packages()
{
	local -a missing

	if ! command -v dpkg-query >/dev/null; then
		echo "  not a Debian system; install the equivalent of these packages: $*"
		return 0
	fi
	mapfile -t missing < <(missing_packages "$@")
	if ((${#missing[@]} == 0)); then
		echo '  packages: nothing missing'
		return 0
	fi
	if ! is_root; then
		echo "  not installed: ${missing[*]}"
		echo "  to install:    sudo apt-get install ${missing[*]}"
		return 1
	fi
	echo "  missing packages: ${missing[*]}"
	apt_install "${missing[@]}"
}

# need_commands COMMAND...: end the script if a command is missing.
need_commands()
{
	local command

	for command; do
		command -v "$command" >/dev/null || die "command '$command' is not installed"
	done
}
