import * as http from "node:http";
import * as path from "node:path";
import { ClusterDriver } from "../cluster/driver";
import { Instance } from "../instance";
import { adminPrefix, answerAdmin } from "./admin/server";
import { answer, Outgoing, readRequest } from "./core/answer";
import { Context } from "./core/context";
import { ApiError } from "./core/errors";
import { listen } from "./core/listener";
import { RequestLog } from "./core/requestLog";
import { seed } from "./core/seeds";
import { Store } from "./core/store";
import { Tasks } from "./core/tasks";
import { ensureIdentity } from "./core/tls";
import { csWorker } from "./cs/index";
import { PublicDns } from "./dns/publicDns";

export interface CloudOptions {
  instance: Instance;
  driver: ClusterDriver;
  /** The instance's own unless said otherwise; 0 takes any that is free. */
  port?: number;
  /** For tests of what expires. */
  now?: () => Date;
  /** Leads to hosts that are not Alibaba's; HTTPS_PROXY of the environment unless said otherwise. */
  proxy?: string;
  /** One line for each thing that happens; silent unless given. */
  report?: (message: string) => void;
}

export interface Cloud {
  readonly port: number;
  readonly context: Context;
  readonly requests: RequestLog;
  /** Running tasks are left to the next start. */
  close(): Promise<void>;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { instance, driver } = options;
  const report = options.report ?? (() => undefined);
  const now = options.now ?? (() => new Date());
  const dir = path.join(instance.dir, "cloud");
  const store = Store.open(path.join(dir, "state.json"));
  if (store.isNew) seed(store.state);
  failInterruptedCommands(store);
  store.save();
  const requests = new RequestLog(path.join(dir, "requests.jsonl"));
  const tasks = new Tasks(store, now, report);
  const publicDns = new PublicDns(driver, store.state, report);
  const listener = await listen(
    options.port ?? instance.cloudPort,
    await ensureIdentity(instance),
    (request, response, tls) => {
      handle(request, response, tls).catch((error: unknown) => {
        report(`request: ${error instanceof Error ? error.message : String(error)}`);
        response.destroy();
      });
    },
    options.proxy ?? process.env.HTTPS_PROXY ?? process.env.https_proxy,
  );
  const context: Context = {
    instance: { ...instance, cloudPort: listener.port },
    ...{ driver, store, state: store.state, tasks, publicDns, now },
  };
  tasks.resume(csWorker(context));
  await publicDns.publish();
  report(`cloud answers on 127.0.0.1:${listener.port}`);

  async function handle(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    tls: boolean,
  ): Promise<void> {
    const outgoing = await answerAny(request);
    store.save();
    if (outgoing.product !== "lab") note(request, outgoing, tls);
    response.writeHead(outgoing.status, outgoing.headers).end(outgoing.body);
  }

  function note(request: http.IncomingMessage, outgoing: Outgoing, tls: boolean): void {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const { product, action, status, code } = outgoing;
    const method = request.method ?? "";
    const at = now().toISOString();
    requests.add({ at, tls, method, path: pathname, product, action, status, code });
    if (code !== undefined) report(`refused ${product} ${action}: ${code}`);
  }

  async function answerAny(request: http.IncomingMessage): Promise<Outgoing> {
    try {
      const incoming = await readRequest(request);
      if (incoming.path.startsWith(adminPrefix)) {
        return await answerAdmin(context, requests, incoming);
      }
      return await answer(context, incoming);
    } catch (error) {
      const refusal = error instanceof ApiError ? error : undefined;
      const code = refusal?.code ?? "InvalidRequest";
      const body = JSON.stringify({ Code: code, Message: String(error) });
      const headers = { "content-type": "application/json" };
      return { status: refusal?.status ?? 400, headers, body, product: "", action: "", code };
    }
  }

  return {
    port: listener.port,
    context,
    requests,
    async close() {
      await listener.close();
      await tasks.stop();
      store.close();
    },
  };
}

/** Nobody waits for their output any more. */
function failInterruptedCommands(store: Store): void {
  for (const invocation of Object.values(store.state.invocations)) {
    if (invocation.status === "Running") invocation.status = "Failed";
  }
}
