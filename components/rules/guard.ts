import * as pulumi from "@pulumi/pulumi";
import { type Fault, refuse } from "./faults";

/**
 * A hook that stops the engine, in a preview too, before a step that `faultsOf` finds fault with: only the engine knows
 * what is there already. None under mocks of the engine, which cannot take one.
 */
export function guard(
  resource: pulumi.Resource,
  name: string,
  faultsOf: (step: pulumi.ResourceHookArgs) => Fault[],
): pulumi.ResourceHook[] {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined || !("registerResourceHook" in monitor)) return [];
  const hook = (step: pulumi.ResourceHookArgs): void => refuse(resource, faultsOf(step));
  return [new pulumi.ResourceHook(name, hook, { onDryRun: true })];
}
