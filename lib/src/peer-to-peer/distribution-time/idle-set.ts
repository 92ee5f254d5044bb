/** The set of nodes with nothing to do; drawing from it and changing it cost the same at any size. Internal to chunk-swarm.ts. */

/** Nodes with free upload that found nobody to serve. */
export class IdleSet {
  readonly items: Int32Array;
  private readonly place: Int32Array;
  size = 0;

  constructor(nodes: number) {
    this.items = new Int32Array(nodes);
    this.place = new Int32Array(nodes).fill(-1);
  }

  add(node: number): void {
    if (this.place[node] >= 0) return;
    this.place[node] = this.size;
    this.items[this.size++] = node;
  }

  delete(node: number): void {
    const place = this.place[node];
    if (place < 0) return;
    const last = this.items[--this.size];
    this.items[place] = last;
    this.place[last] = place;
    this.place[node] = -1;
  }
}
