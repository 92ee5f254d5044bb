/** Gossip: rumours and anti-entropy (Demers et al.), and partial views kept by gossip (Cyclon, HyParView). */
export * from "./cyclon";
export * from "./epidemic-formulas";
export * from "./rumour-cycles";
export { ViewTable } from "./view-table";
export * from "./hyparview";
export * from "./hyparview-parameters";
export * from "./replica-store";
export * from "./replicated-database";
export * from "./overlay-graph";
export * from "./view-broadcast";
