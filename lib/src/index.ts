/** Everything a notebook imports: mechanisms, experiments, analysis, figures and the words of a notebook cell. */
export * from "./analysis";
export * from "./codecs";
export * from "./errors";
export * from "./experiments";
export * from "./figures";
export * from "./ids";
export * from "./network";
export * from "./notebook";
export * from "./peer-to-peer";
export * from "./routing-overlays";
export * from "./simulation";
export * from "./units";
