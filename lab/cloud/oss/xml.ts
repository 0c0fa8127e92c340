import { XMLParser, XMLValidator } from "fast-xml-parser";
import { badRequest } from "../core/errors";
import { asObject, asText, JsonObject } from "../core/json";

export type XmlValue =
  string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

/** An element of any depth; a list repeats its element, undefined leaves it out. */
export function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join("");
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: Exclude<XmlValue, undefined | XmlValue[]>): string {
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, child]) => element(name, child))
      .join("");
  }
  return escape(String(value));
}

export const document = (name: string, value: XmlValue) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value)}`;

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, htmlEntities: true });

/** Every value is text. Throws the refusal of OSS where the body is not XML. */
export function parseXml(text: string): JsonObject {
  if (XMLValidator.validate(text) !== true) {
    throw badRequest("MalformedXML", "The XML you provided was not well-formed.");
  }
  return asObject(parser.parse(text));
}

/** `at(doc, "A", "B")` is the text of `<A><B>`. */
export function at(document: JsonObject, ...path: string[]): string | undefined {
  const names = [...path];
  const last = names.pop() ?? "";
  const parent = names.reduce((node, name) => asObject(node[name]), document);
  return asText(parent[last]);
}
