import * as fs from "node:fs";
import { stringify } from "yaml";

import { certificatePath, keyPath, type Pki } from "./pki";

export interface KubeconfigRequest {
  server: string;
  /** The name of the user's certificate. */
  certificate: string;
  /** What the user is called in the file. */
  user: string;
  context: string;
}

/** A kubeconfig that needs no other file. The same keys give the same text. */
export function renderKubeconfig(pki: Pki, request: KubeconfigRequest): string {
  const { server, certificate, user, context } = request;
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "kubernetes",
          cluster: {
            server,
            "certificate-authority-data": base64(certificatePath(pki, "ca")),
          },
        },
      ],
      contexts: [{ name: context, context: { cluster: "kubernetes", user } }],
      "current-context": context,
      preferences: {},
      users: [
        {
          name: user,
          user: {
            "client-certificate-data": base64(certificatePath(pki, certificate)),
            "client-key-data": base64(keyPath(pki, certificate)),
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
}

function base64(file: string): string {
  return fs.readFileSync(file).toString("base64");
}
