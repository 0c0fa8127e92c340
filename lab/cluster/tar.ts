/** One entry of an archive; paths have no leading slash. */
export type TarEntry =
  | { path: string; kind: "directory"; mode: number }
  | { path: string; kind: "file"; mode: number; content: Buffer }
  | { path: string; kind: "link"; target: string };

const blockSize = 512;
const typeFlags = { file: "0", link: "2", directory: "5" } as const;

/** A tar archive (ustar). The same entries give the same bytes: owner root, time 0. */
export function tar(entries: TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) =>
    entry.kind === "file" ? [header(entry), padded(entry.content)] : [header(entry)],
  );
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockSize);
  const { name, prefix } = splitPath(entry.path);
  const size = entry.kind === "file" ? entry.content.length : 0;
  const mode = entry.kind === "link" ? 0o777 : entry.mode;
  block.write(name, 0, 100);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(" ".repeat(8), 148);
  block.write(typeFlags[entry.kind], 156);
  if (entry.kind === "link") block.write(entry.target, 157, 100);
  block.write("ustar\0" + "00", 257);
  block.write(prefix, 345, 155);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(checksum, 6)}\0 `, 148);
  return block;
}

function splitPath(path: string): { name: string; prefix: string } {
  if (path.length <= 100) return { name: path, prefix: "" };
  const slash = path.indexOf("/", path.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`${path}: too long for a tar archive`);
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(content: Buffer): Buffer {
  const rest = content.length % blockSize;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(blockSize - rest)]);
}
