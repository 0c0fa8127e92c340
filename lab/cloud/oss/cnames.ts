import { createHash, X509Certificate } from "node:crypto";
import { isSubdomainOf, joinNames, nameEquals, parseName } from "../../../dns";
import { ApiError, badRequest, notFound } from "../core/errors";
import { newToken } from "../core/ids";
import { JsonObject, asObject } from "../core/json";
import { Bucket, Certificate, CloudState, Cname } from "../core/state";
import { recordName } from "../dns/recordName";
import { findBucket, notSupported, ok, OssAnswer, OssCall } from "./call";
import { accountId } from "../rpc/account";
import { at, document, parseXml } from "./xml";

const tokenLifetime = 72 * 60 * 60 * 1000;
const domainsPerBucket = 100;
const domainPattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

export function answerCname(call: OssCall): OssAnswer {
  const command = `${call.method} ${call.query.get("comp") ?? ""}`.trim();
  switch (command) {
    case "GET":
      return list(call);
    case "POST token":
      return createToken(call);
    case "POST add":
      return add(call);
    case "POST delete":
      return remove(call);
    default:
      throw notSupported(`${command} of cname`);
  }
}

function configurationOf(call: OssCall): { domain: string; certificate: JsonObject } {
  const parsed = parseXml(call.body);
  const domain = at(parsed, "BucketCnameConfiguration", "Cname", "Domain")?.toLowerCase() ?? "";
  if (!domainPattern.test(domain)) {
    throw badRequest(
      "InvalidArgument",
      `The domain "${domain}" cannot be bound: no wildcard, no international name, a full name.`,
    );
  }
  const cname = asObject(asObject(parsed.BucketCnameConfiguration).Cname);
  return { domain, certificate: asObject(cname.CertificateConfiguration) };
}

function ownerOf(state: CloudState, domain: string): string | undefined {
  return Object.entries(state.buckets).find(([, bucket]) => bucket.cnames[domain])?.[0];
}

/** The same token while it is valid; a new one after that; none once the domain is bound. */
function createToken(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  const { domain } = configurationOf(call);
  if (ownerOf(call.context.state, domain) === call.bucketName) {
    throw badRequest("NoNeedCreateCnameToken", `The domain ${domain} is bound to this bucket.`);
  }
  const now = call.context.now().getTime();
  const old = bucket.cnameTokens[domain];
  const token =
    old && Date.parse(old.expires) > now
      ? old
      : { token: newToken(), expires: new Date(now + tokenLifetime).toISOString() };
  bucket.cnameTokens[domain] = token;
  return ok(
    document("CnameToken", {
      Bucket: call.bucketName,
      Cname: domain,
      Token: token.token,
      ExpireTime: new Date(token.expires).toUTCString(),
    }),
  );
}

function add(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  const { domain, certificate } = configurationOf(call);
  const { state } = call.context;
  const owner = ownerOf(state, domain);
  if (owner !== undefined && owner !== call.bucketName) {
    throw new ApiError(409, "CnameAlreadyExists", `The domain ${domain} is bound to ${owner}.`);
  }
  if (owner === undefined) {
    if (Object.keys(bucket.cnames).length >= domainsPerBucket) {
      throw badRequest("TooManyCname", `A bucket has at most ${domainsPerBucket} domains.`);
    }
    verifyOwnership(call, bucket, domain);
  }
  const cname: Cname = bucket.cnames[domain] ?? { bound: call.context.now().toISOString() };
  cname.certificate = certificateFrom(call, cname.certificate, certificate);
  bucket.cnames[domain] = cname;
  delete bucket.cnameTokens[domain];
  return ok();
}

/** Looks where OSS looks: for a TXT record beside the domain, in the public DNS. */
function verifyOwnership(call: OssCall, bucket: Bucket, domain: string): void {
  const token = bucket.cnameTokens[domain];
  const valid = token && Date.parse(token.expires) > call.context.now().getTime();
  if (!valid || !textRecords(call.context.state, domain).includes(token.token)) {
    throw new ApiError(
      403,
      "NeedVerifyDomainOwnership",
      "Please verify domain ownership by CreateCnameToken and try again.",
    );
  }
}

/** `_dnsauth.<sub>` in the zone that the domain lies in; `_dnsauth` where it is the zone itself. */
export function textRecords(state: CloudState, domain: string): string[] {
  const bound = parseName(domain);
  const zone = Object.keys(state.domains)
    .filter((name) => isSubdomainOf(bound, parseName(name)))
    .sort((a, b) => b.length - a.length)[0];
  if (zone === undefined) return [];
  const wanted = joinNames(parseName("_dnsauth"), bound);
  return Object.values(state.domainRecords)
    .filter((record) => record.domain === zone && record.status === "ENABLE")
    .filter(({ type, rr }) => type === "TXT" && nameEquals(recordName(rr, zone), wanted))
    .map((record) => record.value.replace(/^"(.*)"$/, "$1"));
}

function certificateFrom(
  call: OssCall,
  old: Certificate | undefined,
  sent: JsonObject,
): Certificate | undefined {
  if (at(sent, "DeleteCertificate") === "true") return undefined;
  const text = at(sent, "Certificate");
  const id = at(sent, "CertId");
  if (!text && !id) return old;
  const previous = at(sent, "PreviousCertId");
  if (old && at(sent, "Force") !== "true" && previous !== undefined && previous !== old.id) {
    throw badRequest("InvalidArgument", `PreviousCertId is not ${old.id}: set Force to overwrite.`);
  }
  const created = call.context.now().toUTCString();
  if (!text) return { ...unread, id: id ?? "", type: "CAS", created };
  try {
    const parsed = new X509Certificate(text);
    if (!at(sent, "PrivateKey")) throw new Error("the private key is missing");
    return {
      id: id || `${createHash("sha1").update(text).digest("hex").slice(0, 8)}-${call.region}`,
      type: "Upload",
      created,
      fingerprint: parsed.fingerprint,
      validFrom: parsed.validFrom,
      validTo: parsed.validTo,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequest("InvalidArgument", `The certificate cannot be used: ${reason}.`);
  }
}

// A certificate of another product, which is not kept here.
const unread = { fingerprint: "", validFrom: "", validTo: "" };

function list(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  return ok(
    document("ListCnameResult", {
      Bucket: call.bucketName,
      Owner: accountId,
      Cname: Object.entries(bucket.cnames)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([domain, cname]) => ({
          Domain: domain,
          LastModified: cname.bound,
          Status: "Enabled",
          Certificate: cname.certificate && {
            Type: cname.certificate.type,
            CertId: cname.certificate.id,
            Status: "Enabled",
            CreationDate: cname.certificate.created,
            Fingerprint: cname.certificate.fingerprint,
            ValidStartDate: cname.certificate.validFrom,
            ValidEndDate: cname.certificate.validTo,
          },
        })),
    }),
  );
}

function remove(call: OssCall): OssAnswer {
  const bucket = findBucket(call);
  const { domain } = configurationOf(call);
  if (!bucket.cnames[domain]) {
    throw notFound("NoSuchCname", `The domain ${domain} is not bound to this bucket.`);
  }
  delete bucket.cnames[domain];
  return ok();
}
