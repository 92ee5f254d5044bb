/**
 * The packet of figure 2 step by step, as the nodes, links and steps that a step player takes: below the physical network, above it the overlay, and at
 * every hop both headers as they were read from the bytes on the link.
 */
import { ParameterError } from "../../errors";
import { hopsOf, type HeaderView, type Hop } from "../../routing-overlays/tunnels";
import type { TunnelSimulation } from "./simulate";

/** What a step player takes besides its words. */
export interface JourneySteps {
  readonly nodes: readonly { readonly id: string; readonly label: string; readonly x: number; readonly y: number; readonly shape: "circle" | "square" }[];
  readonly links: readonly { readonly id: string; readonly from: string; readonly to: string; readonly kind: string }[];
  readonly kinds: readonly { readonly word: string; readonly label: string }[];
  readonly tones: readonly { readonly word: string; readonly label: string; readonly look: "solid" | "ring" }[];
  readonly steps: readonly JourneyStep[];
}

interface JourneyStep {
  readonly time: string;
  readonly text: string;
  readonly nodes: Readonly<Record<string, { readonly tone: string | null; readonly view?: Readonly<Record<string, string | number | null>> }>>;
  readonly messages: readonly { readonly from: string; readonly to: string; readonly label: string; readonly tone: string; readonly via: string }[];
}

const TONES = [
  { word: "outer", label: "outer packet; reads the outer header only", look: "ring" },
  { word: "inner", label: "inner packet; reads both headers", look: "solid" },
] as const;

/**
 * One packet through the tunnels of a world whose nodes stand in a row, and whose one overlay lies on the underlay.
 *
 * @param world after the run, with a trace that holds one packet's journey
 * @throws ParameterError when there is not exactly one overlay, no hop, a packet outside any tunnel, or one cut into fragments
 */
export function journeySteps(world: TunnelSimulation): JourneySteps {
  const { plan } = world;
  const hops = hopsOf(world.trace.records());
  const overlay = plan.layers[1];
  const isTunneled = hops.every(({ isFragment, headers }) => !isFragment && headers.filter(({ protocol }) => protocol !== "UDP").length === 2);
  if (plan.layers.length !== 2 || hops.length === 0 || !isTunneled) {
    throw new ParameterError({ what: "no journey to draw", got: `${plan.layers.length - 1} overlays, ${hops.length} hops`, expected: "the trace of one packet in a single overlay, not fragmented", where: "journeySteps" });
  }
  const below = (node: number) => `${plan.nodes[node].name} below`;
  const above = (node: number) => `${plan.nodes[node].name} above`;
  const members = [...overlay.members.keys()];
  return {
    nodes: [
      ...plan.nodes.map(({ name }, node) => ({ id: below(node), label: name, x: node, y: 0, shape: "circle" as const })),
      ...members.map((node) => ({ id: above(node), label: `${plan.nodes[node].name} (overlay)`, x: node, y: 1.5, shape: "square" as const })),
    ],
    links: [
      ...plan.links.map(({ a, b }) => ({ id: `link ${a} ${b}`, from: below(a), to: below(b), kind: "physical" })),
      ...overlay.tunnels.map(({ a, b }) => ({ id: `tunnel ${a} ${b}`, from: above(a), to: above(b), kind: "tunnel" })),
      ...members.map((node) => ({ id: `same ${node}`, from: below(node), to: above(node), kind: "same" })),
    ],
    kinds: [{ word: "physical", label: "physical link" }, { word: "tunnel", label: "tunnel" }, { word: "same", label: "one node, two addresses" }],
    tones: TONES,
    steps: stepsOf(world, hops, members, above, below),
  };
}

