import type { Failure } from "../config";
import { isPatchOf, type Context, type Target } from "../context";
import { toObject, withSecrets } from "../checkpoint";
import { deprecationNotice, removalNotice } from "../deprecations";
import { isListType, isNamespacedKind } from "../kinds";
import { adoptName, assignName, type Autonaming } from "../naming";
import { normalize } from "../normalize";
import {
  annotation,
  apiVersionOf,
  assign,
  gvkOfType,
  gvkOf,
  isCrd,
  isNamed,
  kindOf,
  nameOf,
  nameOfUrn,
  namespaceOf,
  pluck,
  text,
  typeOfUrn,
  type KubeObject,
} from "../objects";
import { hasUnknown, isMap, Unknown, type Properties } from "../../rpc/values";

export interface CheckInput {
  olds: Properties;
  news: Properties;
  randomSeed: Uint8Array;
  autonaming: Autonaming | undefined;
}

export interface CheckResult {
  inputs: Properties;
  failures: Failure[];
}

/** Completes a resource's inputs: name, namespace, spelling. */
export async function check(
  input: CheckInput,
  { urn, log }: Target,
  context: Context,
): Promise<CheckResult> {
  const { settings, connection } = context;
  if (!connection.cluster && settings.skipUpdateUnreachable) {
    log.log(
      "warning",
      "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...",
    );
    return { inputs: input.olds, failures: [] };
  }
  const type = typeOfUrn(urn);
  if (isListType(type)) {
    throw new Error(
      "list resources exist for compatibility with YAML manifests and Helm charts, " +
        "and cannot be created directly. Use the underlying resource type instead",
    );
  }

  const old = toObject(input.olds);
  let object = toObject(input.news);
  const patch = isPatchOf(urn, object);
  if (patch && !settings.serverSideApply) {
    throw new Error(
      "patch resources require Server-Side Apply mode, which is enabled using the " +
        "`enableServerSideApply` Provider config",
    );
  }
  object = await normalize(object, connection.cluster);
  if (patch && nameOf(object) === "" && !(pluck(object, "metadata") instanceof Unknown)) {
    throw new Error("patch resources require the `.metadata.name` field to be set");
  }
  warnOfHooks(object, context, { urn, log });
  giveName(object, old, input, urn, context);

  const gvk = gvkOfType(type);
  if (connection.cluster) {
    const served = gvkOf({ ...object, kind: gvk.kind.replace(/Patch$/, "") });
    const removal = removalNotice(served, connection.serverVersion);
    const deprecation = settings.suppressDeprecationWarnings
      ? undefined
      : deprecationNotice(served);
    if (removal !== undefined) log.log("warning", removal);
    else if (deprecation !== undefined) log.log("warning", deprecation);
  }

  if (connection.defaultNamespace !== "" && namespaceOf(object) === "") {
    const named = pluck(object, "metadata", "namespace") instanceof Unknown;
    if (!named && isNamespacedKind(gvk, connection.cluster)) {
      assign(object, ["metadata", "namespace"], connection.defaultNamespace);
    }
  }
  if (settings.rejectUnknownResources && connection.cluster && !hasUnknown(object)) {
    await connection.cluster.find(gvkOf(object)).catch(() => {
      throw new Error(
        `unable to fetch schema for resource type ${apiVersionOf(object)}/${kindOf(object)}: ` +
          "cluster does not support it",
      );
    });
  }
  if (isCrd(object) && !hasUnknown(pluck(object, "spec") ?? null)) {
    connection.cluster?.declare(object);
  }
  return { inputs: withSecrets(object, input.news), failures: [] };
}

function giveName(
  object: KubeObject,
  old: KubeObject,
  input: CheckInput,
  urn: string,
  { settings }: Context,
): void {
  const isGenerated =
    !isNamed(object) &&
    (text(object, "metadata", "generateName") !== "" ||
      pluck(object, "metadata", "generateName") instanceof Unknown);
  if (Object.keys(old).length > 0) {
    adoptName(object, old);
    if (isManagedByPulumi(old)) assign(object, managedByPath, managedBy());
  } else {
    if (!isNamed(object) && !isGenerated) {
      assignName(object, nameOfUrn(urn), input.randomSeed, input.autonaming);
    }
    // With server-side apply the field managers say who manages what.
    if (!settings.serverSideApply) assign(object, managedByPath, managedBy());
  }
  if (isGenerated && settings.serverSideApply && !isNamed(object)) {
    throw new Error(
      "the `.metadata.generateName` field is not supported in Server-Side Apply mode",
    );
  }
}

const managedByPath = ["metadata", "labels", "app.kubernetes.io/managed-by"];
const managedBy = (): string => process.env["PULUMI_KUBERNETES_MANAGED_BY_LABEL"] ?? "pulumi";

function isManagedByPulumi(object: KubeObject): boolean {
  const label = pluck(object, ...managedByPath);
  const unknown = [pluck(object, "metadata"), pluck(object, "metadata", "labels"), label].some(
    (value) => value instanceof Unknown,
  );
  return unknown || label === managedBy();
}

function warnOfHooks(object: KubeObject, { settings }: Context, { log }: Target): void {
  const annotations = pluck(object, "metadata", "annotations");
  if (!isMap(annotations)) return;
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith(annotation.autonamed)) {
      log.log("warning", `ignoring user-specified value for internal annotation "${key}"`);
    }
    const isHook =
      key.startsWith("helm.sh/hook") && typeof value === "string" && value.includes("test");
    if (!isHook || settings.suppressHelmHookWarnings) continue;
    log.log(
      "warning",
      "This resource contains Helm hooks that are not currently supported by Pulumi. The resource " +
        "will be created, but any hooks will not be executed. Hooks support is tracked at " +
        "https://github.com/pulumi/pulumi-kubernetes/issues/555 -- This warning can be disabled " +
        "by setting the PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS environment variable",
    );
  }
}
