import { Properties, Resource } from "./providerPlugin";
import { CloudFixture, startCloudFixture } from "./cloudFixture";

export type Scenario = (fixture: CloudFixture) => Promise<void>;

const timeout = 170_000;

/**
 * One cloud for all scenarios of a file, and all of them at once: the provider waits seconds
 * before it looks whether a thing is there.
 */
export function runScenarios(
  instance: string,
  scenarios: Record<string, Scenario>,
  start: () => Promise<CloudFixture> = () => startCloudFixture(instance),
): void {
  let fixture: CloudFixture | undefined;
  const running = new Map<string, Promise<Error | undefined>>();

  beforeAll(async () => {
    const started = await start();
    fixture = started;
    for (const [name, scenario] of Object.entries(scenarios)) {
      running.set(name, outcome(scenario(started)));
    }
  }, 60_000);

  afterAll(() => fixture?.stop());

  test.each(Object.keys(scenarios))(
    "%s",
    async (name) => {
      const error = await running.get(name);
      if (error !== undefined) throw error;
    },
    timeout,
  );
}

/** So that a scenario may fail before its test comes to look. */
function outcome(scenario: Promise<void>): Promise<Error | undefined> {
  return scenario.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

export interface Lifecycle {
  type: string;
  name: string;
  inputs: Properties;
  /** What the program says later; null for what cannot be updated in place. */
  changed: Properties | null;
  /** Looks at the resource after its creation and after its update. */
  look?: (resource: Resource, phase: "created" | "updated") => void;
  /** Not when others still need it. */
  keep?: boolean;
}

/** Create, read without a difference, update, read without a difference, delete, gone. */
export async function lifecycle(fixture: CloudFixture, plan: Lifecycle): Promise<Resource> {
  const { provider } = fixture;
  let resource = await provider.create(plan.type, plan.name, plan.inputs);
  resource = await quiet(fixture, resource, plan.inputs);
  plan.look?.(resource, "created");
  if (plan.changed) {
    const expected = await provider.diff(resource, plan.changed);
    expect(expected).toMatchObject({ changes: true, replaces: [] });
    resource = await provider.update(resource, plan.changed);
    resource = await quiet(fixture, resource, plan.changed);
    plan.look?.(resource, "updated");
  }
  if (!plan.keep) await remove(fixture, resource);
  return resource;
}

/** Reads the resource; what the cloud tells must be what the program said. */
export async function quiet(
  fixture: CloudFixture,
  resource: Resource,
  inputs: Properties,
): Promise<Resource> {
  const read = await fixture.provider.read(resource);
  if (!read) throw new Error(`${resource.type} ${resource.id} is gone.`);
  expect(await fixture.provider.diff(read, inputs)).toEqual({
    changes: false,
    diffs: [],
    replaces: [],
  });
  return read;
}

export async function remove(fixture: CloudFixture, resource: Resource): Promise<void> {
  await fixture.provider.delete(resource);
  expect(await fixture.provider.read(resource)).toBeUndefined();
}
