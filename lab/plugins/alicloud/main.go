//go:build !describe_alicloud

package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

//go:embed schema.json
var pulumiSchema []byte

func main() {
	tfbridge.Main(pkgName, pkgVersion, providerInfo(), pulumiSchema)
}
