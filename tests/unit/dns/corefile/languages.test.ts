import fc from "fast-check";

import { countGroups, goRegexpFault } from "../../../../dns/corefile/goRegexp";
import { goTemplateFault } from "../../../../dns/corefile/goTemplate";
import { parseDuration } from "../../../../dns/corefile/plugins/value";
import { viewExpressionFault } from "../../../../dns/corefile/viewExpression";

describe("durations of Go", () => {
  it.each<[string, number]>([
    ["0", 0],
    ["+0", 0],
    ["-0", 0],
    ["1h30m", 5400],
    ["250ms", 0.25],
    ["1us", 1e-6],
    ["1\u00b5s", 1e-6],
    ["1\u03bcs", 1e-6],
    ["1ns", 1e-9],
    ["1.5s", 1.5],
    [".5s", 0.5],
    ["5.s", 5],
    ["-2m", -120],
    ["+3s", 3],
    ["2555555h", 9_199_998_000],
  ])("read %s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "s", "5", "5d", "5s5", "x5s", "5sx", "1h 2m", ".s", "1..5s", "--5s", "2555556h"])(
    "refuse %j",
    (text) => {
      expect(parseDuration(text)).toBeNaN();
    },
  );
});

describe("regular expressions of Go", () => {
  it.each<[string, number]>([
    ["^(.*)\\.foo\\.$", 1],
    ["(?i)x*", 0],
    ["(?i-s:x)(?im)(?-s)y", 0],
    ["(?P<name>\\w+)-(?:x)(y)", 2],
    ["[[:alpha:]][[:^digit:]]", 0],
    ["[]a][^]a][a-z-][\\w-z]", 0],
    ["\\pL\\p{Greek}\\P{^Lu}", 0],
    ["x{1000}", 0],
    ["x{2,}y{,3}{", 0],
    ["(a{10}){100}", 1],
    ["(a{900})(a{900})", 2],
    ["\\x41\\x{10FFFF}\\x{1F600}\\x{F}", 0],
    ["\\A\\b\\B\\z", 0],
    ["\\_\\-\\.\\{", 0],
    ["a|b|", 0],
    ["[(]", 0],
    ["(\\()[\\(]", 1],
    ["[\\d\\s\\W\\pN]", 0],
    ["(".repeat(99) + ")".repeat(99), 99],
    ["a".repeat(10_000), 0],
  ])("take %s", (pattern, groups) => {
    expect(goRegexpFault(pattern)).toBeUndefined();
    expect(countGroups(pattern)).toBe(groups);
  });

  it.each<[string, string]>([
    ["(?=a)", "RE2 does not know (?="],
    ["(?<!a)", "RE2 does not know (?<"],
    ["(?<n>a)", "RE2 does not know (?<"],
    ["(?#x)", "RE2 does not know (?#"],
    ["(a)\\1", "RE2 does not know \\1"],
    ["\\Qa\\E", "RE2 does not know \\Q"],
    ["\\y", "RE2 does not know \\y"],
    ["\\", "RE2 does not know \\"],
    ["\\p{Nope}", "RE2 does not know \\p"],
    ["\\x{110000}", "RE2 does not know \\x"],
    ["[\\b]", "RE2 does not know \\b"],
    ["[a-\\d]", "a range can't end in a class of characters"],
    ["[", "a class of characters is not closed"],
    ["[^]", "a class of characters is not closed"],
    ["(?P<n>a)(?P<n>b)", "two groups have the name n"],
    ["x{1001}", "RE2 does not take {1001}"],
    ["x{1,1001}", "more than 1000 repetitions"],
    ["x{3,2}", "RE2 does not take {3,2}"],
    ["(a{100}){11}", "more than 1000 repetitions"],
    ["((a{2}){20}){26}", "more than 1000 repetitions"],
    ["(".repeat(100) + ")".repeat(100), "groups nest too deep"],
    ["a".repeat(10_001), "it has more than 10000 characters"],
  ])("refuse %s", (pattern, fault) => {
    expect(goRegexpFault(pattern)).toBe(fault);
  });

  it.each(["a**", "(?i)*", "a(?i)*", "\\b+", "(", ")", "*", "[z-a]", "a{2}{3}", "x++"])(
    "refuse %s as the engine here does",
    (pattern) => {
      expect(goRegexpFault(pattern)).toMatch(/^Invalid regular expression/);
    },
  );
});

