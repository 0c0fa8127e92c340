package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A provider of two resources and a data source, and an SDK of two services, in the shape of the real ones.
var tree = map[string]string{
	"use/go.mod": `module use

go 1.26

require (
	example.org/provider v0.0.0
	github.com/aliyun/alibaba-cloud-sdk-go v0.0.0
)

replace example.org/provider => ../provider

replace github.com/aliyun/alibaba-cloud-sdk-go => ../sdk
`,
	"use/main.go": `package main

import "example.org/provider/alicloud"

func main() { println(len(alicloud.Provider().ResourcesMap), len(alicloud.Provider().DataSourcesMap)) }
`,
	"provider/go.mod":  "module example.org/provider\n\ngo 1.26\n",
	"provider/LICENSE": "free\n",
	"provider/alicloud/provider.go": `package alicloud

type Resource struct{ Create func() }

type Schema struct{ ResourcesMap, DataSourcesMap map[string]*Resource }

func Provider() *Schema {
	return &Schema{
		DataSourcesMap: map[string]*Resource{
			"alicloud_zones": dataZones(), "alicloud_odd": dataOdd(),
		},
		ResourcesMap: map[string]*Resource{
			"alicloud_vpc": resourceVpc(),
			"alicloud_old": resourceOld(), // a comment
		},
	}
}
`,
	"provider/alicloud/vpc.go": `package alicloud

import (
	"strings"

	"example.org/provider/alicloud/connectivity"
)

const (
	first = iota
	second
	third
)

var (
	wanted   = strings.ToUpper("wanted")
	unwanted = strings.ToUpper("unwanted")
)

var registered []string

func init() { registered = append(registered, "init") }

func resourceVpc() *Resource {
	client := &connectivity.AliyunClient{}
	return &Resource{Create: func() { new(small).used(); new(large).m1(); client.Vpc(wanted, second) }}
}

func dataZones() *Resource { return &Resource{} }

type small struct{}

func (*small) used() {}

// String is called through an interface.
func (*small) String() string { return "" }

type large struct{}

` + manyMethods("large", 13),
	"provider/alicloud/old.go": `package alicloud

import "example.org/provider/alicloud/connectivity"

func resourceOld() *Resource { return &Resource{Create: onlyOld} }

func dataOdd() *Resource { return &Resource{Create: onlyOld} }

func onlyOld() { (&connectivity.AliyunClient{}).Old(unwanted) }
`,
	"provider/alicloud/vpc_test.go":      "package alicloud\n\nfunc onlyInTest() {}\n",
	"provider/alicloud/helper/helper.go": "package helper\n\nfunc Unused() {}\n",
	"provider/alicloud/connectivity/client.go": `package connectivity

import (
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	service "github.com/aliyun/alibaba-cloud-sdk-go/services/vpc-api"
)

type AliyunClient struct {
	vpcconn *service.Client
	ecsconn *ecs.Client
}

func (c *AliyunClient) Vpc(name string, n int) { c.vpcconn.Describe(service.DescribeRequest{Name: name, N: n}) }

` + manyMethods("AliyunClient", 12) + `
func (c *AliyunClient) Old(name string) { c.ecsconn.Describe(name) }
`,
	"sdk/go.mod":              "module github.com/aliyun/alibaba-cloud-sdk-go\n\ngo 1.26\n",
	"sdk/LICENSE":             "free\n",
	"sdk/sdk/core.go":         "package sdk\n\nfunc Core() {}\n",
	"sdk/services/ecs/ecs.go": "package ecs\n\ntype Client struct{}\n\nfunc (*Client) Describe(string) {}\n",
	"sdk/services/vpc-api/vpc.go": `package vpc

import "github.com/aliyun/alibaba-cloud-sdk-go/sdk"

type Client struct{}

func (*Client) Describe(r DescribeRequest) { sdk.Core() }

type DescribeRequest struct {
	Name string
	N    int
}

type DeleteRequest struct{}
`,
}

func manyMethods(typ string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "func (*%s) m%d() {}\n\n", typ, i+1)
	}
	return text.String()
}

