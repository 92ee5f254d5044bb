export * from "./distribution-time";
