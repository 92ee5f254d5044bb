/** Inputs that the parser tests of bencoding and of torrents start from. */
import { ALL_TORRENTS, fixture, raw } from "../codecs/fixtures";
import type { MutationPlan } from "./mutate";

const PIECE = "x".repeat(20);
const HANDMADE = [
  "i0e",
  "i-9007199254740993e",
  "d0:le1:a3:abc1:bd1:ci1eee",
  `d4:infod6:lengthi5e4:name1:a12:piece lengthi8e6:pieces20:${PIECE}ee`,
  `d8:announce3:udp13:announce-listll3:udpel3:tcpee4:infod5:filesld6:lengthi2e4:pathl1:a5:b.txteed4:attr1:p6:lengthi6e4:pathl4:.pad1:6eee4:name2:dd12:piece lengthi8e6:pieces20:${PIECE}7:privatei1ee5:nodesll1:hi6881eee8:url-listl7:http://ee`,
  `d7:comment2:\xc3\xa910:created by2:me13:creation datei1375363666e4:infod9:file treed1:ad0:d6:lengthi5e11:pieces root32:${"r".repeat(32)}eee6:lengthi5e12:meta versioni2e4:name1:\xff10:name.utf-81:a12:piece lengthi16384e6:pieces20:${PIECE}e12:piece layersdee`,
  `d4:infod5:filesld6:lengthi1e4:pathl1:aeed6:lengthi1e4:pathl1:beed6:lengthi1e4:pathl1:c1:deee4:name1:f12:piece lengthi2e6:pieces40:${PIECE}${PIECE}ee`,
];
const TOKENS = [
  "i-1e", "i0e", "i-0e", "i03e", "i1e", "0:", "1:", "1:a", "le", "de", "l", "d", "e", "i", ":", "-", "99999999999:", "i9007199254740992e", "i18446744073709551616e",
  "2:..", "1:.", "3:../", "1:/", "1:\\", "2:C:", "1:\0", "9:__proto__", "2:\xc0\xaf", "1:\xff", "lll", "d1:a", "4:pathl2:..e", "4:name2:..", "7:privatei1e", "12:meta versioni2e", "9:file treede",
];

/** Every fixture and the hand-made files, small ones more often than the large ones, whose bytes are nearly all hashes. */
export const PLAN: MutationPlan = {
  seeds: [...ALL_TORRENTS.map((name) => fixture(`${name}.torrent`)), ...HANDMADE.map(raw), ...HANDMADE.slice(3).map(raw)].map((bytes) => new Uint8Array(bytes)),
  tokens: TOKENS.map(raw),
  maxBytes: 64 * 1024,
};
