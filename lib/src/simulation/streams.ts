/** The random streams of one run, made on first use and kept: one per (name, node), all under the run's seed and replication. */
import { checkText } from "./checks";
import { RandomStream } from "./random";

/** Hands out the streams of one run. */
export class StreamTable {
  private readonly byName = new Map<string, (RandomStream | undefined)[]>();
  private lastName: string | null = null;
  private last: (RandomStream | undefined)[] = [];
  /** Number of streams made. */
  count = 0;

  constructor(
    readonly seed: number,
    readonly replication: number,
  ) {}

  /** The stream of a node for a purpose. */
  streamOf(name: string, node: number): RandomStream {
    const row = name === this.lastName ? this.last : this.rowOf(name);
    return row[node] ?? this.create(row, name, node);
  }

  /** Calls back with the number of 32-bit draws taken from each stream, in an order that the run alone decides. */
  forEachPosition(use: (drawn: number) => void): void {
    for (const row of this.byName.values()) for (const stream of row) if (stream !== undefined) use(stream.drawn);
  }

  private rowOf(name: string): (RandomStream | undefined)[] {
    checkText("name", name);
    let row = this.byName.get(name);
    if (row === undefined) {
      row = [];
      this.byName.set(name, row);
    }
    this.lastName = name;
    this.last = row;
    return row;
  }

  private create(row: (RandomStream | undefined)[], name: string, node: number): RandomStream {
    const stream = new RandomStream({ seed: this.seed, replication: this.replication, name, node });
    while (row.length < node) row.push(undefined);
    row[node] = stream;
    this.count += 1;
    return stream;
  }
}