function stepsOf(world: TunnelSimulation, hops: readonly Hop[], members: readonly number[], above: (node: number) => string, below: (node: number) => string): JourneyStep[] {
  const { plan } = world;
  const nameOf = new Map(plan.layers.flatMap((layer) => [...layer.members.values()].map(({ node, address }) => [address, plan.nodes[node].name] as const)));
  const called = (address: string) => nameOf.get(address) ?? address;
  const [, first] = headersIn(hops[0]);
  const start = plan.nodes[hops[0].from].name;
  const last = hops[hops.length - 1];
  const steps: JourneyStep[] = [{
    time: "0 ms", text: `An application at ${start} sends a packet to ${called(first.destination)}: one header, ${headerText(first)}.`,
    nodes: { [above(hops[0].from)]: { tone: "inner", view: views(null, first) } }, messages: [],
  }];
  let tunnel = -1;
  hops.forEach((hop, index) => {
    const [outer, inner] = headersIn(hop);
    const isMember = members.includes(hop.from);
    if (isMember) tunnel = plan.layers[1].tunnels.findIndex(({ a, b }) => [a, b].includes(hop.from) && [a, b].some((end) => plan.nodes[end].address === outer.destination));
    const { a, b } = plan.layers[1].tunnels[tunnel];
    const [from, to] = plan.nodes[a].address === outer.source ? [a, b] : [b, a];
    const { name } = plan.nodes[hop.from];
    const did = !isMember ? `${name} reads the outer header and passes the packet on` : index === 0 ? `${name} puts an outer header around it that names ${called(outer.destination)}` : `${name} takes the outer header off, reads the inner one, and puts on a new one that names ${called(outer.destination)}`;
    const before = index === 0 ? null : hops[index - 1].from;
    steps.push({
      time: `${hop.sentUs / 1000} ms`,
      text: `${did}. ${name} → ${plan.nodes[hop.to].name}: outer ${headerText(outer)}; inner ${headerText(inner)}.`,
      nodes: {
        ...(index === 0 ? { [above(hop.from)]: { tone: null } } : {}),
        ...(before === null ? {} : { [below(before)]: { tone: null } }),
        [below(hop.from)]: { tone: isMember ? "inner" : "outer", view: views(outer, isMember ? inner : null) },
        ...(isMember && index > 0 ? { [above(hop.from)]: { tone: "inner", view: views(null, inner) } } : {}),
        ...(before !== null && members.includes(before) ? { [above(before)]: { tone: null } } : {}),
      },
      messages: [
        { from: below(hop.from), to: below(hop.to), label: `to ${called(outer.destination)}`, tone: "outer", via: `link ${Math.min(hop.from, hop.to)} ${Math.max(hop.from, hop.to)}` },
        { from: above(from), to: above(to), label: `to ${called(inner.destination)}`, tone: "inner", via: `tunnel ${a} ${b}` },
      ],
    });
  });
  const [, inner] = headersIn(last);
  steps.push({
    time: `${last.arrivalUs / 1000} ms`, text: `${plan.nodes[last.to].name} takes the outer header off; the inner one names ${called(inner.destination)}, so the packet goes to its application.`,
    nodes: { [below(last.from)]: { tone: null }, [below(last.to)]: { tone: "inner", view: views(null, inner) }, [above(last.to)]: { tone: "inner", view: views(null, inner) } }, messages: [],
  });
  return steps;
}

/** Outermost and innermost header, datagrams' own left out. */
function headersIn(hop: Hop): readonly [HeaderView, HeaderView] {
  const headers = hop.headers.filter(({ protocol }) => protocol !== "UDP");
  return [headers[0], headers[headers.length - 1]];
}

function headerText({ source, destination, timeToLive }: HeaderView): string {
  return `${source} → ${destination}, TTL ${timeToLive}`;
}

/** A node's table: what it can read of the packet that it holds. */
function views(outer: HeaderView | null, inner: HeaderView | null): Record<string, string | number | null> {
  return {
    "outer header": outer === null ? null : `${outer.source} → ${outer.destination}`,
    "outer TTL": outer?.timeToLive ?? null,
    "inner header": inner === null ? "payload, not read" : `${inner.source} → ${inner.destination}`,
    "inner TTL": inner?.timeToLive ?? null,
  };
}
