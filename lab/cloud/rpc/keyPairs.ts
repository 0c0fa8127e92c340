import { createHash, generateKeyPairSync } from "node:crypto";
import { timestamp } from "../core/context";
import { badRequest, notFound } from "../core/errors";
import { defaultResourceGroup } from "../core/seeds";
import { tagList, tagsOf } from "../core/tags";
import { Actions, Call } from "./call";
import { findSecurityGroup } from "./securityGroups";

function add({ context, params }: Call, publicKey: string): object {
  const name = params.need("KeyPairName");
  if (!/^[a-zA-Z][\w:.-]{1,127}$/.test(name)) {
    throw badRequest(
      "InvalidKeyPairName.Malformed",
      `Specified key pair name ${name} is not valid.`,
    );
  }
  if (context.state.keyPairs[name]) {
    throw badRequest("KeyPair.AlreadyExist", `The key pair ${name} already exists.`);
  }
  const fingerprint = createHash("md5").update(publicKey).digest("hex");
  context.state.keyPairs[name] = {
    publicKey,
    fingerprint,
    resourceGroupId: params.get("ResourceGroupId") ?? defaultResourceGroup(),
    created: timestamp(context.now()),
    tags: tagsOf(params),
  };
  return { KeyPairName: name, KeyPairFingerPrint: fingerprint };
}

function create(call: Call): object {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  return { ...add(call, pair.publicKey), PrivateKeyBody: pair.privateKey };
}

function importKey(call: Call): object {
  const publicKey = call.params.need("PublicKeyBody").trim();
  if (!/^(ssh-rsa|ssh-ed25519|ecdsa-\S+) \S+/.test(publicKey)) {
    throw badRequest("InvalidPublicKeyBody.Malformed", "The specified public key is not valid.");
  }
  return add(call, publicKey);
}

function describe({ context, params }: Call): object {
  const asked = params.get("KeyPairName");
  const pairs = Object.entries(context.state.keyPairs)
    .filter(([name]) => asked === undefined || asked === name)
    .map(([name, pair]) => ({
      KeyPairName: name,
      KeyPairFingerPrint: pair.fingerprint,
      PublicKey: pair.publicKey,
      CreationTime: pair.created,
      ResourceGroupId: pair.resourceGroupId,
      Tags: { Tag: tagList(pair.tags) },
    }));
  return { TotalCount: pairs.length, PageNumber: 1, PageSize: 10, KeyPairs: { KeyPair: pairs } };
}

function remove({ context, params }: Call): void {
  const { state } = context;
  for (const name of JSON.parse(params.need("KeyPairNames")) as string[]) {
    const pools = Object.values(state.nodePools);
    if (pools.some((pool) => pool.scaling_group.key_pair === name)) {
      throw badRequest(
        "InvalidParameter.KeypairAlreadyAttachedInstance",
        `The key pair ${name} is attached to instances.`,
      );
    }
    delete state.keyPairs[name];
  }
}

function joinResourceGroup({ context, params }: Call): void {
  const id = params.need("ResourceId");
  const type = params.need("ResourceType");
  const pair = context.state.keyPairs[id];
  if (type === "keypair" && !pair) {
    throw notFound("InvalidKeyPair.NotFound", `The key pair ${id} does not exist.`);
  }
  const object = type === "keypair" && pair ? pair : findSecurityGroup(context.state, id);
  object.resourceGroupId = params.get("ResourceGroupId") ?? defaultResourceGroup();
}

export const keyPairActions: Actions = {
  CreateKeyPair: create,
  ImportKeyPair: importKey,
  DescribeKeyPairs: describe,
  DeleteKeyPairs: remove,
  JoinResourceGroup: joinResourceGroup,
};
