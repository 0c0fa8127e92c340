/**
 * How often a random test runs. DNS_FUZZ_RUNS takes the place of the usual number: small for a
 * mutation run, which only examples decide; large for a search that may take its time.
 */
export const runs = (usual: number): number => Number(process.env["DNS_FUZZ_RUNS"] ?? usual);
