import { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { parseOptions, splitWords } from "../../../lab/plugins/nodejs/options";
import { configEnvironment } from "../../../lab/plugins/nodejs/program";

const info = (options: Record<string, string | number | boolean>): ProgramInfo => {
  const made = new ProgramInfo();
  made.setOptions(Struct.fromJavaScript(options));
  return made;
};

describe("runtime options", () => {
  test("have defaults", () => {
    const defaults = {
      typescript: true,
      tsconfig: "",
      nodeargs: [],
      production: false,
      packagemanager: "auto",
    };
    expect(parseOptions(undefined)).toEqual(defaults);
    expect(parseOptions(info({}))).toEqual(defaults);
  });

  test("are read", () => {
    const options = {
      typescript: false,
      tsconfig: "ts.json",
      nodeargs: "--import tsx",
      production: true,
      packagemanager: "pnpm",
    };
    expect(parseOptions(info(options))).toEqual({ ...options, nodeargs: ["--import", "tsx"] });
  });

  test.each([
    [{ typescript: "yes" }, "typescript option must be a boolean"],
    [{ tsconfig: 1 }, "tsconfig option must be a string"],
    [{ nodeargs: true }, "nodeargs option must be a string"],
    [{ production: "1" }, "production option must be a boolean"],
    [
      { packagemanager: "x" },
      'packagemanager option must be one of auto, npm, yarn, pnpm or bun, got "x"',
    ],
    [{ nodeargs: "'a" }, "nodeargs option has an unclosed quote: 'a"],
  ])("%j are refused", (options, message) => {
    expect(() => parseOptions(info(options))).toThrow(message);
  });

  test.each([
    ["", []],
    ["  ", []],
    ["a b  c ", ["a", "b", "c"]],
    [`a'b c'd "e \\" f" g\\ h`, ["ab cd", 'e " f', "g h"]],
    [`'' ""`, ["", ""]],
  ])("words of %j", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

describe("config", () => {
  test("goes to the program in the form that every SDK reads", () => {
    const config: [string, string][] = [
      ["project:a", "1"],
      ["other:config:b", "2"],
    ];
    expect(JSON.parse(configEnvironment(config))).toEqual({
      "project:config:a": "1",
      "other:config:b": "2",
    });
  });

  test.each(["a", "a:b:c", "a:config:b:c", ":a"])("a key %j is refused", (key) => {
    expect(() => configEnvironment([[key, ""]])).toThrow(
      `could not parse ${key} as a configuration key`,
    );
  });
});
