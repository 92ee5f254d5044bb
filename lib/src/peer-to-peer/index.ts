export * from "./distribution-time";
export * from "./napster";
export * from "./gnutella";
export * from "./unstructured-search";
