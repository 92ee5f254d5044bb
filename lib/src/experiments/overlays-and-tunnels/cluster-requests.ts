/** A level-7 switch in front of a cluster: requests go to a group of servers by their URL, in turn; one server dies on the way. */
import type { Row, Table } from "../../analysis/table";
import { HttpClient, HttpServer, LevelSevenSwitch, type HttpMessage, type SwitchRule } from "../../routing-overlays/tunnels";
import { Simulation, constantDelay, type Process } from "../../simulation";

const RULES: readonly SwitchRule[] = [{ path: "/", pool: "pages" }, { path: "/videos", pool: "videos" }];
const POOLS: Readonly<Record<string, readonly number[]>> = { pages: [1, 2], videos: [3, 4] };
const CLIENT = 5;
/** Server 4 dies half-way. */
const DYING = 4;
const REQUESTS = 40;
const SERVER_BYTES = 5000;

/** What became of the requests: one row a URL and half of the run. */
export function clusterRequests(seed: number): Table {
  const processes: Process<HttpMessage>[] = [];
  const simulation = new Simulation<HttpMessage>({
    nodes: 6, seed, transport: constantDelay(1000), faults: [{ kind: "crash", node: DYING, atUs: REQUESTS * 50_000 }],
    process: (node) => (processes[node] = node === 0 ? new LevelSevenSwitch({ rules: RULES, pools: POOLS, timeoutUs: 50_000, probeUs: 60_000_000 }) : node === CLIENT ? new HttpClient() : new HttpServer(5000, SERVER_BYTES)),
  });
  const targets = ["/news", "/videos/7"];
  for (let id = 0; id < REQUESTS; id++) simulation.invokeAt(id * 100_000, CLIENT, (process, context) => (process as HttpClient).ask(context, 0, id, "GET", targets[id % 2], "www.example"));
  simulation.run({ untilUs: 30_000_000 });
  (processes[0] as LevelSevenSwitch).checkInvariants();
  const { answers } = processes[CLIENT] as HttpClient;
  const rows = targets.flatMap((target, parity) => [0, 1].map((half): Row => {
    const mine = answers.filter(({ id }) => id % 2 === parity && (id < REQUESTS / 2 ? 0 : 1) === half);
    const count = (server: number) => mine.filter((answer) => answer.server === server).length;
    return { target, half: half === 0 ? "up" : "dead", requests: REQUESTS / 4, answered: mine.filter(({ status }) => status === 200).length, server_1: count(1), server_2: count(2), server_3: count(3), server_4: count(4) };
  }));
  const number = (name: string, title: string) => ({ name, title, type: "integer" as const });
  return { name: "cluster-requests", columns: [{ name: "target", title: "URL", type: "string" }, { name: "half", title: `server ${DYING} is`, type: "string" }, number("requests", "requests"), number("answered", "answered"), ...[1, 2, 3, 4].map((server) => number(`server_${server}`, `server ${server}`))], rows };
}
