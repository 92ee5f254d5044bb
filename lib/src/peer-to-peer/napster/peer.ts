/**
 * A Napster peer as a process: it registers its files, asks the registry who has what, and fetches files from the other peer directly. Peterson and Davie, section
 * 9.4.2: only that last step takes place "between machines that belong to two users". When the registry falls silent the peer can still send and receive files
 * that it knows of, but finds nothing new; it tries to register again with growing waits, and does so at once when a restarted registry does not know it.
 * Not modelled: upload slots and queues of a peer. Tests: test/peer-to-peer/napster/, test/scenarios/napster.test.ts
 */
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { napsterMessageBytes, type NapsterMessage } from "./messages";
import { checkPeerOptions, type NapsterObserver, type NapsterPeerOptions, type SearchOutcome } from "./options";
import { checkFolder, checkQueryText, type SharedFolder } from "./shared-files";

type Context = ProcessContext<NapsterMessage>;

interface Search {
  readonly text: string;
  readonly sinceUs: number;
}

interface Fetch {
  readonly name: string;
  /** Holders not asked yet. */
  readonly rest: readonly number[];
  /** Whom it asks now. */
  readonly from: number;
}

/** The wait before the n-th attempt to register, n from 1: doubled each time up to a limit, drawn from its second half. */
export function retryWaitUs(attempt: number, minUs: number, maxUs: number, random: { integer(bound: number): number }): number {
  let waitUs = minUs;
  for (let i = 1; i < attempt && waitUs < maxUs; i++) waitUs *= 2;
  const whole = Math.min(waitUs, maxUs);
  const half = Math.floor(whole / 2);
  // 2^32 is the widest integer draw; longer waits are drawn in coarser steps.
  const step = Math.ceil((whole - half) / 4294967296);
  return half + step * random.integer(Math.max(1, Math.floor((whole - half) / step)));
}

/** The process of one peer. */
export class NapsterPeer implements Process<NapsterMessage> {
  /** Whether the registry is known to know this peer. */
  isRegistered = false;
  private readonly options: NapsterPeerOptions;
  private epoch = 0;
  private attempts = 0;
  private missed = 0;
  private nextId = 1;
  private hasLeft = false;
  private readonly searches = new Map<number, Search>();
  private readonly fetches = new Map<number, Fetch>();

  /**
   * @param registry node number of the registry
   * @param folder files on this peer's disk
   * @throws ParameterError when an option or the registry is out of range, or the folder is none
   */
  constructor(
    private readonly registry: number,
    readonly folder: SharedFolder,
    options: Partial<NapsterPeerOptions> = {},
    private readonly observer: NapsterObserver = {},
  ) {
    this.options = checkPeerOptions(options);
    checkNumber("registry", registry, { min: 0, integer: true, unit: "(node of the registry)" });
    checkFolder(folder);
  }

  onStart(context: Context): void {
    this.register(context);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (name === "heartbeat") this.heartbeat(context);
    else if (name === "alive") this.heartbeatMissed(context);
    else if (name === "answer") this.registrationFailed(context);
    else if (name === "retry") this.register(context);
    else if (name === "search") this.endSearch(context, key, "no-answer", []);
    else if (name === "download") this.fetchNext(context, key);
    else throw new ParameterError({ what: "unknown timer", got: name, expected: "heartbeat, alive, answer, retry, search or download" });
  }

  onMessage(context: Context, from: number, message: NapsterMessage): void {
    switch (message.kind) {
      case "registered":
        return this.onRegistered(context, message.epoch);
      case "alive":
        return this.onAlive(context, message.epoch);
      case "unknown":
        return this.hasLeft ? undefined : this.register(context);
      case "results":
        return this.endSearch(context, message.id, message.results.length > 0 ? "found" : "nothing-found", message.results);
      case "get":
        return this.onGet(context, from, message.name);
      case "file":
      case "no-file":
        return this.onFile(context, from, message);
      default:
        throw new ParameterError({ what: "a request for the registry reached a peer", got: message.kind, expected: "messages for peers", where: `node ${context.self}` });
    }
  }

  /** Asks the registry. @throws ParameterError for a text without words */
  search(context: Context, text: string): void {
    checkQueryText(text);
    const id = this.nextId++;
    this.searches.set(id, { text, sinceUs: context.nowUs });
    if (!this.isRegistered) return this.endSearch(context, id, "not-registered", []);
    this.tell(context, { kind: "query", id, text });
    context.setTimer("search", this.options.answerTimeoutUs, id);
  }

  /**
   * Fetches a file from the first holder that answers.
   * @param holders in the order in which to ask
   */
  download(context: Context, name: string, holders: readonly number[]): void {
    holders.forEach((holder, index) => checkNumber(`holders[${index}]`, holder, { min: 0, integer: true }));
    const key = this.nextId++;
    this.fetches.set(key, { name, rest: holders.filter((holder) => holder !== context.self), from: -1 });
    this.fetchNext(context, key);
  }

  /** Shares a file no longer: off the disk, and out of the registry. */
  remove(context: Context, name: string): void {
    if (this.folder.remove(name)) this.tell(context, { kind: "remove", name });
  }

