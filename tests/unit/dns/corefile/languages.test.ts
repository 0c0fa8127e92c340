import fc from "fast-check";

import { countGroups, goRegexpFault } from "../../../../dns/corefile/goRegexp";
import { goTemplateFault } from "../../../../dns/corefile/goTemplate";
import { decimal, duration, integer, parseDuration } from "../../../../dns/corefile/plugins/value";
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
    ["10.25s", 10.25],
    [".25s", 0.25],
    ["9200000000s", 9_200_000_000],
  ])("read %s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    "",
    "s",
    "5",
    "5d",
    "5s5",
    "x5s",
    "5sx",
    "1h 2m",
    ".s",
    "1..5s",
    "--5s",
    "2555556h",
    "9200000001s",
  ])("refuse %j", (text) => {
    expect(parseDuration(text)).toBeNaN();
  });
});

it("says what a number or a duration must be", () => {
  expect(
    [
      integer(),
      integer(1),
      integer(0, 5),
      decimal(0, 1),
      duration(),
      duration(1),
      duration(0, 300),
    ].map((each) => each.what),
  ).toEqual([
    "a whole number",
    "a whole number from 1",
    "a number from 0 to 5",
    "a number from 0 to 1",
    "a duration such as 30s",
    "a duration such as 30s of at least 1s",
    "a duration such as 30s of at least 0s and at most 300s",
  ]);
});

