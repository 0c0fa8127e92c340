import { execFileSync, spawn, type ChildProcess } from "child_process";
import * as fs from "fs";
import * as net from "net";
import * as os from "os";
import * as path from "path";

/** A real sshd on a free loopback port, with keys of its own, that lets this user in. */
export interface SshServer {
  port: number;
  dir: string;
  user: string;
  privateKey: string;
  encryptedKey: string;
  hostKey: string;
  agentSocket: string;
  stop(): void;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilListening(port: number, sshd: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    if (sshd.exitCode !== null) throw new Error(`sshd ended with exit code ${sshd.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("sshd does not listen");
}

export async function startSshServer(): Promise<SshServer> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "sshd-"));
  const key = (name: string, passphrase: string): string => {
    const file = path.join(dir, name);
    const words = ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", file];
    execFileSync("ssh-keygen", words);
    return fs.readFileSync(file, "utf8");
  };
  key("host", "");
  const privateKey = key("user", "");
  const encryptedKey = key("locked", "open sesame");
  const port = await freePort();
  const authorized = ["user.pub", "locked.pub"].map((name) =>
    fs.readFileSync(path.join(dir, name), "utf8"),
  );
  fs.writeFileSync(path.join(dir, "authorized"), authorized.join(""));
  fs.writeFileSync(
    path.join(dir, "config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${dir}/host`,
      `AuthorizedKeysFile ${dir}/authorized`,
      "PidFile none",
      "UsePAM no",
      "StrictModes no",
      "PasswordAuthentication yes",
      "MaxStartups 100",
      "AcceptEnv PULUMI_COMMAND_STDOUT GREETING",
      "Subsystem sftp internal-sftp",
    ].join("\n"),
  );
  if (process.getuid?.() === 0) fs.mkdirSync("/run/sshd", { recursive: true });
  const sshd = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", path.join(dir, "config")], {
    stdio: "ignore",
  });
  await untilListening(port, sshd);

  const agentSocket = path.join(dir, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", agentSocket], { stdio: "ignore" });
  while (!fs.existsSync(agentSocket)) await new Promise((resolve) => setTimeout(resolve, 20));
  execFileSync("ssh-add", ["-q", path.join(dir, "user")], {
    env: { ...process.env, SSH_AUTH_SOCK: agentSocket },
  });

  return {
    port,
    dir,
    user: os.userInfo().username,
    privateKey,
    encryptedKey,
    hostKey: fs.readFileSync(path.join(dir, "host.pub"), "utf8"),
    agentSocket,
    stop() {
      sshd.kill();
      agent.kill();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
