/**
 * What a level-7 switch decides: from the request line of a real HTTP/1.1 request to a group of servers, and from the group to one server. Pure functions and
 * small policies; level-seven-switch.ts sends the messages. Section 9.4, introduction: switches that "forward HTTP requests to a specific server based on the requested URL".
 * Tests: test/routing-overlays/tunnels/level-seven-switch.test.ts
 */
import type { HttpRequestHead } from "../../codecs/http-request";
import { ParameterError } from "../../errors";
import { LabelTable } from "./label-table";

/** Requests for these URLs go to that group of servers. */
export interface SwitchRule {
  /** Host of the URL, lower case; any host if absent. */
  readonly host?: string;
  /** Beginning of the path, whole segments: "/videos" holds "/videos/7" but not "/videos2". "/" holds everything. */
  readonly path: string;
  readonly pool: string;
}

/** A server as a policy sees it. */
export interface ServerView {
  /** Number of its node. */
  readonly node: number;
  /** Requests that it was given and has not answered. */
  readonly outstanding: number;
}

/** Chooses a server. Policies may keep state; each group of servers has its own. */
export interface BalancingPolicy {
  /** @param servers those that answer, at least one, by rising number @returns index into `servers` */
  choose(servers: readonly ServerView[], request: HttpRequestHead): number;
}

/** The servers in turn. One that is missing for a while is skipped, and the turn stays where it was. */
export function roundRobin(): BalancingPolicy {
  let last = -1;
  return {
    choose(servers) {
      const next = servers.findIndex((server) => server.node > last);
      const index = next < 0 ? 0 : next;
      last = servers[index].node;
      return index;
    },
  };
}

/** The server with fewest unanswered requests; the lowest number on a tie. */
export function leastOutstanding(): BalancingPolicy {
  return { choose: (servers) => servers.reduce((best, server, index) => (server.outstanding < servers[best].outstanding ? index : best), 0) };
}

/** Rules compiled for look-up. */
export class SwitchRules {
  private readonly table = new LabelTable();
  private readonly pools: string[] = [];

  /** @throws ParameterError for a path that does not begin with "/", or two rules for the same URLs */
  constructor(rules: readonly SwitchRule[]) {
    for (const { host, path, pool } of rules) {
      if (!path.startsWith("/")) throw new ParameterError({ what: "bad path of a rule", got: path, expected: 'a path that begins with "/"' });
      const labels = [host === undefined ? "*" : host.toLowerCase(), ...segments(path)];
      if (this.table.set(labels, this.pools.length) >= 0) throw new ParameterError({ what: "two rules for the same URLs", got: `${host ?? "*"}${path}`, expected: "one" });
      this.pools.push(pool);
    }
  }

  /** The group for a request: the longest path of the rules for its host, else of those for any host; `null` when no rule holds it. */
  poolFor(request: Pick<HttpRequestHead, "host" | "path">): string | null {
    for (const host of [request.host, "*"]) {
      const found = this.table.lookup([host, ...segments(request.path)]);
      if (found >= 0) return this.pools[found];
    }
    return null;
  }
}

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** Whether a request may be sent again when it is not known whether the server acted on it (RFC 9110, section 9.2.2). */
export function mayRepeat(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].includes(method);
}
