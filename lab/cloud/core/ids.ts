import { randomBytes, randomInt, randomUUID } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `vpc-2ze...`: what VPC and ECS call their objects. */
export function newId(prefix: string): string {
  const tail = Array.from({ length: 17 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${prefix}-2ze${tail}`;
}

/** `c6b0...`, `np1f...`: what Container Service calls its objects. */
export const newHexId = (prefix: string) => `${prefix}${randomBytes(16).toString("hex")}`;

/** DNS records; below 2^53, as some clients read it as a number. */
export const newNumericId = () => String(randomInt(10 ** 14, 2 ** 47));

export const newRequestId = () => randomUUID().toUpperCase();

export const newToken = () => randomBytes(16).toString("hex");
