export { figureThreeWorld, linkDelayUs, multicastCostUs, type FigureThreeOptions } from "./figure-three";
export { simulateMbone, type MboneSimulation, type MboneSimulationOptions, type MbonePacketRecord } from "./simulate-mbone";
export { simulateSixBone, type SixBoneSimulation, type SixBoneSimulationOptions, type SixCrossing } from "./simulate-six-bone";
export { DEPLOYMENT_PARAMETERS, deploymentNetwork, linksOf, type DeploymentNetwork } from "./deployment-setting";
export { DEPLOYMENT_SHARES, mboneDeployment, mboneOf, runDeployment } from "./mbone-deployment";
export { sixBoneDeployment, sixBoneOf } from "./six-bone-deployment";
export { abileneMbone, mboneEdgesTable, mboneLogTable, mboneNodesTable, sixInFourTable, sixJourneyTable, type MbonePlane } from "./drawing-tables";
export { crashOfRouter, figureThreePacket, floodsWithoutMembers, scopeReach, sixToFourExample, tunnelTriangle, type CrashOutcome, type FigureThreeOutcome } from "./examples";
export { mboneSteps, type MboneSteps } from "./mbone-steps";