describe("templates of Go", () => {
  it.each([
    "plain } { text",
    "{{ .Name }} 60 IN A {{ .Group.a }}",
    "{{.Name}}{{- .Zone -}}",
    "{{ index .Match 1 }}",
    '{{ printf "%s \\" x" .Name | len }}',
    "{{ `a b` }}",
    "{{ (index .Match 0) }}",
    '{{ and (eq .Name "a") true nil -5 }}',
    "{{ $.Name }} {{ $ }} {{ . }}",
    "{{ if .Name }}a{{ else if eq .Name .Zone }}b{{ else }}c{{ end }}",
    "{{ range .Match }}{{ with . }}{{ . }}{{ end }}{{ end }}",
    "{{/* note */}}",
    '{{ "}}" }}',
    "{{ parseInt .Name 10 8 }}",
  ])("take %s", (template) => {
    expect(goTemplateFault(template)).toBeUndefined();
  });

  it.each<[string, string]>([
    ["{{ .Name", "an action is not closed"],
    ['{{ "a }}', "an action is not closed"],
    ["{{ }}", "an action is empty"],
    ["{{ end }}", "there is an end too many"],
    ["{{ else }}", "there is an else outside of if"],
    ["{{ else if .A }}", "there is an else outside of if"],
    ["{{ if .A }}", "an end is missing"],
    ["{{ nope }}", "there is no function nope"],
    ["{{ if nope }}{{ end }}", "there is no function nope"],
    ["{{ printf len }}", "len can't be an argument without parentheses"],
    ["{{ .A | }}", "nothing follows |"],
    ["{{ (.A }}", "a parenthesis is not closed"],
    ["{{ .A) }}", '")" is not understood'],
    ["{{ $x := .A }}", '"$x := .A" is not understood'],
    ["{{ .A..B }}", '".A..B" is not understood'],
    ['{{ define "x" }}', "there is no function define"],
  ])("refuse %s", (template, fault) => {
    expect(goTemplateFault(template)).toBe(fault);
  });

  it("never take forever", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom("{{", "}}", '"', "`", " ", ".", "a", "(", ")", "|", "end", "if "),
          { maxLength: 200 },
        ),
        (pieces) => {
          const start = performance.now();
          goTemplateFault(pieces.join(""));
          expect(performance.now() - start).toBeLessThan(2000);
        },
      ),
    );
  });
});

describe("expressions of views", () => {
  it.each([
    "true",
    "name() == 'a.org.'",
    'name() == "a\\"b"',
    "name() in ['a.', \"b.\"]",
    "name() not in []",
    "opcode() in [0, 1]",
    "type() == 'A' and (name() matches '^a' || do())",
    "!do() && bufsize() >= 512 or size() < 9 and id() != 1 and size() <= 3 and size() > 1",
    "not not incidr(client_ip(), '10.0.0.0/8')",
    "metadata('a/b') contains 'x' or server_ip() startsWith 'a' or proto() endsWith 'p'",
    "class() == port()",
    "server_port() == '53'",
    "do() == false",
    "name() matches name()",
    "  true  ",
  ])("take %s", (expression) => {
    expect(viewExpressionFault(expression)).toBeUndefined();
  });

  it.each<[string, string]>([
    ["name()", "has an expression that is a string and not true or false"],
    ["[1]", "has an expression that is a numbers and not true or false"],
    ["name() == 3", "has an expression in which == needs a string and has a number"],
    ["1 contains 2", "has an expression in which contains needs a string and has a number"],
    ["1 in ['a']", "has an expression in which in needs a numbers and has a strings"],
    ["name() in [1]", "has an expression in which in needs a strings and has a numbers"],
    ["name() and true", "has an expression in which and needs a bool and has a string"],
    ["true || name()", "has an expression in which || needs a bool and has a string"],
    ["not name()", "has an expression in which not needs a bool and has a string"],
    ["['a', 1]", "has an expression in which a list needs a string and has a number"],
    ["[true]", "has an expression in which a list has a bool"],
    ["nope()", "has an expression in which nope is not known"],
    ["constructor()", "has an expression in which constructor is not known"],
    ["name", "has an expression in which name lacks its parentheses"],
    ["name('a')", "has an expression in which name() takes 0 arguments"],
    ["incidr(client_ip())", "has an expression in which incidr() takes 2 arguments"],
    ["incidr(1, 'a')", "has an expression in which incidr needs a string and has a number"],
    ["(true", "has an expression in which ) is missing"],
    ["name(", "has an expression in which something is missing at the end"],
    ["['a' 'b']", "has an expression in which ] is missing"],
    ["", "has an expression in which something is missing at the end"],
    ["true true", "has an expression in which true is one too many"],
    ["true ; false", 'has an expression in which "; false" is not understood'],
    ["name() == 'a", `has an expression in which "'a" is not understood`],
    [
      "name() matches '('",
      "has an expression in which '(' is no regular expression of Go: Invalid regular expression: /(/: Unterminated group",
    ],
    [
      `${"(".repeat(60)}true${")".repeat(60)}`,
      "has an expression in which parentheses nest too deep",
    ],
  ])("refuse %s", (expression, fault) => {
    expect(viewExpressionFault(expression)).toBe(fault);
  });

  it("never throw", () => {
    const piece = fc.constantFrom(
      "name",
      "(",
      ")",
      "[",
      "]",
      ",",
      "'a'",
      "1",
      " ",
      "==",
      "in",
      "not",
      "and",
      "true",
      "!",
      "matches",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const fault = viewExpressionFault(pieces.join(" "));
        expect(fault === undefined || fault.startsWith("has an expression")).toBe(true);
      }),
    );
  });
});
