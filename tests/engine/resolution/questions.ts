import fc from "fast-check";

import { NAMESPACES, POD_IPS, PUBLIC_NAMES, SERVICES } from "./world";

/** A question and the address that it comes from. */
export interface Asked {
  /** Complete name. */
  readonly name: string;
  readonly type: string;
  readonly from: string;
}

const ZONES = ["cluster.local", "oneprocloud.com", "k8s.oneprocloud.com"];
const NAMESPACE_LABELS = [...NAMESPACES, "nowhere", "com"];
const SERVICE_LABELS = [...SERVICES, "nothing"];

const service = fc
  .tuple(
    fc.constantFrom(
      "",
      "",
      "",
      "_https._tcp.",
      "_http._tcp.",
      "_dns._udp.",
      "_dns._tcp.",
      "_nope._tcp.",
      "web-0.",
      "10-244-0-5.",
      "web-7d9f.",
      "fd00-10--5.",
      "x.y.z.",
    ),
    fc.constantFrom(...SERVICE_LABELS),
    fc.constantFrom(...NAMESPACE_LABELS),
    fc.constantFrom("svc", "svc", "svc", "svc", "pod", "endpoints"),
    fc.constantFrom(...ZONES),
  )
  .map(([before, name, namespace, kind, zone]) => `${before}${name}.${namespace}.${kind}.${zone}`);

const pod = fc
  .tuple(
    fc.constantFrom("", "", "x.", "x.y."),
    fc.constantFrom(
      "127-0-0-11",
      "127-0-0-13",
      "10-244-0-5",
      "fd00-10--5",
      "not-an-ip",
      "1-2-3",
      "1-2-3-400",
    ),
    fc.constantFrom(...NAMESPACE_LABELS),
    fc.constantFrom(...ZONES),
  )
  .map(([before, label, namespace, zone]) => `${before}${label}.${namespace}.pod.${zone}`);

const structure = fc
  .tuple(
    fc.constantFrom(
      "",
      "svc.",
      "pod.",
      "default.svc.",
      "nowhere.svc.",
      "shop.pod.",
      "dns-version.",
      "ns.dns.",
      "dns.",
      "apex.dns.",
      "any.svc.",
      "*.default.svc.",
      "web.*.svc.",
      "hostmaster.",
    ),
    fc.constantFrom(...ZONES),
  )
  .map(([before, zone]) => `${before}${zone}`);

const searched = fc
  .tuple(
    fc.constantFrom(...PUBLIC_NAMES, "kubernetes", "web.default", "db"),
    fc.constantFrom("default.svc.", "default.svc.", "shop.svc.", "svc.", ""),
    fc.constantFrom("cluster.local", "oneprocloud.com"),
  )
  .map(([name, before, zone]) => `${name}.${before}${zone}`);

const reverse = fc.constantFrom(
  "1.0.96.10.in-addr.arpa",
  "20.0.96.10.in-addr.arpa",
  "30.3.96.10.in-addr.arpa",
  "1.7.96.10.in-addr.arpa",
  "5.0.244.10.in-addr.arpa",
  "11.0.0.127.in-addr.arpa",
  "77.113.0.203.in-addr.arpa",
  "30.113.0.203.in-addr.arpa",
  "9.9.9.10.in-addr.arpa",
  "4.3.2.1.in-addr.arpa",
  "96.10.in-addr.arpa",
  "1.0.98.10.in-addr.arpa",
  "01.0.96.10.in-addr.arpa",
  "x.0.96.10.in-addr.arpa",
  "in-addr.arpa",
  "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.d.f.ip6.arpa",
  "0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.0.d.f.ip6.arpa",
  "1.0.0.0.ip6.arpa",
  "svc.in-addr.arpa",
);

const special = fc.constantFrom(
  "old.example",
  "web.old.example",
  "a.gone.example",
  "legacy.example",
  "legacy.default.svc.cluster.local",
  "hosted.example",
  "six.example",
  "upper.example",
  "x.wild.example",
  "y.x.wild.example",
  "ip-1-2.example",
  "ip-1-2-3.example",
  "tmpl.oneprocloud.com",
  "broken.cluster.local",
  "t-1.example",
  "www.shop.com.oneprocloud.com",
  "refused.oneprocloud.com",
  "fail.oneprocloud.com",
  "gone.oneprocloud.com",
  "other.svc.cluster.local",
  "default.svc.cluster.local",
  ".",
);

const TYPES = [
  "A",
  "A",
  "A",
  "A",
  "A",
  "AAAA",
  "AAAA",
  "SRV",
  "SRV",
  "TXT",
  "CNAME",
  "SOA",
  "NS",
  "MX",
  "CAA",
  "ANY",
];

/** Questions that hit every part of a Corefile: Services, pods, the search list, the public DNS. */
export function askedArb(legacy: boolean): fc.Arbitrary<Asked> {
  const name = fc.oneof(
    { weight: 6, arbitrary: service },
    { weight: 3, arbitrary: pod },
    { weight: 3, arbitrary: structure },
    { weight: 5, arbitrary: searched },
    { weight: 5, arbitrary: fc.constantFrom(...PUBLIC_NAMES) },
    { weight: 2, arbitrary: special },
  );
  const forward = fc.record({
    name,
    type: fc.constantFrom(...TYPES),
    from: fc.constantFrom(...POD_IPS),
  });
  const pointer = fc.record({
    name: fc.oneof({ weight: 5, arbitrary: reverse }, { weight: 1, arbitrary: service }),
    type: fc.constantFrom("PTR", "PTR", "PTR", "A"),
    from: fc.constantFrom(...POD_IPS),
  });
  return fc
    .oneof({ weight: 8, arbitrary: forward }, { weight: 1, arbitrary: pointer })
    .filter(({ name, type }) => !(legacy && type === "CNAME" && /(^|\.)(\*|any)\./.test(name)))
    .map((asked) => ({ ...asked, name: asked.name === "." ? "." : `${asked.name}.` }));
}
