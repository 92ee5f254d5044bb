/**
 * The program above a structured overlay that routes message by message: the three calls of Pastry's interface (Rowstron and Druschel, Middleware 2001, section 2.2: deliver, forward,
 * newLeafs), which Dabek et al. (IPTPS 2003) later made common to all of them. Scribe and SplitStream stand on it; an overlay that offers it has a method `route`.
 */
import type { ProcessContext } from "../../simulation";

/** What the overlay calls at the nodes along a route. P is what the program sends; it belongs to the network once routed, so nobody changes it. */
export interface RoutedApplication<P, M = unknown> {
  /** The message has reached the node that owns its key. @param key row of the key */
  deliver(context: ProcessContext<M>, key: number, payload: P): void;
  /**
   * The message is about to be sent on to another node; at its origin too.
   * @param next the node that it goes to
   * @returns whether it goes on; false ends its way here
   */
  forward(context: ProcessContext<M>, key: number, payload: P, next: number): boolean;
  /** The nodes next to this one in the id space have changed: one has come, left, or is taken for dead. */
  neighboursChanged?(context: ProcessContext<M>): void;
}

/** An overlay that carries messages of a program above it. */
export interface RoutingOverlay<P, M = unknown> {
  /**
   * Sends a message towards the owner of a key.
   * @param bytes size of the payload, to which every hop adds the overlay's own head
   * @throws ParameterError when there is no such key
   */
  route(context: ProcessContext<M>, key: number, payload: P, bytes: number): void;
}
