# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
# Debian packages: installed when missing, and only then, with no daemon started or enabled by it.

packages_cost=60
system=${TOOLS_SYSTEM:-} # the tests bring a root of their own
policy=$system/usr/sbin/policy-rc.d
policy_kept=$policy.kept-by-ack-cluster-dns
policy_mark="ack-cluster-dns: no daemon starts while its packages are installed"
units=(containerd.service ssh.service ssh.socket)

wanted_packages() { sed 's/#.*//' "$recipes/packages" | xargs -r -n 1; }

# missing_packages: prints those that are not installed. On a system without dpkg it prints all of
# them: installing then fails with its reason.
missing_packages() {
	local installed
	# shellcheck disable=SC2046 # words
	installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $(wanted_packages) 2>/dev/null |
		sed -n 's/ installed$//p' || true)
	wanted_packages | grep -vxF -f <(echo "$installed") || true
}

install_packages() {
	local missing unit enabled=()
	mapfile -t missing < <(missing_packages)
	log=$out/logs/packages.log
	: >"$log"
	step_title="Debian packages"
	command -v apt-get >/dev/null ||
		fail "these packages are missing and there is no apt-get to install them: ${missing[*]}. Debian 12 has all of them under these names."
	[ "$(id -u)" -eq 0 ] ||
		fail "these packages are missing and only root can install them: ${missing[*]}. As root: tools/install packages"

	status_file=$out/.install/work/apt-status
	: >"$status_file"
	for unit in "${units[@]}"; do
		if [ -e "$system/etc/systemd/system/multi-user.target.wants/$unit" ]; then enabled+=("$unit"); fi
	done
	policy_set
	package_list="${#missing[@]} packages"
	export DEBIAN_FRONTEND=noninteractive
	watch_command "$log" packages_updating dpkg --configure -a || # what an interrupted run left
		fail_with_log "dpkg could not finish an earlier installation" "$log"
	watch_command "$log" packages_updating apt-get -q update ||
		fail_with_log "the list of Debian packages could not be fetched" "$log"
	# shellcheck disable=SC2016 # expanded by the inner shell
	watch_command "$log" packages_installing sh -c 'status=$1; shift; exec "$@" 3>"$status"' sh "$status_file" \
		apt-get -q install -y --no-install-recommends -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 "${missing[@]}" ||
		fail_with_log "Debian packages could not be installed (${missing[*]})" "$log"
	policy_restore
	for unit in "${units[@]}"; do
		[[ " ${enabled[*]} " = *" $unit "* ]] || systemctl -q disable "$unit" >>"$log" 2>&1 || true
	done
	say "$step_title: installed ${missing[*]}"
}

packages_updating() { progress 50 "fetching the list of packages"; }

# apt's own account: "dlstatus:NUMBER:PERCENT:TEXT" while it downloads, "pmstatus:..." after that.
packages_installing() {
	local phase percent
	IFS=: read -r phase _ percent _ < <(tail -n 1 "$status_file") || true
	percent=${percent%%.*}
	case ${phase:-} in
	dlstatus) progress $((100 + 4 * percent)) "downloading $package_list" ;;
	pmstatus) progress $((500 + 5 * percent)) "installing $package_list" ;;
	*) progress 100 "choosing what $package_list needs" ;;
	esac
}

# policy_set: Debian asks this program before a package may start its daemon.
policy_set() {
	policy_restore
	[ ! -e "$policy" ] || mv "$policy" "$policy_kept"
	printf '#!/bin/sh\n# %s\nexit 101\n' "$policy_mark" >"$out/.install/work/policy"
	install -D -m 755 "$out/.install/work/policy" "$policy"
}

policy_left() { [ -e "$policy_kept" ] || grep -qsF "$policy_mark" "$policy"; }

# policy_restore: also after a run that was killed, from whatever point.
policy_restore() {
	policy_left || return 0
	if grep -qsF "$policy_mark" "$policy"; then rm -f "$policy"; fi
	if [ -e "$policy_kept" ]; then mv "$policy_kept" "$policy"; fi
}
