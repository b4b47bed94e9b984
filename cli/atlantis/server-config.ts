/**
 * An example of the server's own configuration. What may run, and what must be true before an apply, is decided there
 * and never in the repository, because a pull request can change every file of the repository.
 */
export function renderServerConfig(repository: string, directory: string): string {
  return `# repos.yaml, for \`atlantis server --repo-config=repos.yaml\`. Start the server with
#   ATLANTIS_REPO_ALLOWLIST=${repository}
#   ATLANTIS_FAIL_ON_PRE_WORKFLOW_HOOK_ERROR=true   a failing synth stops the plan (by default it does not)
#   ATLANTIS_INCLUDE_GIT_UNTRACKED_FILES=true       the synthesized files count as changed
#   ATLANTIS_ENABLE_REGEXP_CMD=true                 \`atlantis apply -p l4-.*\` takes all applications together
# and an image with Node, Terraform and the providers (filesystem_mirror; no egress to registries).
# A plan runs code of the pull request: the hook gets no credentials, and the server should be one for each level of
# trust. ${directory}/ must not be ignored by Git, or its files do not count as changed.
repos:
  - id: ${repository}
    branch: /^main$/
    apply_requirements: [approved, mergeable, undiverged]
    import_requirements: [approved, mergeable, undiverged]
    workflow: strata
    allowed_workflows: [strata]
    allowed_overrides: []
    allow_custom_workflows: false
    autodiscover:
      mode: disabled
    pre_workflow_hooks:
      - description: Synthesize the stacks
        commands: plan
        run: >-
          env -i PATH="$PATH" HOME="$HOME"
          sh -ec 'npm ci --ignore-scripts
          && npx strata synth --out ${directory}
          && npx strata atlantis --dir ${directory} --out atlantis.yaml'
workflows:
  strata:
    plan:
      steps:
        - init
        - plan:
            extra_args: ["-lock-timeout=5m"]
    apply:
      steps:
        - apply:
            extra_args: ["-lock-timeout=5m"]
`;
}
