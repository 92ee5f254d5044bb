/**
 * Napster's registry as a process: the one place that knows who has what. It answers requests one after the other, so that load shows as waiting, forgets peers
 * that fall silent, and forgets everything when it crashes. Peterson and Davie, section 9.4.2 ("a central registry of known files").
 * Not modelled: several registries (Napster ran many, which did not share their users), accounts, chat. Tests: test/peer-to-peer/napster/, test/laws/napster.test.ts
 */
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import { samplerOf, type Sampler } from "../../simulation";
import type { Process, ProcessContext } from "../../simulation/contract";
import { napsterMessageBytes, type NapsterMessage, type RegistryResult } from "./messages";
import { checkRegistryOptions, type NapsterObserver, type RegistryOptions } from "./options";
import { hasAllWords, wordsOf, type SharedFile } from "./shared-files";

type Context = ProcessContext<NapsterMessage>;

interface Entry extends RegistryResult {
  readonly words: ReadonlySet<string>;
}

/** Who shares what, found by words. */
export class RegistryIndex {
  /** By peer, then by name. */
  private readonly byPeer = new Map<number, Map<string, Entry>>();
  private readonly byWord = new Map<string, Set<Entry>>();

  /** Peers that are known, in the order of their registration. */
  get peers(): number[] {
    return [...this.byPeer.keys()];
  }

  /** Files of all peers together. */
  get size(): number {
    return [...this.byPeer.values()].reduce((sum, files) => sum + files.size, 0);
  }

  knows(peer: number): boolean {
    return this.byPeer.has(peer);
  }

  /** Takes a peer in, without files if it is new. */
  addPeer(peer: number): void {
    if (!this.byPeer.has(peer)) this.byPeer.set(peer, new Map());
  }

  /** Adds a file of a known peer, instead of one of that name. */
  add(peer: number, file: SharedFile): void {
    this.remove(peer, file.name);
    const entry: Entry = { holder: peer, name: file.name, sizeBytes: file.sizeBytes, words: new Set(wordsOf(file.name)) };
    this.byPeer.get(peer)?.set(file.name, entry);
    for (const word of entry.words) {
      const entries = this.byWord.get(word);
      if (entries === undefined) this.byWord.set(word, new Set([entry]));
      else entries.add(entry);
    }
  }

  remove(peer: number, name: string): void {
    const entry = this.byPeer.get(peer)?.get(name);
    if (entry === undefined) return;
    this.byPeer.get(peer)?.delete(name);
    for (const word of entry.words) {
      const entries = this.byWord.get(word);
      entries?.delete(entry);
      if (entries?.size === 0) this.byWord.delete(word);
    }
  }

  removePeer(peer: number): void {
    for (const name of [...(this.byPeer.get(peer)?.keys() ?? [])]) this.remove(peer, name);
    this.byPeer.delete(peer);
  }

  /** Files that have every word of a text, in the order in which they were registered; looks through the files of its rarest word. */
  search(text: string, most: number): RegistryResult[] {
    const asked = wordsOf(text);
    const lists = asked.map((word) => this.byWord.get(word));
    if (lists.length === 0 || lists.includes(undefined)) return [];
    const shortest = (lists as Set<Entry>[]).reduce((a, b) => (b.size < a.size ? b : a));
    const found: RegistryResult[] = [];
    for (const entry of shortest) {
      if (found.length === most) break;
      if (hasAllWords(entry.words, asked)) found.push({ holder: entry.holder, name: entry.name, sizeBytes: entry.sizeBytes });
    }
    return found;
  }

  /** @throws InvariantError when the two sides of the index differ */
  check(): void {
    let words = 0;
    for (const [peer, files] of this.byPeer) {
      for (const entry of files.values()) {
        words += entry.words.size;
        if (entry.holder !== peer) throw new InvariantError({ what: "a file is listed under another peer", got: entry.holder, expected: String(peer) });
        for (const word of entry.words) if (this.byWord.get(word)?.has(entry) !== true) throw new InvariantError({ what: "a file is not found by a word of its name", got: word, where: entry.name });
      }
    }
    const listed = [...this.byWord.values()].reduce((sum, entries) => sum + entries.size, 0);
    if (listed !== words) throw new InvariantError({ what: "the index lists files that nobody shares", got: listed, expected: `${words} entries` });
  }
}

interface Request {
  readonly from: number;
  readonly message: NapsterMessage;
  readonly arrivedUs: number;
}

/** The process of the registry. */
export class NapsterRegistry implements Process<NapsterMessage> {
  readonly index = new RegistryIndex();
  /** Drawn at each start, so that peers notice a restart. */
  epoch = 0;
  private readonly options: RegistryOptions;
  private readonly drawService: Sampler;
  private readonly lastHeardUs = new Map<number, number>();
  private queue: Request[] = [];
  private first = 0;
  private isBusy = false;
  private waitedUs = 0;

