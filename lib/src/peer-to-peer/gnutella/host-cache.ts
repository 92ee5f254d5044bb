/**
 * A host cache: the well-known node that tells newcomers of others, so that one address in the program is enough to join. It takes every connection for the time of
 * one ping, answers with pongs for hosts that connected lately, and closes. It neither shares nor searches. Not in the specification, which leaves
 * open how a servent finds its first address; servents of 2000 used caches such as gnutellahosts.com.
 */
import { GNUTELLA_PORT } from "../../codecs";
import { ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { answerTtl } from "./decisions";
import { addressOfNode, descriptorMessage, gnutellaMessageBytes, type GnutellaMessage } from "./messages";
import { HostList } from "./route-table";

/** Parameters of a host cache; all defaults are ours. */
export interface HostCacheOptions {
  /** Hosts that it remembers, 1..10^6; 200. */
  readonly maxHosts: number;
  /** How long, µs; 10 minutes. */
  readonly hostExpiryUs: number;
  /** Pongs that it answers a ping with, 1..1000; 10. */
  readonly pongs: number;
}

/** Defaults of {@link HostCacheOptions}. */
export const HOST_CACHE_DEFAULTS: HostCacheOptions = Object.freeze({ maxHosts: 200, hostExpiryUs: 600_000_000, pongs: 10 });

/** The process of a host cache. */
export class HostCache implements Process<GnutellaMessage> {
  readonly hosts: HostList;
  private readonly options: HostCacheOptions;

  /**
   * @param savedHosts what it had before a restart; an empty list if absent
   * @throws ParameterError when an option is unknown or out of range
   */
  constructor(options: Partial<HostCacheOptions> = {}, savedHosts?: HostList) {
    if (typeof options !== "object" || options === null) throw new ParameterError({ what: "no options of a host cache", got: options, expected: "an object", where: "parameter options" });
    const unknown = Object.keys(options).find((name) => !(name in HOST_CACHE_DEFAULTS));
    if (unknown !== undefined) throw new ParameterError({ what: "unknown option of a host cache", got: unknown, expected: `one of ${Object.keys(HOST_CACHE_DEFAULTS).join(", ")}`, where: "parameter options" });
    this.options = { ...HOST_CACHE_DEFAULTS, ...options };
    this.hosts = savedHosts ?? new HostList(checkNumber("maxHosts", this.options.maxHosts, { min: 1, max: 1e6, integer: true }));
    checkNumber("hostExpiryUs", this.options.hostExpiryUs, { min: 1, max: 1e12, integer: true, unit: "µs" });
    checkNumber("pongs", this.options.pongs, { min: 1, max: 1000, integer: true });
  }

  onStart(): void {
    // Empty until somebody connects.
  }

  onTimer(_context: ProcessContext<GnutellaMessage>, name: string): void {
    throw new ParameterError({ what: "unknown timer", got: name, expected: "none: a host cache sets no timer" });
  }

  onMessage(context: ProcessContext<GnutellaMessage>, from: number, message: GnutellaMessage): void {
    const tell = (answer: GnutellaMessage) => context.send(from, answer, gnutellaMessageBytes(answer));
    if (message.kind === "connect") {
      this.hosts.learn(from, context.nowUs);
      tell({ kind: "ok" });
    } else if (message.kind === "ping") {
      const { id } = message.descriptor;
      const others = this.hosts.list(context.nowUs, this.options.hostExpiryUs).filter((host) => host !== from);
      for (const host of context.random("pongs").shuffle(others).slice(0, this.options.pongs)) {
        tell(descriptorMessage({ id, ttl: answerTtl(message.descriptor), hops: 0, payload: { kind: "pong", port: GNUTELLA_PORT, ip: addressOfNode(host), files: 0, kilobytes: 0 } }));
      }
      tell({ kind: "close" });
    }
  }

  view(): unknown {
    return { hosts: this.hosts.list() };
  }
}
