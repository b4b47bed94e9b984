export { gateAddress, gatePath, type PortalGate, type PortalGates, redirectUri, type Visit } from "./gate";
export { gateMiddleware, type LoginProps, loginObjects, loginRelease } from "./render";