  /** @throws ParameterError when an option is out of range */
  constructor(options: Partial<RegistryOptions> = {}, private readonly observer: NapsterObserver = {}) {
    this.options = checkRegistryOptions(options);
    this.drawService = samplerOf(this.options.serviceUs);
  }

  /** Requests that wait, the one being worked on included. */
  get queueLength(): number {
    return this.queue.length - this.first;
  }

  onStart(context: Context): void {
    this.epoch = 1 + context.random("epoch").integer(2147483647);
    context.setTimer("sweep", this.options.sweepUs);
  }

  onMessage(context: Context, from: number, message: NapsterMessage): void {
    if (this.queueLength > this.options.maxQueue) return this.observer.refused?.(context.nowUs, message.kind);
    this.queue.push({ from, message, arrivedUs: context.nowUs });
    if (!this.isBusy) this.begin(context);
  }

  onTimer(context: Context, name: string): void {
    if (name === "sweep") return this.sweep(context);
    if (name !== "service") throw new ParameterError({ what: "unknown timer", got: name, expected: "service or sweep" });
    const { from, message } = this.queue[this.first];
    this.first += 1;
    if (this.first > 1024 && this.first * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
    this.isBusy = false;
    this.observer.served?.(context.nowUs, message.kind, this.waitedUs);
    this.serve(context, from, message);
    if (this.queueLength > 0) this.begin(context);
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    this.index.check();
    for (const peer of this.index.peers) if (!this.lastHeardUs.has(peer)) throw new InvariantError({ what: "a peer is registered that was never heard", got: peer });
    if (this.lastHeardUs.size !== this.index.peers.length) throw new InvariantError({ what: "a peer is remembered that is not registered", got: this.lastHeardUs.size, expected: `${this.index.peers.length} peers` });
  }

  view(): unknown {
    return { epoch: this.epoch, peers: this.index.peers, files: this.index.size, waiting: this.queueLength };
  }

  private begin(context: Context): void {
    this.isBusy = true;
    this.waitedUs = context.nowUs - this.queue[this.first].arrivedUs;
    context.setTimer("service", Math.max(0, Math.round(this.drawService(context.random("service")))));
  }

  private serve(context: Context, from: number, message: NapsterMessage): void {
    if (message.kind === "register") {
      this.index.removePeer(from);
      this.index.addPeer(from);
      for (const file of message.files) this.index.add(from, file);
      this.lastHeardUs.set(from, context.nowUs);
      return this.answer(context, from, { kind: "registered", epoch: this.epoch });
    }
    if (message.kind === "leave") return this.forget(from);
    // What only a registered peer may ask: after a restart nobody is, and says so to each that comes.
    if (!this.index.knows(from)) return this.answer(context, from, { kind: "unknown" });
    this.lastHeardUs.set(from, context.nowUs);
    if (message.kind === "heartbeat") return this.answer(context, from, { kind: "alive", epoch: this.epoch });
    if (message.kind === "query") return this.answer(context, from, { kind: "results", id: message.id, results: this.index.search(message.text, this.options.maxResults) });
    if (message.kind === "share") this.index.add(from, message.file);
    else if (message.kind === "remove") this.index.remove(from, message.name);
  }

  private sweep(context: Context): void {
    for (const [peer, heardUs] of [...this.lastHeardUs]) if (context.nowUs - heardUs >= this.options.expiryUs) this.forget(peer);
    context.setTimer("sweep", this.options.sweepUs);
  }

  private forget(peer: number): void {
    this.index.removePeer(peer);
    this.lastHeardUs.delete(peer);
  }

  private answer(context: Context, to: number, message: NapsterMessage): void {
    context.send(to, message, napsterMessageBytes(message));
  }
}

/**
 * Mean time that a request waits before the registry begins with it: Pollaczek (1930) and Khinchine, for Poisson arrivals and one server.
 * @param arrivalsPerS > 0
 * @param meanServiceUs > 0
 * @param squaredVariation variance of the service time over the square of its mean: 0 for constant (M/D/1), 1 for exponential (M/M/1)
 * @returns µs, or null at a load of 1 or more, where no mean exists
 */
export function meanRegistryWaitUs(arrivalsPerS: number, meanServiceUs: number, squaredVariation: number): number | null {
  checkNumber("arrivalsPerS", arrivalsPerS, { min: 0, unit: "1/s" });
  checkNumber("meanServiceUs", meanServiceUs, { min: 0, exclusiveMin: true, unit: "µs" });
  checkNumber("squaredVariation", squaredVariation, { min: 0 });
  const load = (arrivalsPerS * meanServiceUs) / 1e6;
  return load >= 1 ? null : (load * meanServiceUs * (1 + squaredVariation)) / (2 * (1 - load));
}
