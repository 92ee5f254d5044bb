/**
 * A level-7 switch in front of a cluster: it reads the request line, forwards the request to a server of the group that the URL names, and the response
 * back, unchanged (RFC 9110, section 7.7, forbids intermediaries to rewrite the path). A server that does not answer in time is left out until it answers a probe; its requests are sent to another one if they may be repeated.
 * Section 9.4, introduction. Not modelled: connections (a request is one message), the time to transmit, request bodies, caching.
 * Tests: test/routing-overlays/tunnels/level-seven-switch.test.ts
 */
import { encodeHttpRequestHead, parseHttpRequestHead, type HttpRequestHead } from "../../codecs/http-request";
import { InvariantError, ParameterError, ParseError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { checkObject } from "../../network/check-input";
import { SwitchRules, mayRepeat, roundRobin, type BalancingPolicy, type SwitchRule } from "./level-seven-rules";

/** A request, as bytes, or a response. `id` tells the sender's requests apart. */
export type HttpMessage =
  | { readonly kind: "request"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: "response"; readonly id: number; readonly status: number; readonly bodyBytes: number; /** Node that made it; the switch itself for its own errors. */ readonly server: number };

/** Bytes that a response has besides its body. */
export const RESPONSE_HEAD_BYTES = 200;

/** Host that probes ask for; no real one has this name (RFC 2606, section 2). */
const PROBE_HOST = "probe.invalid";

/** Parameters of a switch. */
export interface SwitchOptions {
  readonly rules: readonly SwitchRule[];
  /** Nodes of the servers in each group. */
  readonly pools: Readonly<Record<string, readonly number[]>>;
  /** Makes the policy of a group; round robin if absent. */
  readonly policy?: () => BalancingPolicy;
  /** How long a server may take, whole µs; default 1 s. */
  readonly timeoutUs?: number;
  /** How often a server that failed is probed, whole µs; default 5 s. */
  readonly probeUs?: number;
  /** To how many servers a request is given at most; default 2. */
  readonly maxAttempts?: number;
}

/** What the switch counted. Every request received is answered once or still outstanding. */
export interface SwitchCounts {
  received: number;
  answered: number;
  /** Requests given to another server after a timeout. */
  repeated: number;
  /** Own error responses by status: 400 malformed, 404 no rule, 503 no server, 504 no answer. */
  readonly errors: Map<number, number>;
  /** Requests given to each server, probes not counted. */
  readonly perServer: Map<number, number>;
}

interface Outstanding {
  readonly client: number;
  readonly clientId: number;
  readonly pool: string;
  readonly head: HttpRequestHead;
  readonly bytes: Uint8Array;
  readonly tried: number[];
}

/** The switch. */
export class LevelSevenSwitch implements Process<HttpMessage> {
  readonly counts: SwitchCounts = { received: 0, answered: 0, repeated: 0, errors: new Map(), perServer: new Map() };
  private readonly rules: SwitchRules;
  private readonly pools = new Map<string, { readonly servers: readonly number[]; readonly policy: BalancingPolicy }>();
  private readonly waiting = new Map<number, Outstanding>();
  private readonly load = new Map<number, number>();
  private readonly down = new Set<number>();
  private readonly timeoutUs: number;
  private readonly probeUs: number;
  private readonly maxAttempts: number;
  private nextId = 1;

  /** @throws ParameterError for a rule without group, an empty group, or a time out of range */
  constructor(options: SwitchOptions) {
    this.rules = new SwitchRules(checkObject("options", options, "rules and pools").rules);
    if (options.policy !== undefined && typeof options.policy !== "function") throw new ParameterError({ what: "bad value for policy", got: options.policy, expected: "a function that makes one, such as roundRobin", where: "parameter policy" });
    for (const [pool, servers] of Object.entries(options.pools ?? {})) {
      if (!Array.isArray(servers) || servers.length === 0) throw new ParameterError({ what: "a group without servers", got: pool, expected: "at least one" });
      servers.forEach((server, index) => checkNumber(`pools.${pool}[${index}]`, server, { min: 0, integer: true }));
      if (new Set(servers).size < servers.length) throw new ParameterError({ what: "a server is twice in a group", got: servers, expected: "each once", where: `pools.${pool}` });
      this.pools.set(pool, { servers: [...servers].sort((a, b) => a - b), policy: (options.policy ?? roundRobin)() });
    }
    const missing = options.rules.find(({ pool }) => !this.pools.has(pool));
    if (missing !== undefined) throw new ParameterError({ what: "a rule names an unknown group", got: missing.pool, expected: [...this.pools.keys()].join(", ") });
    this.timeoutUs = checkNumber("timeoutUs", options.timeoutUs ?? 1_000_000, { min: 1, integer: true, unit: "µs" });
    this.probeUs = checkNumber("probeUs", options.probeUs ?? 5_000_000, { min: 1, integer: true, unit: "µs" });
    this.maxAttempts = checkNumber("maxAttempts", options.maxAttempts ?? 2, { min: 1, integer: true });
  }

  onStart(): void {
    // Waits for requests.
  }

  onMessage(context: ProcessContext<HttpMessage>, from: number, message: HttpMessage): void {
    if (message.kind === "request") this.receive(context, from, message.id, message.bytes);
    else this.respond(context, from, message);
  }

  onTimer(context: ProcessContext<HttpMessage>, name: string, key: number): void {
    if (name === "probe") this.probe(context, key);
    else this.timeout(context, key);
  }

  /** Servers that are left out for now, by rising number. */
  get failedServers(): number[] {
    return [...this.down].sort((a, b) => a - b);
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(): void {
    const { received, answered } = this.counts;
    if (received !== answered + this.waiting.size) throw new InvariantError({ what: "a request has no answer, or two", got: answered + this.waiting.size, expected: `${received} received` });
    const load = [...this.load.values()].reduce((sum, value) => sum + value, 0);
    if (load !== this.waiting.size) throw new InvariantError({ what: "the servers' load is not the number of waiting requests", got: load, expected: String(this.waiting.size) });
  }

  view(): unknown {
    return { waiting: this.waiting.size, failed: this.failedServers, perServer: [...this.counts.perServer] };
  }

  private receive(context: ProcessContext<HttpMessage>, client: number, clientId: number, bytes: Uint8Array): void {
    this.counts.received += 1;
    const head = readHead(bytes);
    if (head === null) return this.refuse(context, client, clientId, 400);
    const pool = this.rules.poolFor(head);
    if (pool === null) return this.refuse(context, client, clientId, 404);
    this.forward(context, { client, clientId, pool, head, bytes, tried: [] });
  }

  /** Gives a request to a server that is up and has not had it. */
  private forward(context: ProcessContext<HttpMessage>, request: Outstanding): void {
    const { servers, policy } = this.pools.get(request.pool) as { servers: readonly number[]; policy: BalancingPolicy };
    const candidates = servers.filter((node) => !this.down.has(node) && !request.tried.includes(node)).map((node) => ({ node, outstanding: this.load.get(node) ?? 0 }));
    if (candidates.length === 0) return this.refuse(context, request.client, request.clientId, request.tried.length === 0 ? 503 : 504);
    const index = policy.choose(candidates, request.head);
    const server = candidates[checkNumber("choice of the policy", index, { min: 0, max: candidates.length - 1, integer: true })].node;
    request.tried.push(server);
    const id = this.nextId++;
    this.waiting.set(id, request);
    this.load.set(server, (this.load.get(server) ?? 0) + 1);
    this.counts.perServer.set(server, (this.counts.perServer.get(server) ?? 0) + 1);
    context.send(server, { kind: "request", id, bytes: request.bytes }, request.bytes.length);
    context.setTimer("response", this.timeoutUs, id);
  }

  private respond(context: ProcessContext<HttpMessage>, server: number, message: HttpMessage & { readonly kind: "response" }): void {
    const asked = this.waiting.get(message.id)?.tried;
    // Ids are easy to guess: an answer counts only from the server that was asked.
    if (asked === undefined || asked[asked.length - 1] !== server) {
      if (this.down.delete(server)) context.cancelTimer("probe", server);
      return;
    }
    if (this.down.delete(server)) context.cancelTimer("probe", server);
    const request = this.settle(message.id) as Outstanding;
    context.cancelTimer("response", message.id);
    this.counts.answered += 1;
    context.send(request.client, { ...message, id: request.clientId }, RESPONSE_HEAD_BYTES + message.bodyBytes);
  }

  private timeout(context: ProcessContext<HttpMessage>, id: number): void {
    const request = this.settle(id);
    if (request === undefined) return;
    const server = request.tried[request.tried.length - 1];
    if (!this.down.has(server)) {
      this.down.add(server);
      context.setTimer("probe", this.probeUs, server);
    }
    if (!mayRepeat(request.head.method) || request.tried.length >= this.maxAttempts) return this.refuse(context, request.client, request.clientId, 504);
    this.counts.repeated += 1;
    this.forward(context, request);
  }

  private probe(context: ProcessContext<HttpMessage>, server: number): void {
    const bytes = encodeHttpRequestHead("HEAD", "/", PROBE_HOST);
    context.send(server, { kind: "request", id: 0, bytes }, bytes.length);
    context.setTimer("probe", this.probeUs, server);
  }

  private settle(id: number): Outstanding | undefined {
    const request = this.waiting.get(id);
    if (request === undefined) return undefined;
    this.waiting.delete(id);
    const server = request.tried[request.tried.length - 1];
    this.load.set(server, (this.load.get(server) as number) - 1);
    return request;
  }

  private refuse(context: ProcessContext<HttpMessage>, client: number, id: number, status: number): void {
    this.counts.answered += 1;
    this.counts.errors.set(status, (this.counts.errors.get(status) ?? 0) + 1);
    context.send(client, { kind: "response", id, status, bodyBytes: 0, server: context.self }, RESPONSE_HEAD_BYTES);
  }
}

function readHead(bytes: Uint8Array): HttpRequestHead | null {
  try {
    return parseHttpRequestHead(bytes);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** A server that answers every request after a fixed time. */
export class HttpServer implements Process<HttpMessage> {
  /** Requests answered, by path. */
  readonly served = new Map<string, number>();
  private readonly pending = new Map<number, { readonly from: number; readonly id: number }>();
  private tickets = 0;

  /** @param serviceUs whole µs @param bodyBytes of every response */
  constructor(
    private readonly serviceUs: number,
    private readonly bodyBytes: number,
  ) {
    checkNumber("serviceUs", serviceUs, { min: 0, integer: true, unit: "µs" });
    checkNumber("bodyBytes", bodyBytes, { min: 0, max: 1e9, integer: true, unit: "bytes" });
  }

  onStart(): void {
    // Waits for requests.
  }

  onMessage(context: ProcessContext<HttpMessage>, from: number, message: HttpMessage): void {
    if (message.kind !== "request") return;
    const path = readHead(message.bytes)?.path ?? "";
    this.served.set(path, (this.served.get(path) ?? 0) + 1);
    this.tickets += 1;
    this.pending.set(this.tickets, { from, id: message.id });
    context.setTimer("serve", this.serviceUs, this.tickets);
  }

  onTimer(context: ProcessContext<HttpMessage>, _name: string, key: number): void {
    const { from, id } = this.pending.get(key) as { from: number; id: number };
    this.pending.delete(key);
    context.send(from, { kind: "response", id, status: 200, bodyBytes: this.bodyBytes, server: context.self }, RESPONSE_HEAD_BYTES + this.bodyBytes);
  }
}

/** A client that asks and remembers the answers. */
export class HttpClient implements Process<HttpMessage> {
  /** Answers in order of arrival. */
  readonly answers: { readonly id: number; readonly status: number; readonly server: number; readonly timeUs: number }[] = [];

  onStart(): void {
    // Asks when told to.
  }

  /** Sends a request; `id` must be new. */
  ask(context: ProcessContext<HttpMessage>, to: number, id: number, method: string, target: string, host: string): void {
    const bytes = encodeHttpRequestHead(method, target, host);
    context.send(to, { kind: "request", id, bytes }, bytes.length);
  }

  onMessage(context: ProcessContext<HttpMessage>, _from: number, message: HttpMessage): void {
    if (message.kind === "response") this.answers.push({ id: message.id, status: message.status, server: message.server, timeUs: context.nowUs });
  }

  onTimer(): void {
    // Sets none.
  }
}
