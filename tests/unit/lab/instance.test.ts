import { existsSync, rmSync } from "node:fs";
import { createServer } from "node:net";

import { openInstance, releasePort, releasePorts, reservePort } from "../../../lab/instance";

const names = ["t-unit-one", "t-unit-two"] as const;

afterEach(() => {
  for (const name of names) {
    const instance = openInstance(name);
    releasePorts(instance);
    rmSync(instance.dir, { recursive: true });
  }
});

it("keeps the ports of an instance and gives every one its own", () => {
  const [one, two] = names.map((name) => openInstance(name));
  expect(openInstance(names[0])).toEqual(one);
  const ports = [one, two].flatMap((instance) => [instance?.cloudPort, instance?.apiPort]);
  expect(new Set(ports).size).toBe(4);
  expect(existsSync(one?.dir ?? "")).toBe(true);
});

it("passes over a port that somebody listens on", async () => {
  const free = reservePort(names[0]);
  releasePort(free);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(free, "127.0.0.1", resolve));
  try {
    expect(reservePort(names[0])).not.toBe(free);
  } finally {
    server.close();
  }
});

it("takes back the port of an instance that was thrown away by hand", () => {
  const gone = openInstance(names[0]);
  rmSync(gone.dir, { recursive: true });
  expect(reservePort(names[1], gone.cloudPort)).toBe(gone.cloudPort);
});

it.each(["-a", "A", "a_b", "a".repeat(25), "x"])("refuses the name %j", (name) => {
  expect(() => openInstance(name)).toThrow(`LAB_INSTANCE "${name}"`);
});
