/** What the engine asks of a network: how long a message takes, or that it is lost. Nodes are dense integers from 0. */
export interface Transport {
  /** Microseconds until delivery, or -1 when the message is lost. */
  delayUs(from: number, to: number, bytes: number, nowUs: number): number;
}
