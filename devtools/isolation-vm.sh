#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Runs test/isolation/vm.sh on several Debian kernels, each in a separate virtual machine, because
# the effect of "isolate.sh enter" and "leave" on threads depends on the kernel.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/packages.sh
. "$ROOT/devtools/packages.sh"

# A kernel before and one after Linux 6.2, which remembers the masks of pinned threads.
PACKAGES=(linux-image-cloud-amd64 linux-image-6.12-cloud-amd64)
# Programs that the scripts and the test run.
PROGRAMS=(bash cat chmod cp diff dirname find flock grep head ln ls mkdir mktemp mount mv
	readlink rm rmdir sed setsid sleep sort stat tail taskset touch tr umount uname unshare)
LIMIT=600
KERNELS=()
WANTED=()

usage()
{
	cat <<-'END'
		Usage: [sudo] devtools/isolation-vm.sh [--kernel FILE]... [PACKAGE...]

		Boots kernels with qemu, four CPUs each, and tests isolate.sh in there. It takes
		some minutes a kernel. Changes nothing on this machine; as root it
		installs the packages it needs, kernels apart: those are only unpacked.

		  --kernel FILE  boot this one (vmlinuz)
		  PACKAGE        boot the kernel of this package of Debian; without any:
		                 linux-image-cloud-amd64 linux-image-6.12-cloud-amd64
		  --help         this text
	END
}

# kernel_of PACKAGE: download and unpack it; KERNEL is its vmlinuz. Packages without a version in
# their name depend on the newest one.
kernel_of()
{
	local package=$1 dir=$WORKDIR/$1 real

	real=$(apt-cache depends "$package" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
	mkdir "$dir" || return 1
	# As an ordinary user, because nothing is installed.
	(cd "$dir" && step "download ${real:-$package}" 300 "$dir/log" \
		apt-get -q -o APT::Sandbox::User=root download "${real:-$package}") || return 1
	dpkg-deb -x "$dir"/*.deb "$dir/tree" || return 1
	KERNEL=$(echo "$dir"/tree/boot/vmlinuz-*)
	[[ -f $KERNEL ]]
}

# install_program NAME: copy a program with all libraries that it needs.
install_program()
{
	local path file

	path=$(command -v "$1") || die "command '$1' is not installed"
	path=$(readlink -f "$path")
	cp "$path" "$TREE/bin/$1" || return 1
	while read -r file; do
		[[ -e $TREE$file ]] || install -D "$file" "$TREE$file" || return 1
	done < <(ldd "$path" 2>/dev/null | grep -o '/[^ ]*')
}

# A machine with only the files of the test; it ends with the test.
make_initramfs()
{
	local program

	TREE=$WORKDIR/tree
	mkdir -p "$TREE"/{bin,dev,proc,run,sys,tmp} || return 1
	for program in "${PROGRAMS[@]}"; do
		install_program "$program" || return 1
	done
	ln -s bash "$TREE/bin/sh"
	cp -r "$ROOT/config/isolation" "$TREE/isolation" &&
		cp -r "$ROOT/test/isolation" "$TREE/test" || return 1
	${CC:-cc} -O -static -pthread -o "$TREE/bin/crowd" "$ROOT/test/isolation/crowd.c" ||
		return 1
	cat >"$TREE/init" <<-'END'
		#!/bin/bash
		export PATH=/bin RATION_VM=1
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		mount -t devtmpfs dev /dev
		ln -s /proc/self/fd /dev/fd
		bash /test/vm.sh /isolation/isolate.sh 2>&1
		echo o >/proc/sysrq-trigger
		sleep 100
	END
	chmod +x "$TREE/init"
	(cd "$TREE" && find . | cpio -o -H newc --quiet) >"$WORKDIR/initramfs"
}

# test_kernel FILE
test_kernel()
{
	local log=$WORKDIR/console.log status=0

	spawn qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 4 -m 768 \
		-nodefaults -display none -serial stdio -no-reboot -kernel "$1" \
		-initrd "$WORKDIR/initramfs" -append 'console=ttyS0 quiet panic=-1' >"$log" 2>&1
	wait_child "$CHILD" "${1##*/}" "$LIMIT" last_line "$log" || status=$?
	tr -d '\r' <"$log" | grep -E '^(ok|not ok|#|1\.\.)'
	if ((status != 0)) || ! grep -q '^1\.\.[0-9]' "$log" || grep -q '^not ok' "$log"; then
		printf '  %s: FAILED\n' "${1##*/}"
		tail -n 20 "$log" | sed 's/^/    | /'
		return 1
	fi
	printf '  %s: all ok\n' "${1##*/}"
}

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--kernel)
		[[ -r ${2:-} ]] || die "--kernel: cannot read '${2:-}'"
		KERNELS+=("$(readlink -f "$2")")
		shift
		;;
	-*) usage >&2; die "unknown option '$1'" ;;
	*) WANTED+=("$1") ;;
	esac
	shift
done

make_workdir
install_packages "${PACKAGES_VM[@]}" || die 'packages are missing'
need_commands qemu-system-x86_64 cpio cc
((${#KERNELS[@]} > 0 || ${#WANTED[@]} > 0)) || WANTED=("${PACKAGES[@]}")
for package in "${WANTED[@]}"; do
	kernel_of "$package" || die "no kernel of package '$package'"
	KERNELS+=("$KERNEL")
done
make_initramfs || die 'cannot make the virtual machine'
BAD=0
for kernel in "${KERNELS[@]}"; do
	test_kernel "$kernel" || BAD=1
done
exit "$BAD"
