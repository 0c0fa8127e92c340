import { ClusterDriver, PublicRecord, PublicZone } from "../../cluster/driver";
import { CloudState } from "../core/state";

// One front end serves all buckets of all regions.
const ossAddress = "203.0.113.80";
const ossTtl = 60;

/** What the account shows to the world: its domains, and the endpoints of its buckets. */
export function publicZones(state: CloudState): PublicZone[] {
  const zones = Object.keys(state.domains).map((name) => ({
    name,
    records: Object.values(state.domainRecords)
      .filter((record) => record.domain === name && record.status === "ENABLE")
      .map(({ rr, type, value, ttl, priority }): PublicRecord => ({
        rr,
        type,
        value,
        ttl,
        priority,
      })),
  }));
  const regions = new Map<string, PublicRecord[]>();
  for (const [rr, bucket] of Object.entries(state.buckets)) {
    const records = regions.get(bucket.region) ?? [];
    records.push({ rr, type: "A", value: ossAddress, ttl: ossTtl });
    regions.set(bucket.region, records);
  }
  for (const [region, records] of regions) {
    zones.push({ name: `oss-${region}.aliyuncs.com`, records });
  }
  const order = (record: PublicRecord) => `${record.rr} ${record.type} ${record.value}`;
  for (const zone of zones) zone.records.sort((a, b) => order(a).localeCompare(order(b)));
  return zones.sort((a, b) => a.name.localeCompare(b.name));
}

/** Hands the zones to the public DNS, one publication at a time, the newest state last. */
export class PublicDns {
  private published = "";
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly driver: ClusterDriver,
    private readonly state: CloudState,
    private readonly report: (message: string) => void,
  ) {}

  /** Resolves when what the account says now is published. A failure is reported, not thrown. */
  publish(): Promise<void> {
    this.running = this.running.then(() => this.publishOnce());
    return this.running;
  }

  private async publishOnce(): Promise<void> {
    const zones = publicZones(this.state);
    const text = JSON.stringify(zones);
    if (text === this.published) return;
    try {
      await this.driver.publishZones(zones);
      this.published = text;
    } catch (error) {
      this.report(`public DNS: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
