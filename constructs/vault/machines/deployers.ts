import { KubernetesAuthBackendRole } from "@cdktf/provider-vault/lib/kubernetes-auth-backend-role";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../../core/names";
import { JwtAuth } from "../jwt-auth";
import { JwtRole } from "../jwt-role";
import { DEPLOYMENT_SECONDS } from "./deployer-rules";

/** A machine that applies stacks: how it logs in. */
export type Deployer = AccountDeployer | IssuerDeployer;

/** A service account of a cluster, such as the one that Atlantis runs as. */
export interface AccountDeployer {
  readonly login: "kubernetes";
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What has identity tokens of an issuer of its own, such as the jobs of a CI system. */
export interface IssuerDeployer {
  readonly login: "jwt";
  /** URL of the issuer. */
  readonly issuer: string;
  /** Claims that a token has to have: without them every customer of a public issuer could log in. */
  readonly claims: Readonly<Record<string, string>>;
}

export interface DeployerLoginProps {
  readonly provider: TerraformProvider;
  readonly name: string;
  readonly deployer: Deployer;
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Lets a machine log in as deployer, with a token that its own platform gives it for a short time: nothing that would
 * have to be kept or rotated. The policy `deployer` has to be there.
 */
export class DeployerLogin extends Construct {
  constructor(scope: Construct, id: string, props: DeployerLoginProps) {
    super(scope, id);
    const { deployer } = props;
    if (deployer.login === "kubernetes") this.letAccountIn(props, deployer);
    else this.letIssuerIn(props, deployer);
  }

  private letAccountIn({ provider, name, dependsOn = [] }: DeployerLoginProps, deployer: AccountDeployer): void {
    new KubernetesAuthBackendRole(this, "role", {
      provider,
      backend: vaultNames.authMount(deployer.cluster),
      roleName: vaultNames.deployerAccount(name),
      boundServiceAccountNames: [deployer.serviceAccount],
      boundServiceAccountNamespaces: [deployer.namespace],
      // The one that the token of every pod has: it has one only, and the API server, which reviews the token with the
      // token's own right, must be in it.
      audience: vaultNames.apiAudience,
      tokenPolicies: [vaultNames.deployer],
      tokenNoDefaultPolicy: true,
      tokenTtl: DEPLOYMENT_SECONDS,
      tokenMaxTtl: DEPLOYMENT_SECONDS,
      dependsOn: [...dependsOn],
    });
  }

  private letIssuerIn({ provider, name, dependsOn }: DeployerLoginProps, deployer: IssuerDeployer): void {
    const auth = new JwtAuth(this, "auth", {
      provider,
      path: vaultNames.issuerMount(name),
      issuer: deployer.issuer,
      description: `Deployments by ${name}`,
      dependsOn,
    });
    new JwtRole(this, "role", {
      provider,
      mount: auth.path,
      name: vaultNames.deployer,
      audience: vaultNames.audience,
      claims: Object.fromEntries(Object.entries(deployer.claims).map(([claim, value]) => [claim, [value]])),
      policies: [vaultNames.deployer],
      seconds: DEPLOYMENT_SECONDS,
      dependsOn: [auth.ready],
    });
  }
}

/** The role of a deployer, as policies name it. */
export function deployerRole(name: string, deployer: Deployer): string {
  return deployer.login === "kubernetes"
    ? `auth/${vaultNames.authMount(deployer.cluster)}/role/${vaultNames.deployerAccount(name)}`
    : `auth/${vaultNames.issuerMount(name)}/role/${vaultNames.deployer}`;
}
