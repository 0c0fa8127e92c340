import { unknownAction } from "../core/errors";
import { billingActions, locationActions, stsActions } from "./account";
import { domainActions } from "./alidnsDomains";
import { recordActions } from "./alidnsRecords";
import { Actions, Call } from "./call";
import { catalogActions } from "./catalog";
import { cloudAssistantActions } from "./cloudAssistant";
import { keyPairActions } from "./keyPairs";
import { privateRecordActions } from "./privateRecords";
import { privateZoneActions } from "./privateZones";
import { dnsTagActions, tagActions } from "./resourceTags";
import { securityGroupActions } from "./securityGroups";
import { vpcActions } from "./vpcs";
import { vswitchActions } from "./vswitches";

/** An RPC request names its product by the version of the API alone. */
const products: Record<string, { name: string; actions: Actions }> = {
  "2016-04-28": { name: "vpc", actions: { ...vpcActions, ...vswitchActions, ...tagActions } },
  "2014-05-26": {
    name: "ecs",
    actions: {
      ...catalogActions,
      ...securityGroupActions,
      ...keyPairActions,
      ...cloudAssistantActions,
      ...tagActions,
    },
  },
  "2015-01-09": {
    name: "alidns",
    actions: { ...domainActions, ...recordActions, ...dnsTagActions },
  },
  "2018-01-01": {
    name: "pvtz",
    actions: { ...privateZoneActions, ...privateRecordActions, ...dnsTagActions },
  },
  "2015-04-01": { name: "sts", actions: stsActions },
  "2015-06-12": { name: "location", actions: locationActions },
  "2017-12-14": { name: "bssopenapi", actions: billingActions },
};

export const productOf = (version: string) => products[version]?.name ?? "unknown";

export async function answerRpc(call: Call): Promise<object> {
  const name = call.params.need("Action");
  const version = call.params.need("Version");
  const actions = products[version]?.actions ?? {};
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw unknownAction(`${name} (version ${version})`);
  return (await action(call)) ?? {};
}
