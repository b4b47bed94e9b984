export { DEPLOYMENT_SECONDS, deployerRules } from "./deployer-rules";
export {
  type AccountDeployer,
  type Deployer,
  DeployerLogin,
  type DeployerLoginProps,
  deployerRole,
  type IssuerDeployer,
} from "./deployers";
