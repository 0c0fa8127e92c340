import { isMap, type Properties, type Value } from "../rpc/values";
import { list, pluck, text, type GroupVersionKind } from "./objects";

/** One place in a kind's schema: the schema itself, and the definition that it stands in. */
export interface Place {
  schema: Value;
  definition: string;
}

/** The definitions of a server's OpenAPI document. */
export class Schemas {
  private readonly definitions: Properties;

  constructor(document: Value) {
    const found = pluck(document, "components", "schemas");
    this.definitions = isMap(found) ? found : {};
  }

  /** Undefined when the server does not describe the kind. */
  kind({ group, version, kind }: GroupVersionKind): Place | undefined {
    const definition = Object.keys(this.definitions).find((key) =>
      list(this.definitions[key], "x-kubernetes-group-version-kind").some(
        (entry) =>
          text(entry, "kind") === kind &&
          text(entry, "group") === group &&
          text(entry, "version") === version,
      ),
    );
    return definition === undefined ? undefined : this.at(definition);
  }

  /** Follows a reference to the definition that it names. */
  resolve(place: Place): Place {
    const reference = text(place.schema, "$ref") || text(pluck(place.schema, "allOf", 0), "$ref");
    if (reference === "") return place;
    return this.at(reference.slice(reference.lastIndexOf("/") + 1));
  }

  private at(definition: string): Place {
    return { schema: this.definitions[definition] ?? null, definition };
  }
}
