import { Actions } from "./call";

/** The one account that there is. */
export const accountId = "1000000000000001";

export const stsActions: Actions = {
  GetCallerIdentity: () => ({
    AccountId: accountId,
    UserId: accountId,
    PrincipalId: accountId,
    IdentityType: "Account",
    Arn: `acs:ram::${accountId}:root`,
    RoleId: "",
  }),
};

export const locationActions: Actions = {
  DescribeEndpoints({ context, params }) {
    const service = params.need("ServiceCode");
    const endpoint = {
      Endpoint: `127.0.0.1:${context.instance.cloudPort}`,
      Id: params.get("Id") ?? "",
      Namespace: "",
      SerivceCode: service,
      ServiceCode: service,
      Type: "openAPI",
      Protocols: { Protocols: ["HTTP", "HTTPS"] },
    };
    return { Success: true, Endpoints: { Endpoint: [endpoint] } };
  },
};

export const billingActions: Actions = {
  QueryAvailableInstances: () => ({
    Success: true,
    Data: { TotalCount: 0, PageNum: 1, PageSize: 20, InstanceList: [] },
  }),
};
