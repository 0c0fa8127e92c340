import {
  groupVersion,
  gvkOf,
  list,
  nameOf,
  namespaceOf,
  text,
  type GroupVersionKind,
  type KubeObject,
} from "../objects";
import { isMap, type Value } from "../../rpc/values";
import { NoMatchError } from "./errors";
import type { Transport } from "./http";

export interface ResourceType extends GroupVersionKind {
  plural: string;
  namespaced: boolean;
}

export interface WriteOptions {
  fieldManager: string;
  dryRun: boolean;
}

export interface ApplyOptions extends WriteOptions {
  force: boolean;
  fieldValidation?: "Warn";
}

const discovery = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(",");

/** One API server: what it serves, and its objects. */
export class Cluster {
  private types: ResourceType[] = [];
  private readonly schemas = new Map<string, Promise<Value>>();
  private readonly declared = new Map<string, KubeObject>();

  constructor(private readonly transport: Transport) {}

  async version(): Promise<{ major: number; minor: number }> {
    const info = await this.transport.call({ method: "GET", path: "/version" });
    const part = (name: string): number => Number.parseInt(text(info, name), 10);
    return { major: part("major"), minor: part("minor") };
  }

  /** Asks the server anew which kinds it serves. */
  async discover(): Promise<void> {
    const documents = await Promise.all(
      ["/api", "/apis"].map((path) =>
        this.transport.call({ method: "GET", path, accept: discovery }),
      ),
    );
    this.schemas.clear();
    this.types = documents.flatMap((document) => list(document, "items")).flatMap(typesOfGroup);
  }

  /** The kind as the server serves it; asks again before it says that there is none. */
  async find(gvk: GroupVersionKind): Promise<ResourceType> {
    const known = this.lookUp(gvk);
    if (known) return known;
    await this.discover();
    const found = this.lookUp(gvk);
    if (!found) throw new NoMatchError(gvk.kind, groupVersion(gvk));
    return found;
  }

  lookUp(gvk: GroupVersionKind): ResourceType | undefined {
    return this.types.find(
      (type) => type.kind === gvk.kind && type.group === gvk.group && type.version === gvk.version,
    );
  }

  /** Remembers a definition that the program brings along, before the server has it. */
  declare(crd: KubeObject): void {
    const group = text(crd, "spec", "group");
    const kind = text(crd, "spec", "names", "kind");
    if (group === "") throw new Error("expected .spec.group");
    if (kind === "") throw new Error("expected .spec.names.kind");
    this.declared.set(`${group}/${kind}`, crd);
  }

  declaredScope(gvk: GroupVersionKind): string | undefined {
    const crd = this.declared.get(`${gvk.group}/${gvk.kind}`);
    return crd && text(crd, "spec", "scope");
  }

  /** The server's OpenAPI document for a group and version; null when it has none. */
  schema(gvk: GroupVersionKind): Promise<Value> {
    const path = gvk.group === "" ? `api/${gvk.version}` : `apis/${gvk.group}/${gvk.version}`;
    let document = this.schemas.get(path);
    if (!document) {
      document = this.transport
        .call({ method: "GET", path: `/openapi/v3/${path}` })
        .catch(() => null);
      this.schemas.set(path, document);
    }
    return document;
  }

  async get(object: KubeObject, name = nameOf(object)): Promise<KubeObject> {
    return this.object(await this.path(object, name), { method: "GET" });
  }

  async create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const path = await this.path(object);
    return this.object(path, { method: "POST", query: writeQuery(options), body: object });
  }

  async replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const path = await this.path(object, nameOf(object));
    return this.object(path, { method: "PUT", query: writeQuery(options), body: object });
  }

  /** Server-side apply: what `object` names becomes the manager's, and nothing else. */
  async apply(name: string, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    return this.object(await this.path(object, name), {
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
      query: {
        ...writeQuery(options),
        force: String(options.force),
        fieldValidation: options.fieldValidation,
      },
      body: object,
    });
  }

  async patch(
    object: KubeObject,
    contentType: string,
    patch: Value,
    options?: WriteOptions,
  ): Promise<KubeObject> {
    return this.object(await this.path(object, nameOf(object)), {
      method: "PATCH",
      contentType,
      query: options ? writeQuery(options) : {},
      body: patch,
    });
  }

  async delete(object: KubeObject, name: string, propagationPolicy: string): Promise<void> {
    await this.transport.call({
      method: "DELETE",
      path: await this.path(object, name),
      body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy },
    });
  }

  async list(gvk: GroupVersionKind, namespace: string, selector = ""): Promise<KubeObject[]> {
    const path = pathOf(await this.find(gvk), namespace);
    const query = selector === "" ? {} : { fieldSelector: selector };
    const answer = await this.transport.call({ method: "GET", path, query });
    return list(answer, "items").filter(isMap);
  }

  private async path(object: KubeObject, name?: string): Promise<string> {
    return pathOf(await this.find(gvkOf(object)), namespaceOf(object), name);
  }

  private async object(
    path: string,
    call: Omit<Parameters<Transport["call"]>[0], "path">,
  ): Promise<KubeObject> {
    const answer = await this.transport.call({ ...call, path });
    if (!isMap(answer)) throw new Error(`${call.method} ${path}: the answer is no object`);
    return answer;
  }
}

function writeQuery({ fieldManager, dryRun }: WriteOptions): Record<string, string | undefined> {
  return { fieldManager, dryRun: dryRun ? "All" : undefined };
}

function pathOf(type: ResourceType, namespace: string, name?: string): string {
  return [
    type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`,
    ...(type.namespaced ? ["namespaces", namespace || "default"] : []),
    type.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join("/");
}

function typesOfGroup(item: Value): ResourceType[] {
  const group = text(item, "metadata", "name");
  return list(item, "versions").flatMap((entry) =>
    list(entry, "resources").map((resource) => ({
      group,
      version: text(entry, "version"),
      kind: text(resource, "responseKind", "kind"),
      plural: text(resource, "resource"),
      namespaced: text(resource, "scope") === "Namespaced",
    })),
  );
}
