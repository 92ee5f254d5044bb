/**
 * The order of nodes around a circle of ids, with a search for the successor of an id that looks at one or two nodes on average: an index by leading bits
 * leads to the first candidate. A node's place in this order is its rank; routing tables of converged overlays are kept as differences of ranks.
 * Tests: test/ids/id-table.test.ts against a sorted list of bigints.
 */
import { ParameterError } from "../errors";
import { orderPoints } from "./consistent-hashing/ring-points";
import type { IdTable } from "./id-table";

/** Nodes in the order of their ids. */
export class RingOrder {
  /** Number of nodes. */
  readonly length: number;
  /** Row of each rank. */
  readonly rows: Int32Array;
  /** Leading bits of each rank's id, rising. */
  readonly leads: Float64Array;
  private readonly starts: Uint32Array;
  private readonly scale: number;

  /**
   * @param table ids; must not change afterwards as far as the rows given are concerned
   * @param members rows that are nodes, at least one
   * @throws ParameterError when there is none, one is no row of the table, or two have the same id
   */
  constructor(readonly table: IdTable, members: ArrayLike<number>) {
    this.length = members.length;
    if (members.length === 0) throw new ParameterError({ what: "empty ring", got: 0, expected: "at least one node", where: "parameter members" });
    for (let i = 0; i < members.length; i++) {
      if (!(members[i] >= 0 && members[i] < table.length && Math.floor(members[i]) === members[i])) throw new ParameterError({ what: "no such row of the table", got: members[i], expected: `a whole number from 0 to ${table.length - 1}`, where: `parameter members, entry ${i}` });
    }
    const stretch = 9007199254740992 / table.leadSize;
    const positions = Float64Array.from(members, (row) => table.leads[row] * stretch);
    const points = orderPoints(positions, Int32Array.from(members));
    this.rows = points.owners;
    this.leads = points.positions.map((position) => position / stretch);
    this.starts = points.starts;
    this.scale = points.scale * stretch;
    this.settleTies();
  }

  /** Bytes of the order, without the ids. */
  get bytes(): number {
    return this.rows.byteLength + this.leads.byteLength + this.starts.byteLength;
  }

  /** Rank of the first node at or after the id of a row, clockwise. */
  successorRank(row: number): number {
    const { leads, table, rows, length } = this;
    const lead = table.leads[row];
    let rank = this.starts[(lead * this.scale) >>> 0];
    while (rank < length && leads[rank] < lead) rank += 1;
    while (rank < length && leads[rank] === lead && table.compare(rows[rank], row) < 0) rank += 1;
    return rank === length ? 0 : rank;
  }

  /**
   * Rank of the first node at or after an id given by its leading bits alone, all others 0: enough to place ids that are drawn and not kept.
   * @param lead a whole number from 0 to below `table.leadSize` (not checked: this is the hot path)
   */
  successorRankOfLead(lead: number): number {
    const { leads, length } = this;
    let rank = this.starts[(lead * this.scale) >>> 0];
    while (rank < length && leads[rank] < lead) rank += 1;
    return rank === length ? 0 : rank;
  }

  /** The rank of every row of the table; -1 for rows that are no nodes. */
  ranks(): Int32Array {
    const ranks = new Int32Array(this.table.length).fill(-1);
    for (let rank = 0; rank < this.length; rank++) ranks[this.rows[rank]] = rank;
    return ranks;
  }

  /** Orders nodes of equal leads by their whole ids, and refuses equal ids. */
  private settleTies(): void {
    const { rows, leads, table, length } = this;
    for (let rank = 1; rank < length; rank++) {
      if (leads[rank] !== leads[rank - 1]) continue;
      for (let at = rank; at > 0 && leads[at - 1] === leads[at]; at--) {
        const order = table.compare(rows[at - 1], rows[at]);
        if (order === 0) throw new ParameterError({ what: "two nodes with one id", got: table.hex(rows[at]), expected: "distinct ids", where: `nodes ${rows[at - 1]} and ${rows[at]}` });
        if (order < 0) break;
        [rows[at - 1], rows[at]] = [rows[at], rows[at - 1]];
      }
    }
  }
}
