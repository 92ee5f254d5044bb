export * from "./distribution-time";
export * from "./structured";
