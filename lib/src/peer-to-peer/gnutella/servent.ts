/**
 * A Gnutella 0.4 servent as a process: it keeps a few neighbours, floods queries and pings to them, sends answers back on the way that the question came,
 * and fetches files directly. Peterson and Davie, section 9.4.2, figure 6; Gnutella Protocol Specification v0.4, document revision 1.2. Nobody on the way learns who
 * asked: a query holds no address, and each servent knows only the neighbour it has it from.
 * Deviates from 0.4: a servent whose table is full says no and offers no other hosts. Not modelled: TCP (a file is one message), user
 * interfaces, search by other than words. Descriptor rules stand in decisions.ts, transfers in transfers.ts, the memory of ids in route-table.ts.
 * Tests: test/peer-to-peer/gnutella/, test/laws/gnutella.test.ts, test/paper/gnutella.test.ts, test/scenarios/gnutella.test.ts
 */
import { GNUTELLA_PORT, decodeGnutella, type GnutellaDescriptor, type GnutellaPayload } from "../../codecs";
import { ParameterError, ParseError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import type { SharedFolder } from "../napster";
import { checkFolder, checkQueryText, hasAllWords, wordsOf } from "../napster/shared-files";
import { answerTtl, believedTtl, floodTargets, nextHop } from "./decisions";
import { addressOfNode, descriptorMessage, gnutellaMessageBytes, nodeOfAddress, type DescriptorMessage, type GnutellaMessage } from "./messages";
import { Neighbourhood } from "./neighbourhood";
import { checkGnutellaOptions, type GnutellaDropReason, type GnutellaObserver, type GnutellaOptions } from "./options";
import { SELF, type HostList, type RouteTable } from "./route-table";
import { checkServentState, initialServentState, serventView, type ServentState } from "./servent-state";
import { Transfers, type FoundFile } from "./transfers";

type Context = ProcessContext<GnutellaMessage>;

/** What makes one servent different from the others. */
export interface ServentSetup {
  readonly folder: SharedFolder;
  /** Number of nodes of the world: addresses beyond them are nobody's. */
  readonly nodes: number;
  /** Whom it knows when it starts: other servents or host caches. */
  readonly bootstrap?: readonly number[];
  /** Addresses that it saved to disk, as servents did between two sessions; a new list if absent. */
  readonly savedHosts?: HostList;
  /** Neighbours that it has from the first moment, as the other end must have too. */
  readonly links?: readonly number[];
  /** Takes no connections: files go out only after a PUSH. Default false. */
  readonly isFirewalled?: boolean;
  /** Upload speed that it states in query hits, kB/s; 128 if absent. */
  readonly speedKBps?: number;
}

/** The process of one servent. */
export class GnutellaServent implements Process<GnutellaMessage> {
  readonly state: ServentState;
  readonly options: GnutellaOptions;
  private readonly neighbourhood: Neighbourhood;
  private readonly transfers: Transfers;

  /** @throws ParameterError when an option or the set-up is out of range */
  constructor(
    node: number,
    private readonly setup: ServentSetup,
    options: Partial<GnutellaOptions> = {},
    private readonly observer: GnutellaObserver = {},
  ) {
    this.options = checkGnutellaOptions(options);
    checkSetup(node, setup);
    this.state = initialServentState(node, setup.folder, this.options, setup.savedHosts);
    const sendPing = (context: Context, to: readonly number[], ttl: number) => this.originate(context, this.state.pings, to, { kind: "ping" }, ttl);
    this.neighbourhood = new Neighbourhood(this.state, this.options, observer, setup.bootstrap ?? [], sendPing);
    this.transfers = new Transfers(this.state, this.options, observer, setup.isFirewalled === true, (context, to, payload) => this.originate(context, this.state.pushes, [to], payload, this.options.ttl));
  }

  onStart(context: Context): void {
    this.state.serventId = drawId(context);
    this.neighbourhood.start(context, this.setup.links ?? []);
  }

  onTimer(context: Context, name: string, key: number): void {
    if (name === "maintain") this.neighbourhood.maintain(context);
    else if (name === "connect") this.neighbourhood.connectTimeout(context, key);
    else if (name === "download") this.transfers.timeout(context, key);
    else throw new ParameterError({ what: "unknown timer", got: name, expected: "maintain, connect or download" });
  }

  onMessage(context: Context, from: number, message: GnutellaMessage): void {
    switch (message.kind) {
      case "connect":
        return this.setup.isFirewalled === true ? undefined : this.neighbourhood.onConnect(context, from);
      case "ok":
        return this.neighbourhood.onOk(context, from);
      case "refuse":
        return this.neighbourhood.onRefuse(context, from);
      case "close":
        return this.neighbourhood.onClose(context, from);
      case "get":
      case "giv":
      case "file":
      case "no-file":
        return this.transfers.receive(context, from, message);
      case "bytes":
        return this.onBytes(context, from, message.bytes);
      default:
        return this.onDescriptor(context, from, message);
    }
  }

  /**
   * Floods a query of this servent's user.
   * @param text words that a file name must have, without a zero character
   * @param ttl 1..maxTtl; default `options.ttl`
   * @returns the descriptor id under which answers will come
   * @throws ParameterError for a text without words, or a TTL out of range
   */
  search(context: Context, text: string, ttl = this.options.ttl, minSpeedKBps = 0): string {
    checkQueryText(text);
    checkNumber("ttl", ttl, { min: 1, max: this.options.maxTtl, integer: true, unit: "hops" });
    checkNumber("minSpeedKBps", minSpeedKBps, { min: 0, max: 65535, integer: true, unit: "kB/s" });
    const id = this.originate(context, this.state.queries, [...this.state.neighbours.keys()], { kind: "query", minSpeedKBps, text }, ttl);
    this.observer.searched?.(context.nowUs, this.state.node, id, text);
    return id;
  }

  /** Fetches a file that a hit named. @throws ParameterError when the holder is not another node of the world */
  download(context: Context, file: FoundFile): void {
    if (typeof file?.fileName !== "string") throw new ParameterError({ what: "no file to fetch", got: file, expected: "what a query hit named", where: "parameter file" });
    checkNumber("fileIndex", file.fileIndex, { min: 0, max: 4294967295, integer: true });
    checkNumber("holder", file.holder, { min: 0, max: this.setup.nodes - 1, integer: true });
    if (file.holder === this.state.node) throw new ParameterError({ what: "a servent fetches a file from itself", got: file.holder, expected: "another node", where: "parameter holder" });
    this.transfers.start(context, file);
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    checkServentState(this.state, this.options);
  }

  view(): unknown {
    return serventView(this.state);
  }

  private onBytes(context: Context, from: number, bytes: Uint8Array): void {
    let descriptor: GnutellaDescriptor;
    try {
      descriptor = decodeGnutella(bytes);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      // Where the next header begins is not known any more: the connection is of no use.
      this.drop("malformed", "");
      this.neighbourhood.disconnect(context, from);
      return;
    }
    this.onDescriptor(context, from, descriptorMessage(descriptor));
  }

  private onDescriptor(context: Context, from: number, message: DescriptorMessage): void {
    const { descriptor } = message;
    if (!this.neighbourhood.heardFrom(context, from)) return this.drop("not-a-neighbour", descriptor.id);
    const ttl = believedTtl(descriptor, this.options.maxTtl);
    if (ttl === null) return this.drop("too-many-hops", descriptor.id);
    const believed = ttl === descriptor.ttl ? descriptor : { ...descriptor, ttl };
    switch (descriptor.payload.kind) {
      case "ping":
        return this.onPing(context, from, believed);
      case "query":
        return this.onQuery(context, from, believed, descriptor.payload);
      case "push":
        return this.onPush(context, from, believed, descriptor.payload);
      case "pong":
        this.learn(context, descriptor.payload.ip);
        return this.routeBack(context, this.state.pings, believed);
      case "query-hit":
        return this.onQueryHit(context, from, believed, descriptor.payload);
    }
  }

  private onPing(context: Context, from: number, ping: GnutellaDescriptor): void {
    if (!this.state.pings.add(ping.id, from, context.nowUs)) return this.drop("duplicate", ping.id);
    const { folder, node } = this.state;
    this.answer(context, from, ping, { kind: "pong", port: GNUTELLA_PORT, ip: addressOfNode(node), files: folder.files.length, kilobytes: folder.kilobytes });
    this.flood(context, from, ping);
  }

  private onQuery(context: Context, from: number, query: GnutellaDescriptor, asked: Extract<GnutellaPayload, { kind: "query" }>): void {
    if (!this.state.queries.add(query.id, from, context.nowUs)) return this.drop("duplicate", query.id);
    const speedKBps = this.setup.speedKBps ?? 128;
    const results = speedKBps < asked.minSpeedKBps ? [] : this.matches(asked.text);
    if (results.length > 0) this.answer(context, from, query, { kind: "query-hit", port: GNUTELLA_PORT, ip: addressOfNode(this.state.node), speedKBps, results, serventId: this.state.serventId });
    if (results.length === 0 || this.options.forwardAfterHit) this.flood(context, from, query);
  }

  private matches(text: string): { fileIndex: number; sizeBytes: number; text: string }[] {
    if (this.state.folder.files.length === 0) return [];
    const asked = wordsOf(text);
    const found: { fileIndex: number; sizeBytes: number; text: string }[] = [];
    this.state.folder.files.forEach((file, fileIndex) => {
      if (found.length < this.options.maxResults && hasAllWords(file.words, asked)) found.push({ fileIndex, sizeBytes: file.sizeBytes, text: file.name });
    });
    return found;
  }

  private onQueryHit(context: Context, from: number, hit: GnutellaDescriptor, found: Extract<GnutellaPayload, { kind: "query-hit" }>): void {
    this.learn(context, found.ip);
    this.state.holders.put(found.serventId, from, context.nowUs);
    if (this.state.queries.get(hit.id, context.nowUs) !== SELF) return this.routeBack(context, this.state.queries, hit);
    const holder = nodeOfAddress(found.ip, this.setup.nodes);
    for (const { fileIndex, text, sizeBytes } of found.results) {
      this.observer.hit?.({ timeUs: context.nowUs, node: this.state.node, id: hit.id, holder, serventId: found.serventId, fileIndex, fileName: text, sizeBytes, hops: hit.hops + 1 });
    }
  }

  private onPush(context: Context, from: number, push: GnutellaDescriptor, asked: Extract<GnutellaPayload, { kind: "push" }>): void {
    if (!this.state.pushes.add(push.id, from, context.nowUs)) return this.drop("duplicate", push.id);
    if (asked.serventId === this.state.serventId) return this.transfers.onPush(context, nodeOfAddress(asked.ip, this.setup.nodes), asked.fileIndex);
    this.passOn(context, this.state.holders.get(asked.serventId, context.nowUs), push);
  }

  /** Sends an answer or push one link further, if this servent knows where to. */
  private passOn(context: Context, to: number | undefined, descriptor: GnutellaDescriptor): void {
    if (to === undefined || to === SELF || !this.state.neighbours.has(to)) return this.drop("no-route", descriptor.id);
    const next = nextHop(descriptor);
    if (next === null) return this.drop("too-many-hops", descriptor.id);
    this.send(context, [to], oneHopOn(descriptor, next));
  }

  private routeBack(context: Context, table: RouteTable, answer: GnutellaDescriptor): void {
    const to = table.get(answer.id, context.nowUs);
    if (to !== SELF) this.passOn(context, to, answer);
  }

  private flood(context: Context, from: number, descriptor: GnutellaDescriptor): void {
    const next = nextHop(descriptor);
    if (next !== null) this.send(context, floodTargets(this.state.neighbours.keys(), from), oneHopOn(descriptor, next));
  }

  private answer(context: Context, to: number, question: GnutellaDescriptor, payload: GnutellaPayload): void {
    this.send(context, [to], { id: question.id, ttl: answerTtl(question), hops: 0, payload });
  }

  private originate(context: Context, table: RouteTable, to: readonly number[], payload: GnutellaPayload, ttl: number): string {
    const id = drawId(context);
    table.add(id, SELF, context.nowUs);
    this.send(context, to, { id, ttl, hops: 0, payload });
    return id;
  }

  private send(context: Context, to: readonly number[], descriptor: GnutellaDescriptor): void {
    const message = descriptorMessage(descriptor);
    const bytes = gnutellaMessageBytes(message);
    for (const neighbour of to) context.send(neighbour, message, bytes);
    this.observer.forwarded?.(this.state.node, message.kind, descriptor.id, to.length);
  }

  private learn(context: Context, ip: number): void {
    const host = nodeOfAddress(ip, this.setup.nodes);
    if (host >= 0 && host !== this.state.node) this.state.known.learn(host, context.nowUs);
  }

  private drop(reason: GnutellaDropReason, id: string): void {
    this.state.dropped.set(reason, (this.state.dropped.get(reason) ?? 0) + 1);
    this.observer.dropped?.(this.state.node, reason, id);
  }
}

/** @throws ParameterError for a node outside the world, no folder, or an unknown bootstrap node or neighbour */
function checkSetup(node: number, setup: ServentSetup): void {
  if (typeof setup !== "object" || setup === null) throw new ParameterError({ what: "no set-up of a servent", got: setup, expected: "an object with folder and nodes", where: "parameter setup" });
  checkFolder(setup.folder);
  const { nodes, bootstrap = [], links = [], speedKBps = 128 } = setup;
  checkNumber("nodes", nodes, { min: 1, max: 1 << 24, integer: true });
  checkNumber("node", node, { min: 0, max: nodes - 1, integer: true });
  checkNumber("speedKBps", speedKBps, { min: 0, max: 65535, integer: true, unit: "kB/s" });
  for (const [name, list] of [["bootstrap", bootstrap], ["links", links]] as const) {
    if (!Array.isArray(list)) throw new ParameterError({ what: `bad value for ${name}`, got: list, expected: "a list of nodes", where: `parameter ${name}` });
    list.forEach((other: number, index) => checkNumber(`${name}[${index}]`, other, { min: 0, max: nodes - 1, integer: true }));
  }
}

/** A descriptor as it is passed on. Field by field, because spreading two objects takes several times as long, for every message. */
function oneHopOn({ id, payload }: GnutellaDescriptor, { ttl, hops }: { readonly ttl: number; readonly hops: number }): GnutellaDescriptor {
  return { id, ttl, hops, payload };
}

/** A new 16-byte id. */
function drawId(context: Context): string {
  const random = context.random("gnutella-id");
  let id = "";
  for (let word = 0; word < 4; word++) id += random.uint32().toString(16).padStart(8, "0");
  return id;
}
