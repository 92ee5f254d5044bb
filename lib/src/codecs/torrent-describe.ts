/** A torrent as a small table of facts for a reader. */
import { formatBytes } from "../units";
import { checkObject } from "./check-input";
import type { Torrent } from "./torrent";

/** A hostile file may give rise to a million warnings; a reader wants the first few. */
const MAX_WARNINGS = 10;

/** One line of the summary. Values come from the file: escape them before they stand in a page. */
export type TorrentFact = { readonly field: string; readonly value: string };

/**
 * Summarises a torrent in plain rows, ready for a table with the columns `field` and `value`. Facts that the file does not state are left
 * out, except that the absence of trackers is said.
 *
 * @param torrent the parsed torrent
 * @returns rows in reading order; numbers have no locale
 */
export function describeTorrent(torrent: Torrent): TorrentFact[] {
  checkObject("torrent", torrent, "what parseTorrent gives", ["files", "pieceHashes", "pieceCount", "pieceLengthBytes", "totalBytes"]);
  const rows: TorrentFact[] = [];
  const add = (field: string, value: string | null) => {
    if (value !== null) rows.push({ field, value });
  };
  add("name", torrent.name);
  add("total size", sizeText(torrent.totalBytes));
  add("files", torrent.isFolder ? `${torrent.files.length} in a folder` : "1");
  add("piece length", sizeText(torrent.pieceLengthBytes));
  add("pieces", String(torrent.pieceCount));
  add("last piece", torrent.pieceCount === 0 ? null : sizeText(lastPieceBytes(torrent)));
  add("info-hash", torrent.infoHashHex);
  add("format", torrent.format === "v1" ? "BitTorrent v1" : "hybrid of BitTorrent v1 and v2 (BEP 52), read as v1");
  add("info-hash of v2", torrent.infoHashV2Hex);
  add("private", torrent.isPrivate ? "yes: peers from the trackers only (BEP 27)" : "no");
  add("trackers", trackerText(torrent));
  add("web seeds", torrent.webSeeds.length === 0 ? null : torrent.webSeeds.join(", "));
  add("DHT nodes", torrent.nodes.length === 0 ? null : torrent.nodes.map((node) => `${node.host} port ${node.port}`).join(", "));
  add("created", torrent.creationDateSeconds === null ? null : dateText(torrent.creationDateSeconds));
  add("created by", torrent.createdBy);
  add("comment", torrent.comment);
  for (const warning of torrent.warnings.slice(0, MAX_WARNINGS)) add("warning", `${warning.message} (byte ${warning.offset})`);
  const more = torrent.warnings.length - MAX_WARNINGS;
  if (more > 0) add("warning", `${more} more`);
  return rows;
}

/** Bytes of the last piece, which may be shorter than the others; 0 when there is no piece. */
export function lastPieceBytes(torrent: Torrent): number {
  checkObject("torrent", torrent, "what parseTorrent gives", ["files", "pieceHashes", "pieceCount", "pieceLengthBytes", "totalBytes"]);
  return torrent.pieceCount === 0 ? 0 : torrent.totalBytes - (torrent.pieceCount - 1) * torrent.pieceLengthBytes;
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${formatBytes(bytes)} (${bytes} bytes)`;
}

function trackerText(torrent: Torrent): string {
  if (torrent.announceList.length > 0) return torrent.announceList.map((tier) => tier.join(", ")).join("; then ");
  return torrent.announce ?? "none";
}

/** The day and time in UTC of a moment given by the file; the file's number where no calendar year of four digits fits. */
function dateText(seconds: number): string {
  if (seconds > 253402300799) return `${seconds} s after 1970-01-01`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
