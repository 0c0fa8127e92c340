//go:build !describe_alicloud

// Command pulumi-resource-alicloud is the real Terraform provider for Alibaba Cloud behind Pulumi's
// bridge, with the resources and functions that provider.go lists. To a program it is the official
// plugin: schema.sums holds it to that plugin's schema.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// pulumiSchema is made by generate.go while the plugin is built.
//
//go:embed schema.json
var pulumiSchema []byte

func main() {
	tfbridge.Main(packageName, packageVersion, providerInfo(), pulumiSchema)
}
