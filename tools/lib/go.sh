# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
# Building Go programs. The flags are set here in full, so that a person's own Go settings (GOFLAGS,
# GOOS, a go.work file, cgo) change nothing; where modules and the cache come from stays theirs.

go_flags="-trimpath -buildvcs=false -mod=readonly"
go_ready=""

# go_check: a toolchain that is new enough, and the environment for every go command that follows.
go_check() {
	local have want
	[ -z "$go_ready" ] || return 0
	if ! command -v go >/dev/null && [ -x /usr/local/go/bin/go ]; then PATH=$PATH:/usr/local/go/bin; fi
	want=$(sed -n 's/^go //p' "$recipe_module/go.mod")
	command -v go >/dev/null ||
		fail "Go is not on PATH. Install Go $want or newer, or put its bin folder on PATH, and run this again."
	unset GOARCH GOEXPERIMENT GODEBUG GOFIPS140 GOBIN
	export GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0 GOOS=linux GOFLAGS=$go_flags
	have=$(cd / && go env GOVERSION)
	have=${have#go}
	[ "$(printf '%s\n' "$want" "$have" | sort -V | head -n 1)" = "$want" ] ||
		fail "Go $want or newer is needed, and $(command -v go) is $have. Put a newer one first on PATH and run this again."
	GOARCH=$(cd / && go env GOHOSTARCH)
	export GOARCH
	go_ready=yes
}

# go_compile FROM TO TARGET MODULE PACKAGE [FLAGS...]: builds one program. FROM and TO say which
# thousandths of the recipe's cost this is.
go_compile() {
	local target=$3 module=$4 package=$5
	from=$1 to=$2
	shift 5
	module_count=$(grep -cE '^\s+\S+ v[0-9]' "$module/go.mod" || true)

	# .Stale: not in the build cache, so to be compiled. The program itself always is, and goes quickly.
	go_output "$work/packages" go_reading list -C "$module" "$@" -deps -f \
		'{{and .Stale (ne .Name "main")}}{{"\t"}}{{.ImportPath}}{{"\t"}}{{.Dir}}{{range .GoFiles}}{{"\t"}}{{.}}{{end}}' "$package" ||
		fail_with_log "$step_title: its Go modules could not be read" "$log"
	go_weigh
	heard=$(wc -l <"$log")
	watch_command "$log" go_compiling \
		go build -C "$module" -v "$@" -ldflags "$recipe_ldflags" -o "$target" "$package" ||
		fail_with_log "$step_title did not compile" "$log"
}

# go_output FILE DESCRIBE ARGUMENTS...: a go command whose output is wanted in a file.
go_output() {
	local file=$1 describe=$2
	shift 2
	# shellcheck disable=SC2016 # expanded by the inner shell
	watch_command "$log" "$describe" sh -c 'file=$1; shift; exec go "$@" >"$file"' sh "$file" "$@"
}

# go_weigh: how much there is to compile. A package weighs what its source weighs: near enough, and
# known beforehand. 1 MB takes about 6 s of CPU time.
go_weigh() {
	local link cost
	awk -F'\t' '$1 == "true" { for (i = 4; i <= NF; i++) print $2 "\t" $3 "/" $i }' "$work/packages" >"$work/files"
	cut -f2 "$work/files" | xargs -r -d '\n' stat -L -c %s | paste <(cut -f1 "$work/files") - |
		awk -F'\t' '{ weight[$1] += $2 } END { for (p in weight) print weight[p], p }' >"$work/weights"
	compile_count=$(wc -l <"$work/weights")
	compile_weight=$(awk '{ sum += $1 } END { printf "%d", sum }' "$work/weights")
	link=$((3 + $(wc -l <"$work/packages") / 250))
	cost=$((link + 6 * compile_weight / 1000000))
	compile_share=$((95 * (cost - link) / cost))
	progress_costs "$cost"
}

# go_share PERCENT: that much of FROM..TO.
go_share() { echo $((from + (to - from) * $1 / 100)); }

go_reading() {
	local count
	count=$(grep -c '^go: downloading' "$log" || true)
	if [ "$count" -eq 0 ]; then
		progress "$from" "reading its modules"
	else
		[ "$count" -le "$module_count" ] || count=$module_count
		progress "$(go_share $((5 * count / (module_count + 1))))" "downloading modules, $count of at most $module_count"
	fi
}

# go_compiling: the go command names a package when it begins to compile it.
go_compiling() {
	local count weight
	read -r count weight < <(awk -v heard="$heard" '
		NR == FNR { weights[$2] = $1; next }
		FNR > heard && $0 in weights { count++; weight += weights[$0] }
		END { printf "%d %d\n", count, weight }' "$work/weights" "$log")
	if [ "$count" -lt "$compile_count" ]; then
		progress "$(go_share $((5 + compile_share * weight / (compile_weight + 1))))" "compiled $count of $compile_count packages"
	else
		progress "$(go_share $((5 + compile_share)))" "all packages compiled, linking"
	fi
}