describe("regular expressions of Go", () => {
  it.each<[string, number]>([
    ["^(.*)\\.foo\\.$", 1],
    ["(?i)x*", 0],
    ["(?i-s:x)(?im)(?-s)y", 0],
    ["(?P<name>\\w+)-(?:x)(y)", 2],
    ["[[:alpha:]][[:^digit:]]", 0],
    ["[]a][^]a][a-z-][\\w-z]", 0],
    ["[-\\w][\\w-\\d][^\\W-][[:alpha:]-A]", 0],
    ["[[:alpha:](](x)[[:](y)[[:a]", 2],
    ["[b-\\x{7a}][\\x61-b][.-\\.][\\a-\\t][\\t-\\n][\\n-\\v][\\v-\\f][\\f-\\r]", 0],
    ["[a-\u00e9][a-\u{1f600}](x)", 1],
    ["\\x{41}*[a]*", 0],
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
    ["[]-A]", "a range of characters runs backwards"],
    ["[^\\x5A-\\x41]", "a range of characters runs backwards"],
    ["[\u{1f600}-\u{1f5ff}]", "a range of characters runs backwards"],
    ["[\\t-\\a]", "a range of characters runs backwards"],
    ["[\\n-\\t]", "a range of characters runs backwards"],
    ["[\\v-\\n]", "a range of characters runs backwards"],
    ["[\\f-\\v]", "a range of characters runs backwards"],
    ["[\\r-\\f]", "a range of characters runs backwards"],
    ["[z-a]", "a range of characters runs backwards"],
    ["[a-[:alpha:]]", "a range of characters runs backwards"],
    ["[[:nope:]]", "RE2 does not know the name between [: and :]"],
    ["[[:a]b:]", "RE2 does not know the name between [: and :]"],
    ["\\\u00e9", "RE2 does not know \\\u00e9"],
    ["[a-", "a class of characters is not closed"],
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

  it.each([
    "a**",
    "(?i)*",
    "a(?i)*",
    "\\b+",
    "(",
    ")",
    "*",
    "[A-[:alpha:](]",
    "(?:?a)",
    "a{2}{3}",
    "x++",
  ])("refuse %s as the engine here does", (pattern) => {
    expect(goRegexpFault(pattern)).toMatch(/^Invalid regular expression/);
  });
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
    "{{/* note */}}{{- /* two\n lines */ -}}",
    "{{ if  .A }}{{ else }}{{ end }}{{ with .A }}{{ else }}{{ end }}",
    "{{ if .A }}{{ else if .B }}{{ else if .B }}{{ else }}{{ if .C }}{{ else }}{{ end }}{{ end }}",
    "{{ ( print .A ) }}{{ (.A).B.C }}{{ ((.A)) }}{{ print (.A) (.B) }}",
    "{{ false }}{{ nil }}{{ 0 }}{{ .else }}",
    "{{ print (1) (.) | (true) }}",
    "{{ .A | .B.C | $ | (.D).E | print 1 true . | len }}",
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
    ["{{ if .A }}{{ else }}", "an end is missing"],
    ["{{ if .A }}{{ else }}{{ else }}{{ end }}", "an else follows an else"],
    ["{{ with .A }}{{ else if .B }}{{ end }}", "an else goes on outside of if"],
    ["{{ if .A }}{{ else with .B }}{{ end }}", "there is no function else"],
    ["{{ if }}{{ end }}", "there is no function if"],
    ["{{ .A if .B }}", "there is no function if"],
    ["{{ elsewhere }}", "there is no function elsewhere"],
    ["{{ /* note */ }}", '"/* note */" is not understood'],
    ["{{/* note */ }}", '"/* note */" is not understood'],
    ["{{/* a */ b */}}", '"/* a */ b */" is not understood'],
    ["{{ .A | . }}", ". can't stand after |"],
    ["{{ .A | true }}", "true can't stand after |"],
    ["{{ .A | print | false }}", "false can't stand after |"],
    ["{{ .A | nil | len }}", "nil can't stand after |"],
    ["{{ .A | -1 }}", "-1 can't stand after |"],
    ["{{ .A | 1 }}", "1 can't stand after |"],
    ['{{ .A | "a" }}', `"a" can't stand after |`],
    ["{{ .A | `a` }}", "`a` can't stand after |"],
    ["{{ (.A)(.B) }}", '")(.B)" is not understood'],
    ["{{ (.A).1 }}", '").1" is not understood'],
    ["{{ 08 }}", '"08" is not understood'],
    ["{{ 9999999999999999999 }}", '"9999999999999999999" is not understood'],
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
    "name() < 'b' and [1] == [2] and 999999999999999999 >= 01",
    "name() == '('",
    "name() matches '\\\\('",
    `${"(".repeat(49)}true${")".repeat(49)}`,
    Array(60).fill("(true)").join(" and "),
    "  true  ",
  ])("take %s", (expression) => {
    expect(viewExpressionFault(expression)).toBeUndefined();
  });

  it.each<[string, string]>([
    ["name()", "has an expression that is a string and not true or false"],
    ["[1]", "has an expression that is a numbers and not true or false"],
    ["name() == 3", "has an expression in which == needs a string and has a number"],
    ["1 contains 2", "has an expression in which contains needs a string and has a number"],
    ["1 matches 2", "has an expression in which matches needs a string and has a number"],
    ["1 startsWith 2", "has an expression in which startsWith needs a string and has a number"],
    ["1 endsWith 2", "has an expression in which endsWith needs a string and has a number"],
    ["name() not == 'a'", "has an expression in which not is one too many"],
    ["name() == in ['a']", "has an expression in which in is not known"],
    ["1 in ['a']", "has an expression in which in needs a numbers and has a strings"],
    ["name() in [1]", "has an expression in which in needs a strings and has a numbers"],
    ["name() and true", "has an expression in which and needs a bool and has a string"],
    ["true || name()", "has an expression in which || needs a bool and has a string"],
    ["not name()", "has an expression in which not needs a bool and has a string"],
    ["['a', 1]", "has an expression in which a list needs a string and has a number"],
    ["[true]", "has an expression in which a list has a bool"],
    ["nope()", "has an expression in which nope is not known"],
    ["true < do()", "has an expression in which < can't compare a bool"],
    ["[1] >= [2]", "has an expression in which >= can't compare a numbers"],
    ["1and true", 'has an expression in which "1and true" is not understood'],
    [
      "1 < 9999999999999999999",
      'has an expression in which "9999999999999999999" is not understood',
    ],
    ["a1 == 1", "has an expression in which a1 is not known"],
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
      `${"(".repeat(50)}true${")".repeat(50)}`,
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
