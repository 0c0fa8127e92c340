// Command shake cuts the Terraform provider for Alibaba Cloud, and the SDK that it calls, down to the
// declarations that a few resources and data sources need. Compiling the rest would cost twice the
// time and four times the memory. It reads both from the module cache while the plugin is built, and
// nothing of either is kept in the repository.
//
// It goes by name and errs on the side of keeping: a declaration stays when any kept one mentions its
// name, a method when besides its type is kept (see reach.go). What it drops wrongly does not compile,
// and so never changes silently what the provider does; but for methods that only reflection finds.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

// The packages of the provider's module that are cut. The rest of it is documentation and tests.
var providerPackages = []string{"alicloud", "alicloud/connectivity", "alicloud/helper"}

const sdkModule = "github.com/aliyun/alibaba-cloud-sdk-go"

type options struct {
	keep                  []string // names of resources and data sources
	module                string   // folder of the module that requires both
	provider, providerOut string
	sdk, sdkOut           string
}

func main() {
	var o options
	keep := flag.String("keep", "", "names of the resources and data sources to keep, separated by commas")
	flag.StringVar(&o.module, "module", ".", "folder of the module that requires provider and SDK")
	flag.StringVar(&o.provider, "provider", "", "folder of the provider's module")
	flag.StringVar(&o.providerOut, "provider-out", "", "folder to write the provider to")
	flag.StringVar(&o.sdk, "sdk", "", "folder of the SDK's module")
	flag.StringVar(&o.sdkOut, "sdk-out", "", "folder to write the SDK to")
	flag.Parse()
	o.keep = strings.Split(*keep, ",")
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "shake:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.provider == "" || o.providerOut == "" || o.sdk == "" || o.sdkOut == "" || o.keep[0] == "" {
		return errors.New("-keep, -provider, -provider-out, -sdk and -sdk-out are needed")
	}
	p := newProgram(o.keep)
	if err := p.load(o.provider, o.providerOut, providerPackages...); err != nil {
		return err
	}
	if missing := p.missing(); len(missing) > 0 {
		return fmt.Errorf("the provider in %s has no %s", o.provider, strings.Join(missing, ", "))
	}
	p.spread()
	p.pruneStructs()

	// Only now is it known which of the SDK's services are called, and with which requests.
	names, err := packageNames(o.module, p.files)
	if err != nil {
		return err
	}
	if err := p.load(o.sdk, o.sdkOut, p.servicesOf(sdkModule, names)...); err != nil {
		return err
	}
	p.mentionAgain()
	p.spread()

	if names, err = packageNames(o.module, p.files); err != nil {
		return err
	}
	if err := p.write(names, o); err != nil {
		return err
	}
	fmt.Println(p.summary())
	return nil
}
