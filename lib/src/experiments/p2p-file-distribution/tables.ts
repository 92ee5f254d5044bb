/** The mechanism's values as tables that a notebook shows. */
import type { Table } from "../../analysis/table";
import { describeTorrent, type Torrent } from "../../codecs";
import { fluidPeerRates, type FluidSchedule } from "../../peer-to-peer";
import { MBPS } from "../../units";
import type { AccessRate } from "./access-rates";

/** A torrent as a table of facts; what its reader warned of stands at the end. */
export function torrentTable(torrent: Torrent): Table {
  return {
    name: "What the torrent file says",
    columns: [
      { name: "field", title: "Field", type: "string" },
      { name: "value", title: "Value", type: "string" },
    ],
    rows: describeTorrent(torrent),
  };
}

/** The rates of a fluid schedule, one row per peer, in Mbit/s. */
export function fluidRatesTable(schedule: FluidSchedule): Table {
  const rate = (name: string, title: string, definition: string) => ({ name, title, type: "number", unit: "Mbit/s", digits: 4, definition }) as const;
  return {
    name: `Fluid schedule, case ${schedule.case}`,
    columns: [
      { name: "peer", title: "Peer", type: "integer" },
      rate("own", "Own stream", "What the server sends to this peer alone."),
      rate("direct", "Common stream", "What the server sends to every peer itself."),
      rate("others", "From peers", "The own streams of the other peers, copied by them."),
      rate("download", "Receives", "Everything that arrives."),
      rate("copies", "Passes on", "Copies of the own stream to all other peers together."),
      rate("limit", "Can upload", "The upload rate of the access link."),
    ],
    rows: fluidPeerRates(schedule).map((rates) => ({
      peer: rates.peer + 1,
      own: rates.ownSubstreamBps / MBPS,
      direct: rates.directBps / MBPS,
      others: rates.fromPeersBps / MBPS,
      download: rates.downloadBps / MBPS,
      copies: rates.copiesBps / MBPS,
      limit: schedule.distribution.peerUploadBps[rates.peer] / MBPS,
    })),
  };
}

/** A table of access lines with rates in Mbit/s and shares in per cent. */
export function accessRatesTable(rates: readonly AccessRate[]): Table {
  return {
    name: "Access lines",
    columns: [
      { name: "technology", title: "Line", type: "string" },
      { name: "down", title: "Down", type: "number", unit: "Mbit/s", digits: 4 },
      { name: "up", title: "Up", type: "number", unit: "Mbit/s", digits: 4 },
      { name: "share", title: "Every kind", type: "integer", unit: "% of peers" },
      { name: "copper_share", title: "Copper only", type: "integer", unit: "% of peers" },
    ],
    rows: rates.map((rate) => ({ technology: rate.technology, down: rate.downBps / MBPS, up: rate.upBps / MBPS, share: rate.sharePercent, copper_share: rate.copperSharePercent })),
  };
}
