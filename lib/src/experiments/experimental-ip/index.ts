export { figureThreeWorld, linkDelayUs, multicastCostUs, type FigureThreeOptions } from "./figure-three";
export { simulateMbone, type MboneSimulation, type MboneSimulationOptions, type PacketRecord } from "./simulate-mbone";
export { simulateSixBone, type SixBoneSimulation, type SixBoneSimulationOptions, type SixCrossing } from "./simulate-six-bone";