// lay writes the tree and says how to cut it.
func lay(t *testing.T, keep ...string) options {
	t.Helper()
	dir := t.TempDir()
	for path, text := range tree {
		if err := writeFile(filepath.Join(dir, path), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return options{
		keep: keep, module: filepath.Join(dir, "use"),
		provider: filepath.Join(dir, "provider"), providerOut: filepath.Join(dir, "out/provider"),
		sdk: filepath.Join(dir, "sdk"), sdkOut: filepath.Join(dir, "out/sdk"),
	}
}

// text is all Go source under a folder, "" if there is no such folder.
func text(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all.String()
}

func TestCut(t *testing.T) {
	o := lay(t, "alicloud_vpc", "alicloud_zones")
	if err := run(o); err != nil {
		t.Fatal(err)
	}
	provider, sdk := text(t, o.providerOut), text(t, o.sdkOut)
	for _, c := range []struct {
		what, where, fragment string
		kept                  bool
	}{
		{"a resource that is asked for", provider, "func resourceVpc", true},
		{"a data source that is asked for", provider, "func dataZones", true},
		{"a resource that is not", provider, "resourceOld", false},
		{"a data source that is not", provider, "dataOdd", false},
		{"a comment after an entry that is cut", provider, "// a comment", true},
		{"what only such a resource calls", provider, "onlyOld", false},
		{"an init function", provider, "func init()", true},
		{"a variable that is used, out of its group", provider, "var wanted", true},
		{"a variable of the same group that is not", provider, "unwanted", false},
		{"constants that count up, whole", provider, "third", true},
		{"tests", provider, "onlyInTest", false},
		{"a package that nothing uses", provider, "package helper", false},
		{"a method that no name leads to, of a small type", provider, "func (*small) String", true},
		{"a method that is called, of a large type", provider, "func (*large) m1()", true},
		{"a method that is not, of a large type", provider, "func (*large) m13()", false},
		{"a field of the client that is used", provider, "vpcconn", true},
		{"a field of the client that is not", provider, "ecsconn", false},
		{"an import under another name", provider, `import service "github.com/aliyun`, true},
		{"an import that is not needed any more", provider, "services/ecs", false},
		{"a service that is called", sdk, "package vpc", true},
		{"a request that is made", sdk, "type DescribeRequest", true},
		{"a request that is not", sdk, "DeleteRequest", false},
		{"a service that is not called", sdk, "package ecs", false},
		{"the core of the SDK", sdk, "func Core", true},
	} {
		if got := strings.Contains(c.where, c.fragment); got != c.kept {
			t.Errorf("%s: kept is %v, not %v", c.what, got, c.kept)
		}
	}
	for _, path := range []string{o.providerOut, o.sdkOut} {
		if _, err := os.Stat(filepath.Join(path, "LICENSE")); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsLeftCompiles(t *testing.T) {
	o := lay(t, "alicloud_vpc", "alicloud_zones")
	if err := run(o); err != nil {
		t.Fatal(err)
	}
	command(t, o.module, "mod", "edit", "-replace=example.org/provider=../out/provider", "-replace="+sdkModule+"=../out/sdk")
	command(t, o.module, "vet", "./...")
}

func TestTwiceIsTheSame(t *testing.T) {
	o := lay(t, "alicloud_vpc", "alicloud_zones")
	var got [2]string
	for i := range got {
		if err := run(o); err != nil {
			t.Fatal(err)
		}
		got[i] = text(t, o.providerOut) + text(t, o.sdkOut)
	}
	if got[0] != got[1] {
		t.Error("the second run wrote something else")
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*options)
		says   string
	}{
		{"a resource that the provider does not have", func(o *options) { o.keep = append(o.keep, "alicloud_none") }, "has no alicloud_none"},
		{"no resources", func(o *options) { o.keep = []string{""} }, "-keep"},
		{"no folder", func(o *options) { o.sdk = "" }, "-sdk"},
		{"a folder that does not parse", func(o *options) {
			_ = os.WriteFile(filepath.Join(o.provider, "alicloud/bad.go"), []byte("package"), 0o644)
		}, "bad.go"},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := lay(t, "alicloud_vpc")
			c.change(&o)
			if err := run(o); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, not an error with %q", err, c.says)
			}
			if _, err := os.Stat(o.providerOut); err == nil {
				t.Error("something was written")
			}
		})
	}
}

func command(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
