export { readCsv, writeCsv } from "./csv";
export { decodeBencode, encodeBencode } from "./bencode";
export { DEFAULT_BENCODE_LIMITS, type BencodeLimits, type BencodeOptions, type ParseWarning } from "./bencode-options";
export { BencodeDictionary, type BencodeKey, type BencodeValue } from "./bencode-value";
export { decodeText, hexOf, utf8Bytes, type DecodedText } from "./bytes";
export { ParseLimitError, type ParseLimit } from "./parse-limit";
export { SHA1_BYTES, parseTorrent, type Torrent, type TorrentOptions } from "./torrent";
export { createTorrent, findBadPieces, hashPieces, type ContentFile, type TorrentSource } from "./torrent-create";
export { describeTorrent, lastPieceBytes, type TorrentFact } from "./torrent-describe";
export type { TorrentFile } from "./torrent-files";
export type { TorrentNode } from "./torrent-sources";
export { parseCoordinates, type CoordinateTable } from "./coordinate-file";
export { parseAsRelationships, parseEdgeList, parseRocketfuel, type EdgeListOptions, type RocketfuelFiles } from "./edge-list";
export { parseGml, type GmlOptions } from "./gml";
export { parseGraphml, type GraphmlOptions } from "./graphml";
export { parseLatencyJson } from "./latency-json";
export { parseLatencyMatrix, type LatencyMatrixOptions } from "./latency-matrix";
export { parseLatencyPairs, type LatencyPairsOptions } from "./latency-pairs";
export type { LatencyReport, LatencyTable, LatencyUnits } from "./latency-table";
export { parsePlaces, parsePointsOfPresence, type Place, type PlaceTable } from "./places";
export { parseSndlib, type SndlibOptions } from "./sndlib";
export type { DelayUnit, LinkAttributeOptions } from "./topology-attributes";
export type { TopologyDemand, TopologyDocument, TopologyLink, TopologyNode } from "./topology-document";
export { parseHttpRequestHead, encodeHttpRequestHead, type HttpRequestHead } from "./http-request";
export { decodeIcmpError, encodeIcmpError, type IcmpError, type IcmpProblem } from "./icmp";
export {
  decodeIpv4, decodeIpv4Header, decodeIpv6, decodeIpv6Header, decodeUdp, encodeIpv4, encodeIpv6, encodeUdp, internetChecksum, IPV4_HEADER_BYTES,
  IPV6_HEADER_BYTES, PROTOCOL, pseudoHeaderSum, UDP_HEADER_BYTES, withTimeToLive, type AddressPair, type Ipv4Header, type Ipv6Header, type ReadIpv4Header,
} from "./ip-headers";
export { DVMRP_HEADER_BYTES, DVMRP_INFINITY, decodeDvmrp, dvmrpBytes, encodeDvmrp, type DvmrpMessage, type DvmrpRoute } from "./dvmrp";
export { IGMP_BYTES, MLD_BYTES, PROTOCOL_IGMP, decodeIgmp, decodeMld, encodeIgmp, encodeMld, type MembershipKind, type MembershipMessage } from "./igmp";
export {
  decodeGnutella, decodeGnutellaHeader, encodeGnutella, GNUTELLA_HEADER_BYTES, GNUTELLA_MAX_PAYLOAD_BYTES, GNUTELLA_PORT, gnutellaBytes, type GnutellaDescriptor, type GnutellaHeader, type GnutellaReadOptions,
} from "./gnutella";
export { PAYLOAD_TYPE as GNUTELLA_PAYLOAD_TYPE, type GnutellaPayload } from "./gnutella-payloads";
export {
  decodeGnutellaGet, decodeGnutellaGiv, encodeGnutellaFileHead, encodeGnutellaGet, encodeGnutellaGiv, GNUTELLA_CONNECT, GNUTELLA_OK, GnutellaStream, type GnutellaFileReference, type GnutellaStreamOptions,
} from "./gnutella-stream";