  /** Says goodbye to the registry, so that nobody is sent here any more. Transfers under way go on. */
  leave(context: Context): void {
    this.hasLeft = true;
    this.setRegistered(context, false);
    for (const name of ["heartbeat", "alive", "answer", "retry"]) context.cancelTimer(name);
    this.tell(context, { kind: "leave" });
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    if (this.isRegistered && this.hasLeft) throw new InvariantError({ what: "a peer that has left is registered" });
    if (this.isRegistered && this.epoch === 0) throw new InvariantError({ what: "a peer is registered with no registry", got: this.epoch });
  }

  view(): unknown {
    return { isRegistered: this.isRegistered, files: this.folder.files.map(({ name }) => name), searches: [...this.searches.values()].map(({ text }) => text), downloads: [...this.fetches.values()].map(({ name, from }) => [name, from]), attempts: this.attempts, missed: this.missed };
  }

  private register(context: Context): void {
    context.cancelTimer("heartbeat");
    context.cancelTimer("alive");
    this.tell(context, { kind: "register", files: this.folder.files.map(({ name, sizeBytes }) => ({ name, sizeBytes })) });
    context.setTimer("answer", this.options.answerTimeoutUs);
  }

  private onRegistered(context: Context, epoch: number): void {
    if (this.hasLeft) return this.tell(context, { kind: "leave" });
    for (const name of ["answer", "retry", "alive"]) context.cancelTimer(name);
    this.epoch = epoch;
    this.attempts = 0;
    this.missed = 0;
    this.setRegistered(context, true);
    context.setTimer("heartbeat", this.options.heartbeatUs);
  }

  private registrationFailed(context: Context): void {
    this.setRegistered(context, false);
    this.attempts += 1;
    context.setTimer("retry", retryWaitUs(this.attempts, this.options.retryMinUs, this.options.retryMaxUs, context.random("retry")));
  }

  private heartbeat(context: Context): void {
    this.tell(context, { kind: "heartbeat" });
    context.setTimer("alive", this.options.answerTimeoutUs);
    context.setTimer("heartbeat", this.options.heartbeatUs);
  }

  private onAlive(context: Context, epoch: number): void {
    this.missed = 0;
    context.cancelTimer("alive");
    // A heartbeat of long ago, answered by the registry of before its restart.
    if (epoch !== this.epoch && this.isRegistered) this.register(context);
  }

  private heartbeatMissed(context: Context): void {
    this.missed += 1;
    if (this.missed < this.options.missedHeartbeats) return;
    this.setRegistered(context, false);
    this.register(context);
  }

  private setRegistered(context: Context, isRegistered: boolean): void {
    if (this.isRegistered === isRegistered) return;
    this.isRegistered = isRegistered;
    this.observer.registered?.(context.nowUs, context.self, isRegistered);
  }

  private endSearch(context: Context, id: number, outcome: SearchOutcome, results: Extract<NapsterMessage, { kind: "results" }>["results"]): void {
    const search = this.searches.get(id);
    // A late or repeated answer.
    if (search === undefined) return;
    this.searches.delete(id);
    context.cancelTimer("search", id);
    this.observer.searched?.(context.nowUs, context.self, search.text, outcome, results, context.nowUs - search.sinceUs);
  }

  private onGet(context: Context, from: number, name: string): void {
    const file = this.folder.find(name);
    const answer: NapsterMessage = file === undefined ? { kind: "no-file", name } : { kind: "file", name, sizeBytes: file.sizeBytes };
    context.send(from, answer, napsterMessageBytes(answer));
  }

  private onFile(context: Context, from: number, message: Extract<NapsterMessage, { kind: "file" | "no-file" }>): void {
    const [key] = [...this.fetches].find(([, fetch]) => fetch.from === from && fetch.name === message.name) ?? [];
    if (key === undefined) return;
    if (message.kind === "no-file") return this.fetchNext(context, key);
    this.fetches.delete(key);
    context.cancelTimer("download", key);
    const file = { name: message.name, sizeBytes: message.sizeBytes };
    if (this.options.shareDownloads && this.folder.add(file) && this.isRegistered) this.tell(context, { kind: "share", file });
    this.observer.downloaded?.(context.nowUs, context.self, from, message.name);
  }

  private fetchNext(context: Context, key: number): void {
    const fetch = this.fetches.get(key);
    if (fetch === undefined) return;
    const [from, ...rest] = fetch.rest;
    if (from === undefined) {
      this.fetches.delete(key);
      context.cancelTimer("download", key);
      return this.observer.downloadFailed?.(context.nowUs, context.self, fetch.name);
    }
    this.fetches.set(key, { name: fetch.name, rest, from });
    const request: NapsterMessage = { kind: "get", name: fetch.name };
    context.send(from, request, napsterMessageBytes(request));
    context.setTimer("download", this.options.downloadTimeoutUs, key);
  }

  private tell(context: Context, message: NapsterMessage): void {
    context.send(this.registry, message, napsterMessageBytes(message));
  }
}
