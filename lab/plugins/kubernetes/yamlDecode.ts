import { parseAllDocuments } from "yaml";

import type { Connection } from "./connection";
import { isNamespacedKind } from "./kinds";
import { apiVersionOf, assign, gvkOf, kindOf, namespaceOf } from "./objects";
import { isMap, type Properties, type Value } from "../rpc/values";

/** The objects of a manifest; documents that name no kind are passed over. */
export function decodeYaml(
  text: string,
  defaultNamespace: string,
  { cluster }: Connection,
): Properties[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw fault;
    const value = document.toJS() as Value;
    if (!isMap(value) || kindOf(value) === "" || apiVersionOf(value) === "") return [];
    const wantsNamespace = defaultNamespace !== "" && namespaceOf(value) === "";
    if (wantsNamespace && isNamespacedKind(gvkOf(value), cluster)) {
      assign(value, ["metadata", "namespace"], defaultNamespace);
    }
    return [value];
  });
}
