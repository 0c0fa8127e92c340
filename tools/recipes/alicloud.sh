# shellcheck shell=bash disable=SC2034,SC2154 # the parts of tools/install share their variables
version=1.285.0
module=lab/plugins/alicloud
inputs=(tools/shake)
binary=pulumi-resource-alicloud
cost=165

# build TARGET: the provider and the SDK that it calls are first cut down to what our resources reach
# (a third of the work, a quarter of the memory), then asked for the schema that the plugin embeds.
build() {
	local provider=github.com/aliyun/terraform-provider-alicloud sdk=github.com/aliyun/alibaba-cloud-sdk-go
	local source=$work/source kept
	cp -r "$recipe_module" "$source"
	kept=$(sed -n 's/^\t"\(alicloud_[a-z_0-9]*\)": *"alicloud:.*/\1/p' "$source/provider.go" | paste -sd,)
	go_output "$work/modules" alicloud_cutting mod download -C "$source" -json "$provider" "$sdk" ||
		fail_with_log "$step_title: the provider could not be downloaded" "$log"
	watch_command "$log" alicloud_cutting go run -C "$root/tools/shake" . -keep "$kept" -module "$source" \
		-provider "$(module_folder "$provider")" -provider-out "$source/shaken" \
		-sdk "$(module_folder "$sdk")" -sdk-out "$source/shaken-sdk" ||
		fail_with_log "$step_title: the provider could not be cut down" "$log"
	(cd "$source" && go mod edit -replace="$provider=./shaken" -replace="$sdk=./shaken-sdk")

	go_compile 50 900 "$work/describe" "$source" . -tags describe_alicloud
	watch_command "$log" alicloud_describing env -C "$source" "$work/describe" schema --skip-docs --skip-examples ||
		fail_with_log "$step_title: its schema could not be made" "$log"
	go_compile 920 1000 "$1" "$source" .
}

# module_folder PATH: where "go mod download -json" says that a module is.
module_folder() { awk -F'"' -v path="$1" '$2 == "Path" { p = $4 } $2 == "Dir" && p == path { print $4 }' "$work/modules"; }

alicloud_cutting() { progress 10 "cutting the provider down to what is used"; }

alicloud_describing() { progress 900 "making its schema"; }
