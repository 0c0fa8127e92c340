//go:build describe_alicloud

// The generate step: writes schema.json, which main.go embeds.
//
//	go run -tags describe_alicloud . schema --skip-docs --skip-examples
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/spf13/afero"
)

func main() {
	info := providerInfo()
	tfgen.MainWithCustomGenerate(pkgName, pkgVersion, info, func(opts tfgen.GeneratorOptions) error {
		opts.Root = afero.NewMemMapFs()
		g, err := tfgen.NewGenerator(opts)
		if err != nil {
			return err
		}
		if _, err := g.Generate(context.Background()); err != nil {
			return err
		}
		data, err := afero.ReadFile(opts.Root, "schema.json")
		if err != nil {
			return err
		}
		var schema map[string]any
		if err := json.Unmarshal(data, &schema); err != nil {
			return err
		}
		schema["version"] = pkgVersion
		if data, err = json.Marshal(schema); err != nil {
			return err
		}
		return os.WriteFile("schema.json", data, 0o644)
	})
}
