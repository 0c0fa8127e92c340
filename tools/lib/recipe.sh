# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
# A recipe, recipes/NAME.sh, sets these and may define the functions that have a default here:
#
#	version=   of the program
#	module=    folder of the Go module, from the root of the repository
#	package=   the package to build (default: the module's own)
#	binary=    file name of the program (default: the recipe's name)
#	links=()   other names that the program is called by
#	ldflags=   for the linker
#	inputs=()  more files and folders that decide what comes out
#	cost=      CPU seconds from nothing, in the order of recipes/order
#
#	found NAME ...   prints the path of a program that may be used instead of building
#	build TARGET     builds the program

# recipe_load NAME: reads a recipe into recipe_* variables.
recipe_load() {
	local version module package binary ldflags cost links inputs
	package=. binary=$1 ldflags="" links=() inputs=()
	found() { :; }
	build() { go_compile 0 1000 "$1" "$recipe_module" "$recipe_package"; }
	[ -f "$recipes/$1.sh" ] || fail "there is no recipe for \"$1\" in $recipes"
	# shellcheck source=/dev/null
	source "$recipes/$1.sh"
	recipe_name=$1 recipe_version=$version recipe_module=$root/$module recipe_package=$package
	recipe_binary=$binary recipe_cost=$cost recipe_links=("${links[@]}")
	recipe_ldflags="-s -w${ldflags:+ $ldflags}"
	recipe_digest=$(recipe_inputs "$recipes/$1.sh" "$root/$module" "${inputs[@]/#/$root/}")
	recipe_folder=$1-$version-$recipe_digest
}

# recipe_inputs RECIPE PATHS...: a digest of everything that decides what is built. Tests do not, nor
# does what it costs.
recipe_inputs() {
	local recipe=$1
	shift
	{
		echo "$go_flags $recipe_ldflags"
		sed '/^cost=/d' "$recipe"
		find "$@" -type f \( -name '*.go' -o -name go.mod -o -name go.sum \) ! -name '*_test.go' -print0 |
			LC_ALL=C sort -z | xargs -0 sha256sum | sed "s|  $root/|  |"
	} | sha256sum | cut -c1-12
}

# recipe_target: where the loaded recipe's program is, or is going to be, as seen from bin/.
recipe_target() {
	local elsewhere
	elsewhere=$(found)
	echo "${elsewhere:-../$recipe_folder/$recipe_binary}"
}

recipe_in_place() {
	local link target
	target=$(recipe_target)
	for link in "$recipe_binary" "${recipe_links[@]}"; do
		[ "$(readlink "$out/bin/$link")" = "$target" ] && [ -x "$out/bin/$link" ] || return 1
	done
}

# recipe_make NAME: builds what is not there, links it, and drops what it replaces.
recipe_make() {
	local link target
	recipe_load "$1"
	step_title="$1 $recipe_version"
	target=$(recipe_target)
	if [[ $target != /* ]] && [ ! -d "$out/$recipe_folder" ]; then
		go_check
		work=$out/.install/work/$1
		log=$out/logs/$1.log
		mkdir -p "$work/tmp" "$work/done"
		: >"$log"
		export GOTMPDIR=$work/tmp # so that an interrupted compiler leaves nothing in /tmp
		build "$work/done/$recipe_binary"
		mv -T "$work/done" "$out/$recipe_folder"
		rm -rf "$work"
	fi
	for link in "$recipe_binary" "${recipe_links[@]}"; do
		ln -sfn "$target" "$out/.install/work/link"
		mv -T "$out/.install/work/link" "$out/bin/$link"
	done
	recipe_drop_old
	if [[ $target = /* ]]; then say "$step_title: $target is used"; else say "$step_title is ready"; fi
}

# recipe_drop_old: NAME-VERSION-DIGEST of other versions and digests.
recipe_drop_old() {
	local folder
	for folder in "$out/$recipe_name"-*; do
		folder=${folder##*/}
		if [[ $folder =~ ^"$recipe_name"-[^-]+-[0-9a-f]{12}$ ]] && [ "$folder" != "$recipe_folder" ]; then
			rm -rf "${out:?}/$folder"
		fi
	done
}
