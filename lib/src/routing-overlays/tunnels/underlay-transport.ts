/** The physical links of a world of tunnels as the engine's transport: a frame takes the delay of its link, and there is no way to a node that is not next to the sender. */
import { InvariantError } from "../../errors";
import type { Transport } from "../../simulation/transport";
import { checkPlan, type TunnelWorldPlan } from "./plan";

/** The transport of a world. Not modelled: queues and the time to transmit. @throws ParameterError for what is no plan */
export function underlayTransport(plan: TunnelWorldPlan): Transport {
  const count = checkPlan(plan).nodes.length;
  const delays = new Map<number, number>();
  for (const { a, b, delayUs } of plan.links) {
    delays.set(a * count + b, delayUs);
    delays.set(b * count + a, delayUs);
  }
  return {
    delayUs(from, to) {
      const delayUs = delays.get(from * count + to);
      if (delayUs === undefined) throw new InvariantError({ what: "a node sent to one that is not next to it", got: `${from} to ${to}`, expected: "a physical link" });
      return delayUs;
    },
  };
}
