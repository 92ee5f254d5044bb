/** Where a torrent says its content or its peers can be found: trackers (BEP 12), web servers (BEP 19), DHT nodes (BEP 5). */
import type { DictionaryNode } from "./bencode-reader";
import { FieldReader, expectList, expectWhole, fault, field, items, type Located } from "./torrent-fields";

/** The address of a DHT node. */
export interface TorrentNode {
  /** Host name or IP address, as the file writes it. */
  readonly host: string;
  /** UDP port, 1..65535. */
  readonly port: number;
}

/** The tiers of announce-list; empty tiers are dropped. */
export function readAnnounceList(reader: FieldReader, file: Located<DictionaryNode>): readonly (readonly string[])[] {
  const at = field(file, "announce-list");
  if (at === undefined) return Object.freeze([]);
  const wanted = "a list of tiers, each a list of tracker addresses (BEP 12)";
  const tiers = items(expectList(at, wanted)).map((tier) => items(expectList(tier, wanted)).map((url) => reader.text(url)));
  return Object.freeze(tiers.filter((tier) => tier.length > 0).map((tier) => Object.freeze(tier)));
}

/** The addresses of url-list, which may be one address or a list; an empty text means none. */
export function readWebSeeds(reader: FieldReader, file: Located<DictionaryNode>): readonly string[] {
  const at = field(file, "url-list");
  if (at === undefined) return Object.freeze([]);
  const urls = at.node.kind === "string" ? [reader.text(at)] : items(expectList(at, "an address or a list of addresses (BEP 19)")).map((url) => reader.text(url));
  return Object.freeze(urls.filter((url) => url !== ""));
}

/** The pairs of host and port under nodes. */
export function readNodes(reader: FieldReader, file: Located<DictionaryNode>): readonly TorrentNode[] {
  const at = field(file, "nodes");
  if (at === undefined) return Object.freeze([]);
  const wanted = "a list of pairs of host and port (BEP 5)";
  return Object.freeze(items(expectList(at, wanted)).map((entry) => {
    const pair = items(expectList(entry, wanted));
    if (pair.length !== 2) throw fault(entry, "it is not a pair", wanted);
    return Object.freeze({ host: reader.text(pair[0]), port: expectWhole(pair[1], { min: 1, max: 65535 }) });
  }));
}
