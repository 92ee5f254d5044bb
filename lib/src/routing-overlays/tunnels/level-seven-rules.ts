/**
 * What a level-7 switch decides: from the request line of a real HTTP/1.1 request to a group of servers, and from the group to one server. Pure functions and
 * small policies; level-seven-switch.ts sends the messages. Section 9.4, introduction: switches that "forward HTTP requests to a specific server based on the requested URL".
 * Tests: test/routing-overlays/tunnels/level-seven-switch.test.ts
 */
import type { HttpRequestHead } from "../../codecs/http-request";
import { normalHost, normalPath } from "../../codecs/uri-path";
import { ParameterError } from "../../errors";
import { checkList, checkObject } from "../../network/check-input";
import { LabelTable } from "./label-table";

/**
 * Requests for these URLs go to that group of servers. Rules and requests are compared in the normal form of RFC 3986, section 6.2.2, so "/x/../admin" and
 * "/%61dmin" meet the rule for "/admin"; empty segments do not count.
 */
export interface SwitchRule {
  /** Host of the URL, without port; any host if absent. */
  readonly host?: string;
  /** Beginning of the path, whole segments, case-sensitive: "/videos" holds "/videos/7" but not "/videos2". "/" holds everything. */
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

/** Stands for any host; no host is empty. */
const ANY_HOST = "";

/** Rules compiled for look-up. */
export class SwitchRules {
  private readonly table = new LabelTable();
  private readonly pools: string[] = [];

  /** @throws ParameterError for a path that does not begin with "/" or has no normal form, a host that is none, or two rules for the same URLs */
  constructor(rules: readonly SwitchRule[]) {
    for (const [index, rule] of checkList("rules", rules, "a list of rules").entries()) {
      const { host, path, pool } = checkObject(`rules[${index}]`, rule, "path, pool, and a host or none");
      const normal = typeof path === "string" && path.startsWith("/") ? normalPath(path) : { fault: 'a path that begins with "/"' };
      if ("fault" in normal) throw new ParameterError({ what: "bad path of a rule", got: path, expected: normal.fault });
      const name = host === undefined ? ANY_HOST : typeof host === "string" ? normalHost(host) : null;
      if (name === null) throw new ParameterError({ what: "bad host of a rule", got: host, expected: "a name or address without port, or none for any host" });
      if (this.table.set([name, ...segments(normal.path)], this.pools.length) >= 0) throw new ParameterError({ what: "two rules for the same URLs", got: `${host ?? "*"}${path}`, expected: "one" });
      this.pools.push(pool);
    }
  }

  /**
   * The group for a request: the longest path of the rules for its host, else of those for any host; `null` when no rule holds it, or the path has no normal form.
   * @param request host without port, and path without query
   */
  poolFor(request: Pick<HttpRequestHead, "host" | "path">): string | null {
    const normal = request.path === "*" ? { path: "*" } : normalPath(request.path);
    if ("fault" in normal) return null;
    for (const host of [normalHost(request.host) ?? ANY_HOST, ANY_HOST]) {
      const found = this.table.lookup([host, ...segments(normal.path)]);
      if (found >= 0) return this.pools[found];
    }
    return null;
  }
}

/** "*" asks about the server as a whole, so it is held by a rule for "/" only. */
function segments(path: string): string[] {
  return path === "*" ? [] : path.split("/").filter((segment) => segment !== "");
}

/** Whether a request may be sent again when it is not known whether the server acted on it (RFC 9110, section 9.2.2). */
export function mayRepeat(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].includes(method);
}
