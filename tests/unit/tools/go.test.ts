import { execFileSync } from "node:child_process";
import * as path from "node:path";

const repository = path.resolve(__dirname, "../../..");

// As tools/install sets them, so that what it compiled is not compiled again.
const env = {
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "-trimpath -buildvcs=false -mod=readonly",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
};

describe.each([
  ["tools/shake", "."],
  ["lab/plugins/alicloud", "github.com/alibabacloud-go/alibabacloud-gateway-oss/client"],
])("the Go code in %s", (module, pkg) => {
  const go = (...args: string[]) =>
    execFileSync("go", [...args, pkg], {
      cwd: path.join(repository, module),
      encoding: "utf8",
      env,
      stdio: "pipe",
    });

  it("passes go vet", () => {
    go("vet");
  }, 180_000);

  it("passes its own tests", () => {
    expect(go("test")).toMatch(/^ok\s/);
  }, 180_000);
});
