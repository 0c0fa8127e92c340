import { hasSecret, isMap, Secret, type Properties } from "../rpc/values";

/**
 * Marks in `outputs` what is secret in `inputs`, no more than needed inside maps, the whole of an
 * array. The data of a Secret is secret whether the program said so or not.
 */
export function copySecrets(outputs: Properties, inputs: Properties): void {
  if (outputs["kind"] === "Secret") {
    for (const key of ["data", "stringData"]) {
      const value = outputs[key];
      if (value !== undefined && !(value instanceof Secret)) outputs[key] = new Secret(value);
    }
    return;
  }
  for (const [key, input] of Object.entries(inputs)) {
    const output = outputs[key];
    if (output === undefined) continue;
    if (isMap(output) && isMap(input)) copySecrets(output, input);
    else if (!(output instanceof Secret) && hasSecret(input)) outputs[key] = new Secret(output);
  }
}
