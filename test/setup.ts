// cdktf captures a full stack trace for every token, which makes tests several times slower
// (hashicorp/terraform-cdk#3892). test/core/stack-trace.test.ts fails if this module moves.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }));
