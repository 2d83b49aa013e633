#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The libration authors
#
# Runs all tests of ration-bench and writes the results page of the guide with its plots.

set -u
# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/packages.sh
. "$ROOT/devtools/packages.sh"
# shellcheck source=devtools/dpdk.sh
. "$ROOT/devtools/dpdk.sh"
# shellcheck source=devtools/results-page.sh
. "$ROOT/devtools/results-page.sh"

PAGE=$ROOT/doc/guide/results.rst
FOLDER=$ROOT/doc/guide/results
INDEX=$ROOT/doc/guide/index.rst
JOURNAL=/run/ration-isolation/journal
REPEATS=1001
MEMORY=2048
JSON=
OTHER_PAGE=
REPLOT=
CPUS=

usage()
{
	cat <<-'END'
		Usage: [sudo] devtools/results.sh [--cpus LIST] [--repeats N] [--memory MIB]
		                                  [--json FILE] [--page FILE] [--replot]

		Builds a release, runs ration-bench --test=all, and writes doc/guide/results.rst and
		the plots in doc/guide/results. This takes up to ten minutes; nothing else should
		run. As root it isolates the CPU that hiccup and latency measure for some time, in
		a PID namespace: other threads are not moved, but interrupts are.

		  --cpus LIST    CPUs to measure on, such as 2,3 (default: all allowed CPUs)
		  --repeats N    windows of each case (default 1001)
		  --memory MIB   memory for EAL, without hugepages (default 2048)
		  --json FILE    write the page from this report without measuring; keep the plots
		  --page FILE    write this page, and change nothing else; needs --json
		  --replot       only draw the plots again, from the data and scripts in
		                 doc/guide/results
		  --help         print this text
	END
}

# lcores CPUS: convert "2,3" to the format of EAL's --lcores: 0@2,1@3.
lcores()
{
	awk -v cpus="$1" 'BEGIN {
		n = split(cpus, part, ",")
		for (i = 1; i <= n; i++) {
			m = split(part[i], range, "-")
			for (c = range[1]; c <= range[m]; c++)
				printf("%s%d@%d", (found++ > 0 ? "," : ""), found, c)
		}
	}'
}

allowed_cpus()
{
	awk '/^Cpus_allowed_list:/ { print $2 }' /proc/self/status
}

build_release()
{
	local build=$ROOT/build-results

	[[ -f $build/build.ninja ]] || step 'configure' 120 "$WORKDIR/build.log" \
		env CFLAGS= LDFLAGS= meson setup -Dbuildtype=release -Dtests=false "$build" \
		"$ROOT" || return 1
	step 'build' 600 "$WORKDIR/build.log" ninja -C "$build" app/bench/ration-bench || return 1
	BENCH=$build/app/bench/ration-bench
}

# Isolating a CPU moves threads away from it. In a PID namespace these are our own threads only.
can_isolate()
{
	is_root && unshare --pid --fork --mount-proc true 2>/dev/null || return 1
	[[ ! -e $JOURNAL ]] ||
		{ echo "no comparison with an isolated CPU: $JOURNAL exists"; return 1; }
}

# in_namespace COMMAND ARG...: when the first process of a PID namespace ends, the kernel kills all
# others. So the first process is a shell that outlives the command and undoes the isolation.
# shellcheck disable=SC2016 # the inner shell's variables
in_namespace()
{
	unshare --pid --fork --mount-proc "$BASH" -c 'trap : HUP INT TERM
		"$@"
		status=$?
		"$0" leave || exit
		exit "$status"' "$RATION_ISOLATE" "$@"
}

measure()
{
	local -a bench

	rm -rf "$FOLDER"
	mkdir -p "$FOLDER"
	JSON=$FOLDER/results.json
	bench=("$BENCH" --lcores "$(lcores "$CPUS")" --no-huge --no-shconf -m "$MEMORY" --no-pci
		--file-prefix="results-$RATION_TAG" --log-level='*:error' -- --test=all
		--repeats "$REPEATS" --json "$JSON" --plot "$FOLDER")
	if can_isolate; then
		export RATION_ISOLATE=$ROOT/config/isolation/isolate.sh
		in_namespace "${bench[@]}" --isolate || return 1
	else
		"${bench[@]}" || return 1
	fi
}

# Draw the plots again after a change of their scripts.
replot()
{
	local script found=

	for script in "$FOLDER"/*.gp; do
		[[ -e $script ]] || continue
		found=yes
		(cd "$FOLDER" && gnuplot "${script##*/}") || die "gnuplot failed at '$script'"
	done
	[[ -n $found ]] || die "there are no scripts in '$FOLDER': measure first"
}

# check_report: the file is a report of a whole run of all tests.
check_report()
{
	[[ -r $JSON ]] || die "cannot read '$JSON'"
	jq -e '.rows and .ratios and .machine' "$JSON" >/dev/null 2>&1 ||
		die "'$JSON' is not a report of ration-bench"
	[[ $(query .test) == all ]] ||
		die "'$JSON' is a report of '$(query .test)' and not of all tests"
	[[ $(query .interrupted) != true ]] || die "'$JSON' is a report of an interrupted run"
}

# Add the page to the table of contents of the guide.
name_in_index()
{
	grep -q '^   results$' "$INDEX" || sed -i 's/^   bench$/&\n   results/' "$INDEX"
}

while (($# > 0)); do
	case $1 in
	-h | --help) usage; exit 0 ;;
	--cpus) CPUS=${2:?--cpus needs a list}; shift ;;
	--repeats) REPEATS=${2:?--repeats needs a number}; shift ;;
	--memory) MEMORY=${2:?--memory needs a number}; shift ;;
	--json) JSON=${2:?--json needs a file}; shift ;;
	--page) OTHER_PAGE=${2:?--page needs a file}; shift ;;
	--replot) REPLOT=1 ;;
	*) usage >&2; die "unknown option '$1'" ;;
	esac
	shift
done

make_workdir
if [[ -n $REPLOT ]]; then
	need_commands gnuplot
	replot
	exit 0
fi
need_commands jq
if [[ -n $OTHER_PAGE ]]; then
	[[ -n $JSON ]] || die '--page needs --json'
	[[ ! $OTHER_PAGE -ef $JSON ]] || die "--page: '$OTHER_PAGE' is the report"
	PAGE=$OTHER_PAGE
fi
CPUS=${CPUS:-$(allowed_cpus)}
if [[ -z $JSON ]]; then
	need_commands gnuplot meson ninja
	build_release || die 'the build failed'
	measure || die 'the measurement failed'
	check_report
else
	check_report
	# The report may be the one of the page, by whatever path.
	if [[ -z $OTHER_PAGE && ! $JSON -ef $FOLDER/results.json ]]; then
		mkdir -p "$FOLDER"
		cp "$JSON" "$FOLDER/results.json" || die "cannot write '$FOLDER/results.json'"
	fi
fi
if ! { page >"$PAGE.new" && mv "$PAGE.new" "$PAGE"; }; then
	rm -f "$PAGE.new"
	die "cannot write '$PAGE'"
fi
[[ -n $OTHER_PAGE ]] || name_in_index || die "cannot write '$INDEX'"
echo "written: $PAGE"
