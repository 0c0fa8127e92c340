import { canonicalQuantity } from "../../../lab/plugins/kubernetes/normalize/quantity";

test.each([
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["0.5", "500m"],
  [".5", "500m"],
  ["1.", "1"],
  [1, "1"],
  [0.1, "100m"],
  ["2000", "2k"],
  ["1500", "1500"],
  ["1e3", "1e3"],
  ["12e4", "120e3"],
  ["5E", "5E"],
  ["1024Mi", "1Gi"],
  ["1536Mi", "1536Mi"],
  ["1.5Gi", "1536Mi"],
  ["1024Ki", "1Mi"],
  ["512", "512"],
  ["0Mi", "0"],
  ["0.1Ki", "102400m"],
  ["-1000m", "-1"],
  ["+1", "1"],
  ["1n", "1n"],
  ["0.1n", "1n"],
  [" 1Gi ", "1Gi"],
])("%s is spelled %s", (given, expected) => {
  expect(canonicalQuantity(given)).toBe(expected);
});

test.each(["", "Mi", "1 Mi", "1mi", "1.2.3", "ten"])("%p is none", (given) => {
  expect(canonicalQuantity(given)).toBeUndefined();
});
