//go:build describe_alicloud

// The program that writes schema.json, which the plugin embeds. It shares all but the bridge's own
// generator with the plugin, so the two together compile little more than one of them.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/spf13/afero"
)

func main() {
	tfgen.MainWithCustomGenerate(packageName, packageVersion, providerInfo(), func(options tfgen.GeneratorOptions) error {
		options.Root = afero.NewMemMapFs()
		generator, err := tfgen.NewGenerator(options)
		if err != nil {
			return err
		}
		if _, err := generator.Generate(context.Background()); err != nil {
			return err
		}
		text, err := afero.ReadFile(options.Root, "schema.json")
		if err != nil {
			return err
		}
		var schema map[string]any
		if err := json.Unmarshal(text, &schema); err != nil {
			return err
		}
		schema["version"] = packageVersion // the generator leaves it to the release
		if text, err = json.Marshal(schema); err != nil {
			return err
		}
		return os.WriteFile("schema.json", text, 0o644)
	})
}
