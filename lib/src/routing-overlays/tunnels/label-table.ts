/**
 * Forwarding tables for addresses that are words: the longest match over labels instead of bits. Domain names match from their end ("example.com" holds
 * "www.example.com"), URLs from their beginning, whole path segments at a time ("http://a.example/videos" holds "http://a.example/videos/7" but
 * not "http://a.example/videos2"). Section 9.4, introduction. Tests: test/routing-overlays/tunnels/words.test.ts
 */
import { normalPath } from "../../codecs/uri-path";
import { ParameterError, checkNumber } from "../../errors";

const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const URL_FORM = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9.-]+(?::[0-9]{1,5})?)((?:\/[\x21-\x22\x24-\x3e\x40-\x7e]*)?)(?:\?[\x21-\x22\x24-\x7e]*)?$/i;

/**
 * The labels of a domain name, from the root down; upper case is folded, one dot at the end allowed.
 * @throws ParameterError unless it follows RFC 1123
 */
export function nameLabels(name: string): string[] {
  const plain = String(name).toLowerCase().replace(/\.$/, "");
  if (typeof name !== "string" || !NAME.test(plain)) throw new ParameterError({ what: "not a domain name", got: name, expected: "labels of letters, digits and dashes joined by dots" });
  return plain.split(".").reverse();
}

/**
 * The labels of a URL: scheme, host with port (left out where it is the scheme's own), then the segments of its path in the normal form of RFC 3986, section 6.2.2. The
 * query is not part of them; a slash at the end makes no difference.
 * @throws ParameterError unless it is an absolute URL with a host and without fragment or user
 */
export function urlLabels(url: string): string[] {
  const parts = typeof url === "string" ? URL_FORM.exec(url) : null;
  if (parts === null) throw new ParameterError({ what: "not a URL to route by", got: url, expected: "scheme://host/path in ASCII" });
  const normal = normalPath(parts[3]);
  if ("fault" in normal) throw new ParameterError({ what: "not a URL to route by", got: url, expected: normal.fault });
  const scheme = parts[1].toLowerCase();
  const ownPort = scheme === "http" ? ":80" : scheme === "https" ? ":443" : null;
  const authority = parts[2].toLowerCase();
  const host = ownPort !== null && authority.endsWith(ownPort) ? authority.slice(0, -ownPort.length) : authority;
  return [scheme, host, ...normal.path.split("/").filter((segment) => segment !== "")];
}

interface LabelNode {
  value: number;
  readonly children: Map<string, LabelNode>;
}

/** Longest match over lists of labels. Values are whole numbers 0..2^31 - 1. */
export class LabelTable {
  private readonly root: LabelNode = { value: -1, children: new Map() };
  private entryCount = 0;

  /** Number of entries. */
  get size(): number {
    return this.entryCount;
  }

  /** Adds an entry or gives it a new value; an empty list is the default route. @returns the value it had, or -1 */
  set(labels: readonly string[], value: number): number {
    checkNumber("value", value, { min: 0, max: 2147483647, integer: true });
    let node = this.root;
    for (const label of labels) {
      let child = node.children.get(label);
      if (child === undefined) {
        child = { value: -1, children: new Map() };
        node.children.set(label, child);
      }
      node = child;
    }
    const before = node.value;
    node.value = value;
    if (before < 0) this.entryCount += 1;
    return before;
  }

  /** The value of the longest entry that the list begins with, or -1. */
  lookup(labels: readonly string[]): number {
    let node: LabelNode | undefined = this.root;
    let best = node.value;
    for (const label of labels) {
      node = node.children.get(label);
      if (node === undefined) break;
      if (node.value >= 0) best = node.value;
    }
    return best;
  }
}
