import { execFile } from "node:child_process";
import * as fs from "node:fs";
import type * as http from "node:http";
import type * as https from "node:https";
import { promisify } from "node:util";

import type { Selection } from "../kubeconfig";
import { list, pluck, text } from "../objects";
import type { Properties, Value } from "../../rpc/values";
import type { Endpoint } from "./http";

const run = promisify(execFile);

/** Base64 in the kubeconfig, else the content of the file that it names. */
function material(entry: Properties, data: string, file: string): Buffer | undefined {
  if (text(entry, data) !== "") return Buffer.from(text(entry, data), "base64");
  return text(entry, file) === "" ? undefined : fs.readFileSync(text(entry, file));
}

/** Go programs take their authorities from this file where it is named; Node.js does not. */
function systemCa(): Buffer | undefined {
  const file = process.env["SSL_CERT_FILE"] ?? "";
  return file === "" ? undefined : fs.readFileSync(file);
}

/** Everything that a kubeconfig's context says of how to reach its API server. */
export async function endpointOf({ cluster, user }: Selection): Promise<Endpoint> {
  const server = new URL(text(cluster, "server").replace(/^(?!https?:\/\/)/, "http://"));
  const tls: https.AgentOptions = {
    ca: material(cluster, "certificate-authority-data", "certificate-authority") ?? systemCa(),
    cert: material(user, "client-certificate-data", "client-certificate"),
    key: material(user, "client-key-data", "client-key"),
    rejectUnauthorized: pluck(cluster, "insecure-skip-tls-verify") !== true,
  };
  const serverName = text(cluster, "tls-server-name");
  if (serverName !== "") tls.servername = serverName;

  const headers: http.OutgoingHttpHeaders = { "user-agent": "pulumi-kubernetes/4.32.0" };
  const impersonated = text(user, "as");
  if (impersonated !== "") headers["impersonate-user"] = impersonated;
  const groups = list(user, "as-groups").filter((group) => typeof group === "string");
  if (groups.length > 0) headers["impersonate-group"] = groups;

  const endpoint: Endpoint = { server, tls, headers };
  if (text(user, "username") !== "") {
    const pair = `${text(user, "username")}:${text(user, "password")}`;
    headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  const tokenFile = text(user, "tokenFile");
  const token = text(user, "token");
  if (tokenFile !== "") {
    endpoint.token = async () => (await fs.promises.readFile(tokenFile, "utf8")).trim();
  } else if (token !== "") {
    endpoint.token = () => Promise.resolve(token);
  } else if (pluck(user, "exec") !== undefined) {
    await useExecPlugin(endpoint, pluck(user, "exec") ?? null);
  }
  return endpoint;
}

interface ExecStatus {
  token?: string;
  expires?: number;
  cert?: string;
  key?: string;
}

async function callExecPlugin(exec: Value): Promise<ExecStatus> {
  const apiVersion = text(exec, "apiVersion");
  const strings = (values: Value[]): string[] => values.filter((word) => typeof word === "string");
  const environment = list(exec, "env").map((item) => [text(item, "name"), text(item, "value")]);
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const { stdout } = await run(text(exec, "command"), strings(list(exec, "args")), {
    env: {
      ...process.env,
      ...(Object.fromEntries(environment) as Record<string, string>),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
  });
  const status = pluck(JSON.parse(stdout) as Value, "status") ?? null;
  const expiry = text(status, "expirationTimestamp");
  return {
    token: text(status, "token") || undefined,
    expires: expiry === "" ? undefined : Date.parse(expiry),
    cert: text(status, "clientCertificateData") || undefined,
    key: text(status, "clientKeyData") || undefined,
  };
}

async function useExecPlugin(endpoint: Endpoint, exec: Value): Promise<void> {
  let status = await callExecPlugin(exec);
  if (status.cert !== undefined) endpoint.tls.cert = status.cert;
  if (status.key !== undefined) endpoint.tls.key = status.key;
  endpoint.token = async () => {
    if (status.expires !== undefined && status.expires < Date.now()) {
      status = await callExecPlugin(exec);
    }
    return status.token;
  };
}
