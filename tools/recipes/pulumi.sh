# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=3.259.0
module=tools/pulumi
package=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
ldflags="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$version"
cost=430

# A person's own pulumi of this version, which brings its official language host along. One below a
# .lab or in .tools leads to what is looked for here, and would then lead to itself.
found() {
	local candidate
	while read -r candidate; do
		[[ $(realpath -s "$candidate") != "$out"/* ]] || continue
		candidate=$(realpath "$candidate")
		[[ $candidate != */.lab/* && $candidate != "$(realpath "$out")"/* ]] || continue
		[ "$(PULUMI_SKIP_UPDATE_CHECK=1 "$candidate" version 2>/dev/null)" = "v$recipe_version" ] || continue
		echo "$candidate"
		return
	done < <(type -ap pulumi)
}
