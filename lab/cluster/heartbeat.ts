import type { Report } from "./driver";

/** Does some work and says every few seconds that it goes on. */
export async function withHeartbeat<Result>(
  what: () => string,
  report: Report,
  work: () => Promise<Result>,
): Promise<Result> {
  const start = Date.now();
  const beat = setInterval(() => {
    report(`${what()} (${Math.round((Date.now() - start) / 1000)} s)`);
  }, 5000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
