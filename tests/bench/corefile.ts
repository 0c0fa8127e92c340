import { performance } from "node:perf_hooks";

import { checkCorefile, parseCorefile, printCorefile } from "../../dns";

const WANTED_MS = 200;
const MEBIBYTE = 1 << 20;

function bigCorefile(size: number): string {
  let text = "";
  for (let index = 0; text.length < size; index++) {
    text += `zone-${index}.example:53 {\n    errors # of zone ${index}\n    health {\n        lameduck 15s\n    }\n    forward . 10.0.0.2 10.0.0.3 {\n        prefer_udp\n    }\n    cache 30\n}\n`;
  }
  return text.slice(0, text.lastIndexOf("}\n", size) + 2);
}

function fastest(work: () => unknown): number {
  const rounds = Array.from({ length: 7 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...rounds);
}

/** What a person would write first: words by a regular expression, no tree, no places. */
function words(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|#[^\n]*|[^\s"#]+|\s+/g) ?? [];
}

/**
 * A mebibyte of Corefile read and printed, and half of it: twice the text must take about twice the
 * time.
 * @returns whether it is as fast as it must be.
 */
export function benchCorefile(print: (line: string) => void = console.log): boolean {
  const [whole, half] = [bigCorefile(MEBIBYTE), bigCorefile(MEBIBYTE / 2)];
  const [full, less] = [whole, half].map((text) =>
    fastest(() => printCorefile(parseCorefile(text))),
  ) as [number, number];
  const simple = fastest(() => words(whole).join(""));
  const checked = fastest(() => checkCorefile(whole, "1.15.0"));
  print(
    `Corefile of 1 MiB, read and printed: ${full.toFixed(1)} ms (wanted ${WANTED_MS}); of half: ${less.toFixed(1)} ms`,
  );
  print(`Corefile of 1 MiB, words by regular expression: ${simple.toFixed(1)} ms`);
  print(`Corefile of 1 MiB, checked: ${checked.toFixed(1)} ms`);
  return full < WANTED_MS;
}

if (require.main === module) process.exitCode = benchCorefile() ? 0 : 1;
