import { Context } from "../core/context";
import { badRequest } from "../core/errors";
import { CloudState } from "../core/state";
import { tagList, Tags, tagsOf, withoutTags } from "../core/tags";
import { Actions, Call } from "./call";

type Tagged = Record<string, { tags: Tags }>;

const collections: Record<string, (state: CloudState) => Tagged> = {
  VPC: (state) => state.vpcs,
  VSWITCH: (state) => state.vswitches,
  securitygroup: (state) => state.securityGroups,
  keypair: (state) => state.keyPairs,
  DOMAIN: (state) => state.domains,
  ZONE: (state) => state.privateZones,
};

function taggedObjects({ state }: Context, type: string, ids: string[]) {
  const collection = collections[type]?.(state);
  if (!collection) throw badRequest("InvalidResourceType", `Resource type ${type} has no tags.`);
  return ids.map((id) => {
    const object = collection[id];
    if (!object) throw badRequest("InvalidResourceId.NotFound", `${type} ${id} does not exist.`);
    return { id, object };
  });
}

const named = ({ context, params }: Call) =>
  taggedObjects(context, params.need("ResourceType"), params.list("ResourceId"));

function untag(call: Call): void {
  const all = call.params.boolean("All") ?? false;
  for (const { object } of named(call)) {
    object.tags = all ? {} : withoutTags(object.tags, call.params.list("TagKey"));
  }
}

function list(call: Call): object[] {
  const type = call.params.need("ResourceType");
  return named(call).flatMap(({ id, object }) =>
    tagList(object.tags).map((tag) => ({ ...tag, ResourceId: id, ResourceType: type })),
  );
}

const changes: Actions = {
  TagResources(call) {
    for (const { object } of named(call)) Object.assign(object.tags, tagsOf(call.params));
  },
  UntagResources: untag,
  UnTagResources: untag,
};

/** VPC and ECS wrap the list once more than the DNS products do. */
export const tagActions: Actions = {
  ...changes,
  ListTagResources: (call) => ({ NextToken: "", TagResources: { TagResource: list(call) } }),
};
export const dnsTagActions: Actions = {
  ...changes,
  ListTagResources: (call) => ({ NextToken: "", TagResources: list(call) }),
};
